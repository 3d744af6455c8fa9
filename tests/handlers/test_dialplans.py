"""Dialplans: rules that are checked when saved, presets, and the rule tester."""

from __future__ import annotations

from tests.api_client import ApiClient
from tests.world import as_isp_admin

NATIONAL = {"name": "National", "match": "0([1-9][0-9]{8,10})", "replacement": "+_CC$1"}


def test_a_dialplan_is_created_from_a_preset(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    presets = admin.get("/dialplan-presets").expect(200)["items"]

    made = admin.post("/dialplans", {"name": "United States", "preset": "us"}).expect(201)

    preset = next(preset for preset in presets if preset["name"] == "us")
    assert made["rules"] == preset["rules"]
    assert made["country_code"] == "1"
    assert admin.get(f"/dialplans/{made['id']}").expect(200) == made


def test_every_preset_passes_the_checks_of_own_rules(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    presets = admin.get("/dialplan-presets").expect(200)["items"]

    statuses = {
        preset["name"]: admin.post("/dialplans", {"name": preset["name"], "rules": preset["rules"]}).status
        for preset in presets
    }

    assert set(statuses.values()) == {201}


def test_every_wrong_expression_is_named(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    rules = [NATIONAL, {"match": "(0", "replacement": "$1"}, {"match": "(1)", "replacement": "$2"}]

    refused = admin.post("/dialplans", {"name": "Wrong", "rules": rules}).expect(422)

    assert [error["field"] for error in refused["errors"]] == ["rules.1.match", "rules.2.replacement"]


def test_a_stored_dialplan_is_tried_with_one_read(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/dialplans", {"name": "Germany", "country_code": "49", "rules": [NATIONAL]}).expect(201)

    tried = admin.post(f"/dialplans/{made['id']}/test", {"dialled": "03012345678"})

    assert tried.expect(200)["result"]["number"] == "+493012345678"
    assert tried.json["rule_name"] == "National"
    assert tried.json["groups"] == ["3012345678"]
    assert tried.operations == ["GetItem"]


def test_the_tenants_country_code_wins_in_a_test(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    made = admin.post("/dialplans", {"name": "Germany", "country_code": "49", "rules": [NATIONAL]}).expect(201)

    tried = admin.post(f"/dialplans/{made['id']}/test", {"dialled": "02012345678", "country_code": "44"})

    assert tried.expect(200)["result"]["number"] == "+442012345678"


def test_unsaved_rules_say_what_each_of_them_does(api: ApiClient) -> None:
    admin = as_isp_admin(api)
    rules = [{"name": "Never", "match": "9.*", "replacement": "+1"}, NATIONAL]

    tried = admin.post("/dialplan-tests", {"dialled": "03012345678", "country_code": "49", "rules": rules}).expect(200)

    assert [(rule["name"], rule["matched"], rule["fires"]) for rule in tried["rules"]] == [
        ("Never", False, False),
        ("National", True, True),
    ]
    assert tried["rule_index"] == 1


def test_a_refusal_is_told_apart_from_a_result(api: ApiClient) -> None:
    admin = as_isp_admin(api)

    tried = admin.post("/dialplan-tests", {"dialled": "12", "rules": []}).expect(200)

    assert tried["result"]["refusal"] == "number_not_recognised"
    assert tried["result"]["number"] == ""
    assert tried["rule_index"] is None


def test_another_isp_finds_nothing(api: ApiClient) -> None:
    made = as_isp_admin(api).post("/dialplans", {"name": "US", "preset": "us"}).expect(201)
    stranger = as_isp_admin(api)

    assert stranger.get(f"/dialplans/{made['id']}").status == 404
    assert stranger.post(f"/dialplans/{made['id']}/test", {"dialled": "911"}).status == 404
    assert stranger.delete(f"/dialplans/{made['id']}").status == 404
