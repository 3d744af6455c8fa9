"""Login, sessions and passwords, and what they must not tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.auth import Identity, issue_access_token
from tests.api_client import ApiClient
from tests.onboarding import PASSWORD, World, a_name, an_email, mails_to, onboard, token_in


def test_me_tells_who_is_logged_in(api: ApiClient) -> None:
    world = onboard(api)

    me = world.api.get("/me").expect(200)

    assert (me["email"], me["role"], me["acting_for"]) == (world.email, "isp_admin", None)
    assert me["isp"]["namespace"] == world.namespace


def test_the_last_login_is_noted_without_changing_the_user(api: ApiClient) -> None:
    world = onboard(api)
    (before,) = world.api.get("/users").expect(200)["items"]
    api.post("/auth/login", world.login_body(password="wrong password")).expect(401)
    (refused,) = world.api.get("/users").expect(200)["items"]

    api.post("/auth/login", world.login_body()).expect(200)

    (after,) = world.api.get("/users").expect(200)["items"]
    assert refused == before
    assert after["last_login_at"] > before["last_login_at"]
    assert after["version"] == before["version"]


def test_whatever_is_wrong_the_answer_is_the_same(api: ApiClient) -> None:
    world = onboard(api)

    answers = [
        api.post("/auth/login", world.login_body(**wrong))
        for wrong in ({"namespace": a_name()}, {"email": an_email()}, {"password": "wrong password"})
    ]

    assert {answer.status for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json["code"] == "wrong_credentials"
    assert len({tuple(answer.operations) for answer in answers}) == 1  # nor does the time it takes


def test_case_does_not_matter_in_namespace_and_address(api: ApiClient) -> None:
    world = onboard(api)

    body = world.login_body(namespace=world.namespace.upper(), email=world.email.upper())

    api.post("/auth/login", body).expect(200)


@pytest.mark.parametrize("exists", [True, False])
def test_guessing_is_locked_out_whether_or_not_the_login_exists(api: ApiClient, exists: bool) -> None:
    world = onboard(api)
    body = world.login_body(password="wrong password") | ({} if exists else {"email": an_email()})
    for _ in range(10):
        api.post("/auth/login", body).expect(401)

    locked = api.post("/auth/login", body | {"password": PASSWORD})

    assert locked.expect(429)["code"] == "too_many_attempts"
    assert 0 < int(locked.headers["retry-after"]) <= 900
    elsewhere = replace(api, source_ip="10.1.2.3")
    assert elsewhere.post("/auth/login", body).status == 429


def test_right_passwords_do_not_count_as_guesses(api: ApiClient) -> None:
    world = onboard(api)

    statuses = {api.post("/auth/login", world.login_body()).status for _ in range(12)}

    assert statuses == {200}


def test_guessing_over_many_logins_is_locked_out_by_source(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.settings import settings

    monkeypatch.setenv("PATCHBAY_SOURCE_ATTEMPTS", "3")
    settings.cache_clear()
    try:
        statuses = [
            api.post("/auth/login", {"namespace": a_name(), "email": an_email(), "password": "x"}).status
            for _ in range(4)
        ]
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert statuses == [401, 401, 401, 429]


def test_a_refresh_token_is_good_for_one_use(api: ApiClient) -> None:
    world = onboard(api)

    second = api.post("/auth/refresh", {"refresh_token": world.tokens["refresh_token"]}).expect(200)

    api.as_token(second["access_token"]).get("/me").expect(200)
    reused = api.post("/auth/refresh", {"refresh_token": world.tokens["refresh_token"]})
    assert reused.expect(401)["code"] == "not_authenticated"
    dead = api.post("/auth/refresh", {"refresh_token": second["refresh_token"]})  # the thief's or the owner's
    assert dead.expect(401)["code"] == "not_authenticated"


@pytest.mark.parametrize("token", ["x", ".", "ses_.", "a.b.c", "\u0000.\u0000", "é.é"])
def test_a_token_that_was_never_issued_refreshes_nothing(api: ApiClient, token: str) -> None:
    assert api.post("/auth/refresh", {"refresh_token": token}).expect(401)["code"] == "not_authenticated"


def test_logging_out_ends_the_session(api: ApiClient) -> None:
    world = onboard(api)
    token = {"refresh_token": world.tokens["refresh_token"]}

    api.post("/auth/logout", token).expect(204)

    api.post("/auth/refresh", token).expect(401)
    api.post("/auth/logout", token).expect(204)


def test_an_expired_access_token_says_so(api: ApiClient) -> None:
    expired = issue_access_token(Identity(role="isp_admin", user_id="usr_x"), now_s=1_000_000)

    answer = api.as_token(expired).get("/me")

    assert answer.expect(401)["code"] == "token_expired"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert api.as_token("nonsense").get("/me").expect(401)["code"] == "not_authenticated"


def test_a_forgotten_password_is_replaced_by_mail(api: ApiClient) -> None:
    world = onboard(api)
    token = _reset(api, world)
    new = {"token": token, "password": "another horse battery"}

    api.post("/auth/password-reset/confirm", new).expect(204)

    api.post("/auth/login", world.login_body()).expect(401)
    api.post("/auth/login", world.login_body(password=new["password"])).expect(200)
    api.post("/auth/refresh", {"refresh_token": world.tokens["refresh_token"]}).expect(401)
    assert api.post("/auth/password-reset/confirm", new).expect(410)["code"] == "link_invalid"


def test_choosing_a_password_voids_other_links(api: ApiClient) -> None:
    world = onboard(api)
    first, second = _reset(api, world), _reset(api, world)

    api.post("/auth/password-reset/confirm", {"token": second, "password": "another horse battery"}).expect(204)

    refused = api.post("/auth/password-reset/confirm", {"token": first, "password": "third horse battery"})
    assert refused.expect(410)["code"] == "link_invalid"


def test_a_bad_password_leaves_the_link_good(api: ApiClient) -> None:
    world = onboard(api)
    token = _reset(api, world)

    refused = api.post("/auth/password-reset/confirm", {"token": token, "password": world.email})

    assert refused.expect(422)["errors"][0]["field"] == "password"
    api.post("/auth/password-reset/confirm", {"token": token, "password": "another horse battery"}).expect(204)


def test_a_reset_also_unlocks_the_login(api: ApiClient) -> None:
    world = onboard(api)
    for _ in range(10):
        api.post("/auth/login", world.login_body(password="wrong password")).expect(401)

    token = _reset(api, world)
    api.post("/auth/password-reset/confirm", {"token": token, "password": "another horse battery"}).expect(204)

    api.post("/auth/login", world.login_body(password="another horse battery")).expect(200)


def test_asking_for_a_reset_tells_nothing(api: ApiClient) -> None:
    world, stranger = onboard(api), an_email()

    known = api.post("/auth/password-reset", {"namespace": world.namespace, "email": world.email})
    unknown = api.post("/auth/password-reset", {"namespace": world.namespace, "email": stranger})

    assert (known.status, known.text) == (unknown.status, unknown.text) == (202, b'{"status":"accepted"}')
    assert mails_to(stranger) == []


def test_a_signup_link_sets_no_password(api: ApiClient) -> None:
    email = an_email()
    api.post("/signup", {"email": email}).expect(202)
    token = token_in(mails_to(email)[0])

    refused = api.post("/auth/password-reset/confirm", {"token": token, "password": "another horse battery"})

    assert refused.expect(410)["code"] == "link_invalid"


def test_a_password_is_changed_by_who_knows_it(api: ApiClient) -> None:
    world = onboard(api)
    new = "another horse battery"

    wrong = world.api.put("/me/password", {"current_password": "x", "new_password": new})
    right = world.api.put("/me/password", {"current_password": PASSWORD, "new_password": new}).expect(200)

    assert wrong.expect(422)["errors"][0]["field"] == "current_password"
    api.post("/auth/refresh", {"refresh_token": world.tokens["refresh_token"]}).expect(401)
    api.post("/auth/refresh", {"refresh_token": right["refresh_token"]}).expect(200)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"namespace": 1, "email": [], "password": None}, 422, "invalid_request"),
        ({"namespace": "a", "email": "a@b.example", "password": "x" * 201}, 422, "invalid_request"),
        ({"namespace": "a", "email": "a@b.example", "password": "\ud800"}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
    ],
)
def test_wrong_types_are_problems(api: ApiClient, body: dict[str, Any], status: int, code: str) -> None:
    assert api.post("/auth/login", body).expect(status)["code"] == code


def test_odd_bodies_are_problems(api: ApiClient) -> None:
    assert api.post("/auth/login", raw=b"{").expect(400)["code"] == "invalid_json"
    assert api.post("/auth/login", raw=b"[]").expect(422)["code"] == "invalid_request"
    assert api.post("/auth/login", raw=b'{"namespace":"' + b"x" * 1_000_001).expect(413)["code"] == "body_too_large"
    nested = b'{"namespace":' * 100_000 + b"1" + b"}" * 100_000
    assert api.post("/auth/login", raw=nested[:999_999]).expect(400)["code"] == "invalid_json"


def _reset(api: ApiClient, world: World) -> str:
    api.post("/auth/password-reset", {"namespace": world.namespace, "email": world.email}).expect(202)
    return token_in(mails_to(world.email)[0])
