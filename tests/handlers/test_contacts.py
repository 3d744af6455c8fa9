"""A tenant's subscribers by name, for each other, and who can be reached."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api_client import ApiClient
from tests.calls_world import Json, Provider, a_provider, now_ms
from tests.handlers.test_live import a_live_call, a_registration, look, path, report


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    """With ann, who is there from the beginning, and three more."""
    provider = a_provider(api)
    for username, name, alias in (("zoe", "Zoë", "300"), ("erica", "Érica Souza", "200"), ("bob", "", "100")):
        body = {"username": username, "name": name, "alias": alias}
        provider.admin.post(f"{path(provider)}/subscribers", body).expect(201)
    return provider


def contacts(provider: Provider, query: str = "") -> list[Json]:
    found: list[Json] = provider.admin.get(f"{path(provider)}/contacts{query}").expect(200)["items"]
    return found


def names(items: list[Json]) -> list[str]:
    return [one["name"] for one in items]


def subscriber(provider: Provider, username: str) -> Json:
    items = provider.admin.get(f"{path(provider)}/subscribers?search={username}").expect(200)["items"]
    found: Json = items[0]
    return found


def change(provider: Provider, username: str, **fields: Any) -> None:
    found = subscriber(provider, username)
    own = f"{path(provider)}/subscribers/{found['id']}"
    provider.admin.patch(own, fields, version=found["version"]).expect(200)


def test_contacts_are_in_order_of_name_and_have_no_more_than_colleagues_need(provider: Provider) -> None:
    ann = provider.as_role("subscriber", provider.subscriber["id"])

    seen = ann.get(f"{path(provider)}/contacts").expect(200)["items"]

    assert names(seen) == ["Ann", "bob", "Érica Souza", "Zoë"]
    assert {frozenset(one) for one in seen} == {frozenset({"subscriber_id", "name", "username", "alias", "reach"})}
    assert {one["reach"] for one in seen} == {"unknown"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("eric", ["Érica Souza"]),
        ("SOUZA", ["Érica Souza"]),
        ("30", ["Zoë"]),
        ("b", ["bob"]),
        ("00", ["bob", "Érica Souza", "Zoë"]),
        ("nobody", []),
    ],
)
def test_a_search_finds_parts_of_names_usernames_and_aliases(provider: Provider, search: str, found: list[str]) -> None:
    assert names(contacts(provider, f"?search={search}")) == found


@pytest.mark.parametrize("search", ["", "&search=o"])
def test_pages_show_everybody_once(provider: Provider, search: str) -> None:
    found: list[str] = []
    cursor = ""
    for _ in range(5):
        page = provider.admin.get(f"{path(provider)}/contacts?limit=1{search}{cursor}").expect(200)
        found += names(page["items"])
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert found == (["Ann", "bob", "Érica Souza", "Zoë"] if not search else ["bob", "Érica Souza", "Zoë"])


def test_contacts_follow_the_subscribers(provider: Provider) -> None:
    change(provider, "zoe", name="Abby")
    change(provider, "erica", alias="201")
    bob = f"{path(provider)}/subscribers/{subscriber(provider, 'bob')['id']}"
    assert provider.admin.delete(bob).status == 204

    changed = contacts(provider)
    provider.admin.post(f"{bob}/restore").expect(200)

    assert [(one["name"], one["alias"]) for one in changed] == [("Abby", "300"), ("Ann", ""), ("Érica Souza", "201")]
    assert "bob" in names(contacts(provider))


def test_who_is_registered_or_in_a_call_is_shown_so(provider: Provider) -> None:
    look(provider)
    zoe = subscriber(provider, "zoe")
    registrations = (a_registration(provider, subscriber_id=zoe["id"], username="zoe", name="Zoë"),)

    report(provider, registrations=registrations, calls=(a_live_call(provider, setup_at=now_ms()),))

    reach = {one["username"]: one["reach"] for one in contacts(provider)}
    assert reach == {"ann": "in_call", "bob": "unreachable", "erica": "unreachable", "zoe": "reachable"}
