"""The refresh token as a cookie that scripts can't read, for the consoles."""

from __future__ import annotations

import re

from tests.api_client import Answer, ApiClient
from tests.onboarding import World, onboard

ISP = {"x-session-cookie": "isp"}


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def enter(api: ApiClient, world: World) -> Answer:
    return api.request("POST", "/auth/login", world.login_body(), headers=ISP)


def test_a_console_gets_its_refresh_token_in_a_cookie_alone(api: ApiClient) -> None:
    answer = enter(api, onboard(api))

    assert answer.expect(200)["refresh_token"] == ""
    assert re.fullmatch(
        r"patchbay_isp=ses_\S+; Path=/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict", answer.headers["set-cookie"]
    )


def test_without_the_header_nothing_is_set_and_no_cookie_counts(api: ApiClient) -> None:
    world = onboard(api)
    cookie = {"cookie": cookie_of(enter(api, world))}

    login = api.post("/auth/login", world.login_body())
    forged = api.request("POST", "/auth/refresh", {}, headers=cookie)

    assert "set-cookie" not in login.headers
    assert login.json["refresh_token"].startswith("ses_")
    assert forged.expect(401)["code"] == "not_authenticated"


def test_the_cookie_renews_the_session_and_is_renewed(api: ApiClient) -> None:
    first = cookie_of(enter(api, onboard(api)))

    renewed = api.request("POST", "/auth/refresh", {}, headers={**ISP, "cookie": f"other=1; {first}"})

    assert api.as_token(renewed.expect(200)["access_token"]).get("/me").status == 200
    assert cookie_of(renewed) != first
    assert api.request("POST", "/auth/refresh", {}, headers={**ISP, "cookie": first}).status == 401


def test_another_consoles_cookie_is_not_used(api: ApiClient) -> None:
    cookie = cookie_of(enter(api, onboard(api)))

    answer = api.request("POST", "/auth/refresh", {}, headers={"x-session-cookie": "phone", "cookie": cookie})

    answer.expect(401)


def test_logging_out_ends_the_session_and_takes_the_cookie_back(api: ApiClient) -> None:
    cookie = {**ISP, "cookie": cookie_of(enter(api, onboard(api)))}

    left = api.request("POST", "/auth/logout", {}, headers=cookie)

    left.expect(204)
    assert left.headers["set-cookie"].startswith("patchbay_isp=; Path=/v1/auth; Max-Age=0;")
    api.request("POST", "/auth/refresh", {}, headers=cookie).expect(401)


def test_an_unknown_console_is_refused(api: ApiClient) -> None:
    world = onboard(api)

    answer = api.request("POST", "/auth/login", world.login_body(), headers={"x-session-cookie": "evil=1; a"})

    assert answer.expect(422)["errors"][0]["field"] == "X-Session-Cookie"
