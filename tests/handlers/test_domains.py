"""Customers' own domains: verified by a TXT record, by one ISP at a time."""

from __future__ import annotations

import json
from pathlib import Path

from chalicelib.settings import settings
from tests.api_client import ApiClient
from tests.world import an_id, as_isp_admin


def a_domain() -> str:
    return f"{an_id('d')[2:].lower()}.example"


def publish(txt_record: dict[str, str]) -> None:
    """In the file that the tests' DNS answers from."""
    path = Path(settings().dns_file)
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | {txt_record["name"]: ["v=spf1 -all", txt_record["value"]]}))


def test_a_domain_is_verified_once_its_record_is_published(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    name = a_domain()
    made = admin.post("/domains", {"domain": name.upper()}).expect(201)

    before = admin.post(f"/domains/{made['id']}/verify")
    publish(made["txt_record"])
    after = admin.post(f"/domains/{made['id']}/verify").expect(200)

    assert made["domain"] == name
    assert made["txt_record"]["name"] == f"_patchbay.{name}"
    assert made["verified_at"] is None
    assert before.expect(409)["code"] == "txt_record_not_found"
    assert after["verified_at"] is not None
    assert admin.post(f"/domains/{made['id']}/verify").expect(200) == after
    assert admin.get("/domains").expect(200)["items"] == [after]


def test_one_isp_adds_a_domain_once(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    name = a_domain()
    admin.post("/domains", {"domain": name}).expect(201)

    assert admin.post("/domains", {"domain": name}).expect(409)["code"] == "name_taken"


def test_a_domain_verified_by_one_isp_is_nobody_elses(api: ApiClient) -> None:
    first, second = as_isp_admin(api), as_isp_admin(api)
    name = a_domain()
    made = first.post("/domains", {"domain": name}).expect(201)
    other = second.post("/domains", {"domain": name}).expect(201)
    publish(made["txt_record"])
    first.post(f"/domains/{made['id']}/verify").expect(200)

    publish(other["txt_record"])
    refused = second.post(f"/domains/{other['id']}/verify")
    first.delete(f"/domains/{made['id']}").expect(204)
    afterwards = second.post(f"/domains/{other['id']}/verify")

    assert made["txt_record"]["value"] != other["txt_record"]["value"]
    assert refused.expect(409)["code"] == "name_taken"
    afterwards.expect(200)


def test_a_restored_domain_is_verified_again(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/domains", {"domain": a_domain()}).expect(201)
    publish(made["txt_record"])
    admin.post(f"/domains/{made['id']}/verify").expect(200)
    admin.delete(f"/domains/{made['id']}").expect(204)

    restored = admin.post(f"/domains/{made['id']}/restore").expect(200)

    assert restored["verified_at"] is None
    admin.post(f"/domains/{made['id']}/verify").expect(200)


def test_the_platforms_own_names_are_no_customers_domain(api: ApiClient) -> None:
    refused = as_isp_admin(api).post("/domains", {"domain": f"a.{settings().platform_domain}"})

    assert refused.expect(422)["errors"][0]["field"] == "domain"


def test_another_isp_finds_nothing(api: ApiClient) -> None:
    made = as_isp_admin(api).post("/domains", {"domain": a_domain()}).expect(201)
    stranger = as_isp_admin(api)

    assert stranger.get(f"/domains/{made['id']}").status == 404
    assert stranger.post(f"/domains/{made['id']}/verify").status == 404
