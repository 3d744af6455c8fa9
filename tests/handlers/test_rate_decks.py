"""Rate decks: replaced as one version, looked up by the longest prefix with one query."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.decks import ChunkDeck, DeckRef
from chalicelib.storage.rate_decks import lookup_rate_chunk
from tests.api_client import Answer, ApiClient
from tests.world import an_isp, as_isp_admin

NEVER = "2000-01-01T00:00:00Z"


def a_rate(prefix: str, rate_micros: int = 10_000, **fields: Any) -> dict[str, Any]:
    return {"prefix": prefix, "rate_micros": rate_micros} | fields


def a_deck(admin: ApiClient) -> str:
    return str(admin.post("/rate-decks", {"name": "World", "currency": "USD"}).expect(201)["id"])


def put_rates(admin: ApiClient, deck_id: str, rates: list[dict[str, Any]], *, version: int) -> Answer:
    return admin.put(f"/rate-decks/{deck_id}/rates", {"rates": rates}, headers={"if-match": f'"{version}"'})


def lookup(admin: ApiClient, deck_id: str, number: str) -> Answer:
    return admin.get(f"/rate-decks/{deck_id}/rates/lookup?number={number.replace('+', '%2B')}")


def test_the_longest_prefix_in_force_wins(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck_id = a_deck(admin)
    rates = [a_rate("+1", 1), a_rate("+1209", 2), a_rate("+12095", 3, valid_until=NEVER), a_rate("911", 4)]
    put_rates(admin, deck_id, rates, version=1).expect(200)

    found = lookup(admin, deck_id, "+12095550100")

    assert found.expect(200)["rate"]["prefix"] == "+1209"
    assert found.json["prefixes_tried"] == ["+12095", "+1209"]
    assert found.operations == ["GetItem", "Query"]
    assert lookup(admin, deck_id, "+12015550100").expect(200)["rate"]["rate_micros"] == 1
    assert lookup(admin, deck_id, "911").expect(200)["rate"]["rate_micros"] == 4
    assert lookup(admin, deck_id, "+442012345678").expect(200)["rate"] is None


def test_rating_reads_one_chunk(api: ApiClient) -> None:
    isp_id = an_isp()
    admin = as_isp_admin(api, isp_id)
    deck_id = a_deck(admin)
    put_rates(admin, deck_id, [a_rate("+1", 1), a_rate("+44", 2)], version=1).expect(200)

    payload = lookup_rate_chunk(isp_id, deck_id, 1, "+442012345678")

    rate, _ = ChunkDeck(DeckRef(deck_id, 1, "USD"), payload).find("+442012345678", 1)
    assert rate is not None
    assert rate.rate_micros == 2
    assert lookup_rate_chunk(an_isp(), deck_id, 1, "+442012345678") is None


def test_thousands_of_rates_come_back_in_pages(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck_id = a_deck(admin)
    sent = [a_rate(f"+{number}") for number in range(1000, 4000)]
    put_rates(admin, deck_id, sent, version=1).expect(200)

    got: list[str] = []
    cursor = ""
    while True:
        page = admin.get(f"/rate-decks/{deck_id}/rates?cursor={cursor}").expect(200)
        got += [rate["prefix"] for rate in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break

    assert got == [rate["prefix"] for rate in sent]


def test_as_many_rates_as_one_request_may_bring_fit_with_all_their_fields(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck_id = a_deck(admin)
    fields = {"valid_from": "2026-01-01T00:00:00.000Z", "valid_until": "2027-01-01T00:00:00.000Z", "minimum_s": 30}
    rates = [a_rate(f"+{number}", description="x" * 100, **fields) for number in range(10_000, 15_000)]

    changed = put_rates(admin, deck_id, rates, version=1).expect(200)

    assert changed["rate_count"] == 5000
    assert put_rates(admin, deck_id, [*rates, a_rate("+9")], version=2).expect(422)["errors"][0]["field"] == "rates"


def test_new_rates_replace_all_and_the_old_stay_readable(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck_id = a_deck(admin)
    put_rates(admin, deck_id, [a_rate("+1"), a_rate("+44")], version=1).expect(200)

    changed = put_rates(admin, deck_id, [a_rate("+49")], version=2).expect(200)

    assert (changed["deck_version"], changed["rate_count"], changed["version"]) == (2, 1, 3)
    now = admin.get(f"/rate-decks/{deck_id}/rates").expect(200)["items"]
    then = admin.get(f"/rate-decks/{deck_id}/rates?version=1").expect(200)["items"]
    assert [rate["prefix"] for rate in now] == ["+49"]
    assert [rate["prefix"] for rate in then] == ["+1", "+44"]


def test_one_wrong_row_and_nothing_is_changed(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck_id = a_deck(admin)
    put_rates(admin, deck_id, [a_rate("+1")], version=1).expect(200)

    twice = put_rates(admin, deck_id, [a_rate("+44"), a_rate("+49"), a_rate("+44")], version=2)
    malformed = put_rates(admin, deck_id, [a_rate("+44"), a_rate("x")], version=2)

    assert twice.expect(422)["code"] == "deck_invalid"
    assert twice.json["errors"] == [
        {"field": "rates.2", "message": "+44 has another entry with the same start, number 1"}
    ]
    assert malformed.expect(422)["errors"][0]["field"] == "rates.1.prefix"
    assert [r["prefix"] for r in admin.get(f"/rate-decks/{deck_id}/rates").expect(200)["items"]] == ["+1"]


def test_a_stale_version_leaves_the_rates(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck_id = a_deck(admin)
    put_rates(admin, deck_id, [a_rate("+1")], version=1).expect(200)

    assert put_rates(admin, deck_id, [a_rate("+2")], version=1).expect(412)["code"] == "version_conflict"
    assert [r["prefix"] for r in admin.get(f"/rate-decks/{deck_id}/rates").expect(200)["items"]] == ["+1"]


def test_a_deck_without_rates_says_so(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    deck_id = a_deck(admin)

    assert lookup(admin, deck_id, "+1").expect(422)["code"] == "deck_invalid"
    assert admin.get(f"/rate-decks/{deck_id}/rates").expect(200)["items"] == []


def test_another_isp_finds_nothing(api: ApiClient) -> None:
    admin, stranger = as_isp_admin(api), as_isp_admin(api)
    deck_id = a_deck(admin)
    put_rates(admin, deck_id, [a_rate("+1")], version=1).expect(200)

    assert stranger.get(f"/rate-decks/{deck_id}/rates").status == 404
    assert lookup(stranger, deck_id, "+1").status == 404
    assert put_rates(stranger, deck_id, [], version=2).status == 404
