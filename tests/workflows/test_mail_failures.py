"""What happens when a mail can't be sent: a retry where nothing is told by it, silence where it would tell."""

from __future__ import annotations

import pytest

from chalicelib.clients.mail import Mail, MailError
from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.scope import IspScope
from chalicelib.storage.transaction import Actor
from chalicelib.workflows.invite_user import invite_user, invite_user_again
from chalicelib.workflows.request_password_reset import request_password_reset
from chalicelib.workflows.start_signup import start_signup
from tests.api_client import ApiClient
from tests.onboarding import an_email, onboard


class BrokenMailer:
    def send(self, mail: Mail) -> None:
        raise MailError("out of order")


def test_signing_up_is_to_be_tried_again(dynamodb: str) -> None:
    with pytest.raises(PatchbayError) as caught:
        start_signup(email=an_email(), source_ip="10.0.0.1", language="en", mail=BrokenMailer())

    assert caught.value.code == "try_again"


def test_a_reset_is_answered_as_ever(api: ApiClient) -> None:
    world = onboard(api)

    request_password_reset(
        namespace=world.namespace, email=world.email, source_ip="10.0.0.2", language="en", mail=BrokenMailer()
    )


def test_an_answer_to_a_reset_takes_its_time(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.settings import settings

    pauses: list[float] = []
    monkeypatch.setenv("PATCHBAY_UNIFORM_ANSWER_MS", "60000")
    settings.cache_clear()
    try:
        request_password_reset(
            namespace="none", email=an_email(), source_ip="10.0.0.3", language="en", pause=pauses.append
        )
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert len(pauses) == 1
    assert 30 < pauses[0] < 60


def test_a_user_is_made_and_can_be_invited_again(api: ApiClient) -> None:
    world = onboard(api)
    scope = IspScope(world.api.get("/isp").expect(200)["id"])
    values = {"email": an_email(), "full_name": "Bob", "role": "isp_admin", "tenant_ids": [], "suspended": False}

    made = invite_user(scope, values, language="en", actor=Actor("usr_x"), mail=BrokenMailer())

    with pytest.raises(PatchbayError) as caught:
        invite_user_again(scope, made.id, language="en", mail=BrokenMailer())
    assert caught.value.code == "try_again"
    world.api.post(f"/users/{made.id}/invitation").expect(204)
