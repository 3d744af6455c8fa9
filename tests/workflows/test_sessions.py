"""Sessions under time and concurrency."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.errors import PatchbayError
from chalicelib.settings import settings
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
