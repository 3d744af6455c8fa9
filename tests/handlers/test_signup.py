"""Signup and onboarding, from the mail to the first login."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.domain.tokens import token_hash
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction
from tests.api_client import ApiClient
from tests.onboarding import (
    PASSWORD,
    a_name,
    an_email,
    begin_onboarding,
    isp_step,
    mails_to,
    onboard,
    the_platform,
    token_in,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


def a_logo(data: bytes = PNG, media_type: str = "image/png") -> dict[str, str]:
    return {"media_type": media_type, "data": base64.b64encode(data).decode()}


def test_from_signup_to_login(api: ApiClient) -> None:
    email, answers = an_email(), isp_step(company="Acme & Söhne")
    api.post("/signup", {"email": email}).expect(202)
    confirmed = api.post("/signup/confirm", {"token": token_in(mails_to(email)[0])}).expect(200)
    newcomer = api.as_token(confirmed["access_token"])
    plans = api.get("/platform-plans").expect(200)["items"] or [{"id": the_platform().platform_plan_id}]

    steps = [
        confirmed["onboarding"]["step"],
        newcomer.put("/onboarding/user", {"full_name": "Ann", "password": PASSWORD}).expect(200)["step"],
        newcomer.put("/onboarding/isp", answers).expect(200)["step"],
        newcomer.put("/onboarding/theme", {"primary_color": "#123456", "logo": a_logo()}).expect(200)["step"],
    ]
    tokens = newcomer.put("/onboarding/plan", {"platform_plan_id": plans[0]["id"]}).expect(200)

    assert steps == ["user", "isp", "theme", "plan"]
    assert tokens["role"] == "isp_admin"
    body = {"namespace": answers["namespace"], "email": email, "password": PASSWORD}
    again = api.post("/auth/login", body).expect(200)
    isp = api.as_token(again["access_token"]).get("/isp").expect(200)
    assert {name: isp[name] for name in answers} == answers
    assert isp["platform_plan_id"] == plans[0]["id"]
    theme = api.get(f"/themes/{answers['namespace']}").expect(200)
    assert theme["primary_color"] == "#123456"
    logo = api.get(theme["logo_url"].removeprefix("/v1"), headers={"accept": "image/avif,image/webp,*/*"})
    assert (logo.status, logo.headers["content-type"], logo.text) == (200, "image/png", PNG)


def test_signing_up_with_a_known_address_is_answered_like_any_other(api: ApiClient) -> None:
    known = onboard(api)

    first = api.post("/signup", {"email": known.email})
    other = api.post("/signup", {"email": an_email()})

    assert (first.status, first.text) == (other.status, other.text) == (202, b'{"status":"accepted"}')


def test_a_link_works_once_and_a_forged_one_never(api: ApiClient) -> None:
    email = an_email()
    api.post("/signup", {"email": email}).expect(202)
    token = token_in(mails_to(email)[0])
    api.post("/signup/confirm", {"token": token}).expect(200)

    used = api.post("/signup/confirm", {"token": token})
    forged = api.post("/signup/confirm", {"token": "x" * 43})

    assert used.expect(410)["code"] == "link_invalid"
    assert forged.expect(410) == used.json


def test_an_expired_link_is_refused_although_it_is_still_stored(api: ApiClient) -> None:
    email = an_email()
    api.post("/signup", {"email": email}).expect(202)
    token = token_in(mails_to(email)[0])
    tx = Transaction()
    tx.update(keys.link(token_hash(token)), keys.META, "SET expires_at = :past", past=1)
    tx.commit()

    assert api.post("/signup/confirm", {"token": token}).expect(410)["code"] == "link_invalid"


def test_signing_up_again_resumes_where_it_was_left(api: ApiClient) -> None:
    email, answers = an_email(), isp_step()
    first = begin_onboarding(api, email)
    first.put("/onboarding/user", {"full_name": "Ann", "password": PASSWORD}).expect(200)
    first.put("/onboarding/isp", answers).expect(200)
    first.put("/onboarding/theme", {"logo": a_logo()}).expect(200)

    resumed = begin_onboarding(api, email).get("/onboarding").expect(200)

    assert resumed["step"] == "plan"
    assert resumed["user"] == {"full_name": "Ann"}
    assert resumed["isp"] == answers
    assert resumed["theme"]["logo_url"] == f"data:image/png;base64,{base64.b64encode(PNG).decode()}"


def test_steps_keep_their_order_and_can_be_done_again(api: ApiClient) -> None:
    newcomer = begin_onboarding(api, an_email())

    early = newcomer.put("/onboarding/isp", isp_step())

    assert early.expect(409)["code"] == "onboarding_incomplete"
    assert early.json["step"] == "user"
    plan = {"platform_plan_id": the_platform().platform_plan_id}
    assert newcomer.put("/onboarding/plan", plan).expect(409)["code"] == "onboarding_incomplete"
    newcomer.put("/onboarding/user", {"full_name": "Ann", "password": PASSWORD}).expect(200)
    first, second = isp_step(), isp_step()
    newcomer.put("/onboarding/isp", first).expect(200)
    assert newcomer.put("/onboarding/isp", second).expect(200)["isp"] == second
    other = begin_onboarding(api, an_email())
    other.put("/onboarding/user", {"full_name": "Bob", "password": PASSWORD}).expect(200)
    other.put("/onboarding/isp", isp_step(namespace=first["namespace"])).expect(200)  # was given back


def test_a_finished_onboarding_is_over(api: ApiClient) -> None:
    email = an_email()
    newcomer = begin_onboarding(api, email)
    newcomer.put("/onboarding/user", {"full_name": "Ann", "password": PASSWORD}).expect(200)
    newcomer.put("/onboarding/isp", isp_step()).expect(200)
    newcomer.put("/onboarding/theme", {}).expect(200)
    plan = {"platform_plan_id": the_platform().platform_plan_id}
    newcomer.put("/onboarding/plan", plan).expect(200)

    assert newcomer.put("/onboarding/plan", plan).expect(409)["code"] == "onboarding_finished"
    assert newcomer.get("/onboarding").expect(409)["code"] == "onboarding_finished"
    assert begin_onboarding(api, email).get("/onboarding").expect(200)["step"] == "user"  # a second ISP


def test_of_two_onboardings_that_want_a_namespace_one_gets_it(api: ApiClient) -> None:
    answers = isp_step()
    newcomers = [begin_onboarding(api, an_email()) for _ in range(4)]
    for newcomer in newcomers:
        newcomer.put("/onboarding/user", {"full_name": "Ann", "password": PASSWORD}).expect(200)

    with ThreadPoolExecutor(len(newcomers)) as pool:
        results = list(pool.map(lambda newcomer: newcomer.put("/onboarding/isp", answers), newcomers))

    assert sorted(result.status for result in results) == [200, 409, 409, 409]
    assert {result.json["code"] for result in results if result.status == 409} == {"name_taken"}


def test_a_plan_that_does_not_exist_finishes_nothing(api: ApiClient) -> None:
    newcomer = begin_onboarding(api, an_email())
    newcomer.put("/onboarding/user", {"full_name": "Ann", "password": PASSWORD}).expect(200)
    newcomer.put("/onboarding/isp", isp_step()).expect(200)
    newcomer.put("/onboarding/theme", {}).expect(200)

    refused = newcomer.put("/onboarding/plan", {"platform_plan_id": "ppl_00000000000000000000000000"})

    assert refused.expect(422)["code"] == "reference_not_found"
    assert newcomer.get("/onboarding").expect(200)["step"] == "plan"


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        ("user", {"full_name": "Ann", "password": "short"}, "password"),
        ("user", {"full_name": "Ann", "password": "password123"}, "password"),
        ("user", {"full_name": "", "password": PASSWORD}, "full_name"),
        ("user", {"full_name": True, "password": PASSWORD}, "full_name"),
        ("isp", isp_step(namespace="Upper"), "namespace"),
        ("isp", isp_step(namespace="-a-"), "namespace"),
        ("isp", isp_step(namespace="ab"), "namespace"),
        ("isp", isp_step(namespace="platform"), "namespace"),
        ("isp", isp_step(namespace="xn--abc"), "namespace"),
        ("isp", isp_step(currency="XXX"), "currency"),
        ("isp", isp_step(currency="eur"), "currency"),
        ("isp", isp_step(country="XX"), "country"),
        ("isp", isp_step(time_zone="Mars/Base"), "time_zone"),
        ("isp", isp_step(time_zone=7), "time_zone"),
        ("theme", {"primary_color": "red"}, "primary_color"),
        ("theme", {"logo": a_logo(b"<svg/>", "image/svg+xml")}, "logo.media_type"),
        ("theme", {"logo": a_logo(b"<svg/>")}, "logo.data"),
        ("theme", {"logo": {"media_type": "image/png", "data": "%%%"}}, "logo.data"),
        ("theme", {"logo": a_logo(PNG + bytes(102400))}, "logo.data"),
        ("plan", {"platform_plan_id": "nonsense"}, "platform_plan_id"),
    ],
)
def test_a_wrong_answer_is_named(api: ApiClient, step: str, body: dict[str, Any], field: str) -> None:
    newcomer = begin_onboarding(api, an_email())
    newcomer.put("/onboarding/user", {"full_name": "Ann", "password": PASSWORD}).expect(200)
    newcomer.put("/onboarding/isp", isp_step()).expect(200)
    newcomer.put("/onboarding/theme", {}).expect(200)

    refused = newcomer.put(f"/onboarding/{step}", body).expect(422)

    assert refused["code"] == "invalid_request"
    assert refused["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "email", ["", "x", "a@b\r\nBcc: c@d.example", "a,b@example.com", '"a b"@example.com', "é@example.com", 7, None]
)
def test_what_is_no_plain_address_gets_no_mail(api: ApiClient, email: Any) -> None:
    assert api.post("/signup", {"email": email}).expect(422)["code"] == "invalid_request"


def test_an_address_is_not_flooded_with_mail(api: ApiClient) -> None:
    email = an_email()
    for _ in range(5):
        api.post("/signup", {"email": email}).expect(202)

    refused = api.post("/signup", {"email": email.upper()})

    assert refused.expect(429)["code"] == "too_many_attempts"
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert len(mails_to(email)) == 5


def test_an_onboarding_token_opens_nothing_else(api: ApiClient) -> None:
    newcomer = begin_onboarding(api, an_email())

    assert newcomer.get("/isp").expect(403)["code"] == "not_allowed"
    assert newcomer.get("/users").status == newcomer.get("/me").status == 403
    assert onboard(api).api.get("/onboarding").expect(403)["code"] == "not_allowed"


def test_a_namespace_without_an_isp_shows_the_theme_of_the_platform(api: ApiClient) -> None:
    nobody = api.get(f"/themes/{a_name()}").expect(200)

    assert nobody["logo_url"] is None
    assert api.get(f"/themes/{a_name()}/logo").expect(404)["code"] == "not_found"
    assert api.get(f"/themes/{'x' * 3000}").expect(404)["code"] == "not_found"
