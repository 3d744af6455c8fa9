"""Service decks: entries per service, every version kept."""

from __future__ import annotations

from typing import Any

from chalicelib.storage.service_decks import get_service_deck_version, rated_service_deck
from tests.api_client import ApiClient
from tests.world import an_isp, as_isp_admin

JAN = "2026-01-01T00:00:00.000Z"
FEB = "2026-02-01T00:00:00.000Z"


def an_entry(**fields: Any) -> dict[str, Any]:
    return {"service": "PSTN", "rate_micros": 20_000, "minimum_s": 30, "increment_s": 6, "delay_s": 3} | fields


def a_deck(**fields: Any) -> dict[str, Any]:
    return {"name": "Standard", "currency": "USD", "entries": [an_entry()]} | fields


def test_entries_are_kept_with_their_validity(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    entries = [an_entry(valid_until=FEB), an_entry(rate_micros=25_000, valid_from=FEB)]

    made = admin.post("/service-decks", a_deck(entries=entries)).expect(201)

    assert made["entries"][0]["valid_until"] == FEB
    assert made["entries"][1]["valid_from"] == FEB
    assert admin.get(f"/service-decks/{made['id']}").expect(200) == made
    assert admin.get("/service-decks").expect(200)["items"] == [made]


def test_an_older_version_stays_as_it_was(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/service-decks", a_deck()).expect(201)
    path = f"/service-decks/{made['id']}"

    changed = admin.patch(path, {"entries": [an_entry(rate_micros=1)]}, version=1).expect(200)

    assert changed["deck_version"] == 2
    assert admin.get(f"{path}/versions/1").expect(200)["entries"] == made["entries"]
    assert admin.get(f"{path}/versions/2").expect(200)["entries"] == changed["entries"]
    assert admin.get(f"{path}/versions/3").status == 404


def test_another_name_makes_no_new_version_of_the_entries(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/service-decks", a_deck(entries=[an_entry(valid_from=JAN)])).expect(201)

    renamed = admin.patch(f"/service-decks/{made['id']}", {"name": "Other"}, version=1).expect(200)

    assert (renamed["version"], renamed["deck_version"]) == (2, 1)
    assert renamed["entries"] == made["entries"]


def test_a_deck_restored_goes_on_with_its_versions(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/service-decks", a_deck()).expect(201)
    admin.delete(f"/service-decks/{made['id']}").expect(204)

    restored = admin.post(f"/service-decks/{made['id']}/restore").expect(200)
    changed = admin.patch(f"/service-decks/{made['id']}", {"entries": []}, version=restored["version"]).expect(200)

    assert (restored["deck_version"], changed["deck_version"]) == (1, 2)


def test_wrong_entries_are_named(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    entries = [an_entry(), an_entry(), an_entry(service="DID", valid_from=FEB, valid_until=JAN)]

    refused = admin.post("/service-decks", a_deck(entries=entries)).expect(422)

    assert refused["code"] == "deck_invalid"
    assert [error["field"] for error in refused["errors"]] == ["entries.1", "entries.2.valid_until"]


def test_an_instant_needs_its_offset(api: ApiClient) -> None:
    entries = [an_entry(valid_from="2026-01-01T00:00:00")]

    refused = as_isp_admin(api).post("/service-decks", a_deck(entries=entries)).expect(422)

    assert refused["errors"][0]["field"] == "entries.0.valid_from"


def test_an_unknown_currency_is_refused(api: ApiClient) -> None:
    refused = as_isp_admin(api).post("/service-decks", a_deck(currency="XXX")).expect(422)

    assert refused["errors"][0]["field"] == "currency"


def test_another_isp_finds_nothing(api: ApiClient) -> None:
    made = as_isp_admin(api).post("/service-decks", a_deck()).expect(201)
    stranger = as_isp_admin(api)

    assert stranger.get(f"/service-decks/{made['id']}").status == 404
    assert stranger.get(f"/service-decks/{made['id']}/versions/1").status == 404


def test_rating_finds_the_entry_in_force(api: ApiClient) -> None:
    isp_id = an_isp()
    made = as_isp_admin(api, isp_id).post("/service-decks", a_deck()).expect(201)

    version = get_service_deck_version(isp_id, made["id"], 1)
    deck = rated_service_deck(version, made["id"])

    rate = deck.find("PSTN", 1)
    assert rate is not None
    assert rate.rate_micros == 20_000
