"""Sessions under time and concurrency."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.clients import secrets as secrets_module
from chalicelib.domain.errors import PatchbayError
from chalicelib.settings import settings
from chalicelib.storage.database import database
from chalicelib.storage.transaction import RETRIES
from chalicelib.workflows.refresh_session import refresh_session
from tests.api_client import ApiClient
from tests.onboarding import a_name, an_email, begin_onboarding, isp_step, onboard, the_platform


def test_a_session_expires_although_it_is_still_stored(api: ApiClient) -> None:
    world = onboard(api)
    later = int(time.time()) + settings().refresh_token_s + 1

    with pytest.raises(PatchbayError) as caught:
        refresh_session(refresh_token=world.tokens["refresh_token"], now_s=later)

    assert caught.value.code == "token_expired"


def test_a_session_that_is_used_stays_alive(api: ApiClient) -> None:
    world = onboard(api)
    half = settings().refresh_token_s // 2
    now = int(time.time())

    token = refresh_session(refresh_token=world.tokens["refresh_token"], now_s=now + half).refresh_token

    refresh_session(refresh_token=token, now_s=now + 2 * half + 60)


def test_of_refreshes_at_once_one_works_and_the_session_ends(api: ApiClient) -> None:
    world = onboard(api)
    body = {"refresh_token": world.tokens["refresh_token"]}

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.post("/auth/refresh", body), range(4)))

    assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]
    winner = next(answer.json for answer in answers if answer.status == 200)
    assert api.post("/auth/refresh", {"refresh_token": winner["refresh_token"]}).status == 401


@contextmanager
def contention() -> Iterator[None]:
    """All tries of the next transaction are cancelled, as by DynamoDB when others are at the same item."""
    events, left = database().client.meta.events, [RETRIES]

    def cancel(**_: Any) -> tuple[Any, dict[str, Any]] | None:
        if not left[0]:
            return None
        left[0] -= 1
        return AWSResponse("", 400, {}, None), {
            "Error": {"Code": "TransactionCanceledException", "Message": "conflict"},
            "CancellationReasons": [{"Code": "TransactionConflict"}],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }

    events.register("before-call.dynamodb.TransactWriteItems", cancel)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", cancel)


def test_a_refresh_that_the_database_was_too_busy_for_can_be_sent_again(api: ApiClient) -> None:
    body = {"refresh_token": onboard(api).tokens["refresh_token"]}

    with contention():
        busy = api.post("/auth/refresh", body)

    assert busy.expect(503)["code"] == "try_again"
    api.post("/auth/refresh", body).expect(200)


def test_a_refresh_uses_its_token_up_only_when_it_can_give_new_ones(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function that starts while Secrets Manager is silent has no key to sign with."""
    body = {"refresh_token": onboard(api).tokens["refresh_token"]}
    with monkeypatch.context() as silent:
        silent.setattr(secrets_module, "_rings", {})
        silent.setattr(secrets_module, "secrets", SilentSecrets)

        api.post("/auth/refresh", body).expect(503)

    api.post("/auth/refresh", body).expect(200)


class SilentSecrets:
    def find(self, _name: str) -> bytes | None:
        raise PatchbayError("try_again")


def test_finishing_twice_at_once_makes_one_isp(api: ApiClient) -> None:
    company = a_name("Twice ")
    newcomer = begin_onboarding(api, an_email())
    newcomer.put("/onboarding/user", {"full_name": "Ann", "password": "correct horse battery"}).expect(200)
    newcomer.put("/onboarding/isp", isp_step(company=company)).expect(200)
    newcomer.put("/onboarding/theme", {}).expect(200)
    plan = {"platform_plan_id": the_platform().platform_plan_id}

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: newcomer.put("/onboarding/plan", plan), range(4)))

    assert [answer.status for answer in answers].count(200) == 1
    assert {answer.status for answer in answers} <= {200, 409, 412}
    from chalicelib.storage.isps import page_of_isps

    assert len(page_of_isps(limit=10, after=None, search=company).items) == 1
