"""The testers of forms that aren't saved yet: security groups and date ranges."""

from __future__ import annotations

from typing import Any

from tests.api_client import ApiClient
from tests.world import a_tenant_world, as_isp_admin

OFFICE = {"weekdays": [1, 2, 3, 4, 5], "start_minute": 540, "end_minute": 1080}
CHRISTMAS = {"dates": ["2026-12-25"], "closed": True}


def tried_group(api: ApiClient, **body: Any) -> Any:
    return as_isp_admin(api).post("/security-group-tests", body).expect(200)


def tried_hours(api: ApiClient, **body: Any) -> Any:
    return as_isp_admin(api).post("/date-range-tests", {"time_zone": "America/Sao_Paulo"} | body).expect(200)


def test_each_country_says_how_many_prefixes_it_adds(api: ApiClient) -> None:
    found = tried_group(api, countries=["US", "US-TOLLFREE", "BR"])

    assert found == {
        "choices": [
            {"country": "US", "prefixes": 359},
            {"country": "US-TOLLFREE", "prefixes": 7},
            {"country": "BR", "prefixes": 1},
        ],
        "number": None,
    }


def test_a_number_is_allowed_by_a_country_or_by_an_own_prefix(api: ApiClient) -> None:
    group = {"countries": ["US"], "prefixes": ["+4930"]}

    verdicts = {
        number: tried_group(api, **group, number=number)["number"]
        for number in ("+12095550100", "+493012345678", "+18765550100")
    }

    assert verdicts == {
        "+12095550100": {"allowed": True, "prefix": "+1209", "country": "US"},
        "+493012345678": {"allowed": True, "prefix": "+4930", "country": ""},
        "+18765550100": {"allowed": False, "prefix": "", "country": ""},  # Jamaica
    }


def test_an_unknown_country_is_refused_at_its_place(api: ApiClient) -> None:
    refused = as_isp_admin(api).post("/security-group-tests", {"countries": ["US", "XX"]}).expect(422)

    assert refused["errors"][0]["field"] == "countries.1"


def test_hours_are_open_on_the_clock_of_their_zone(api: ApiClient) -> None:
    thursday = tried_hours(api, rules=[OFFICE], at="2026-12-24T09:30")

    assert thursday == {
        "at": "2026-12-24T12:30:00.000Z",
        "open": True,
        "next_change_at": "2026-12-24T21:00:00.000Z",
    }


def test_a_closed_date_wins_over_the_week(api: ApiClient) -> None:
    friday = tried_hours(api, rules=[OFFICE, CHRISTMAS], at="2026-12-25T09:30")

    assert (friday["open"], friday["next_change_at"]) == (False, "2026-12-28T12:00:00.000Z")


def test_without_a_moment_it_is_now(api: ApiClient) -> None:
    assert tried_hours(api, rules=[{"closed": True}, OFFICE])["at"].startswith("20")


def test_a_moment_that_no_calendar_has_is_refused(api: ApiClient) -> None:
    body = {"time_zone": "UTC", "at": "2026-02-30T09:30"}

    assert as_isp_admin(api).post("/date-range-tests", body).expect(422)["errors"][0]["field"] == "at"


def test_groups_are_found_by_the_beginning_of_their_name(api: ApiClient) -> None:
    world = a_tenant_world(api)
    path = f"{world.path}/security-groups"
    for name in ("Domestic", "Abroad", "domestic and Canada"):
        world.admin.post(path, {"name": name}).expect(201)

    found = world.admin.get(f"{path}?search=DOM").expect(200)["items"]

    assert sorted(group["name"] for group in found) == ["Domestic", "domestic and Canada"]
