"""A machine becomes a node by a one-time key: made by the platform, good once, for a day, for one node."""

from __future__ import annotations

import base64
import secrets
import threading
import time

import pytest

from chalicelib.auth import identify_node
from chalicelib.clients.node_queues import NoQueues
from chalicelib.clients.seal import seal_key
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.tokens import token_hash
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.sbcs import nodes_of_sbc
from chalicelib.workflows.enrol_by_key import enrol_by_key
from chalicelib.workflows.enrol_node import enrol_node
from tests.api_client import Answer, ApiClient
from tests.world import an_sbc, as_platform_admin

DAY_MS = 86_400_000


def _a_key(api: ApiClient, sbc_id: str, name: str = "n1", **fields: object) -> str:
    made = as_platform_admin(api).post(f"/platform/sbcs/{sbc_id}/enrolments", {"name": name, **fields}).expect(201)
    return str(made["key"])


def _problem(answer: Answer) -> tuple[object, ...]:
    body = answer.expect(410)
    return body["code"], body["title"], body.get("detail"), sorted(body)


def test_a_key_makes_a_node_with_all_that_it_needs_to_begin(api: ApiClient) -> None:
    sbc_id = an_sbc(api, address="sbc.example:60110", websocket_url="wss://sbc.example/ws")
    key = _a_key(api, sbc_id)

    made = api.post("/sbc/enrol", {"key": key}).expect(201)

    identity = identify_node(made["node_key"])
    assert (identity.sbc_id, identity.user_id) == (sbc_id, "n1")
    assert base64.urlsafe_b64decode(made["seal_key"] + "=") == seal_key(sbc_id)
    assert (made["sbc_id"], made["node"], made["address"]) == (sbc_id, "n1", "sbc.example:60110")
    assert (made["websocket_url"], made["public_url"]) == ("wss://sbc.example/ws", settings().public_url)
    assert (made["queue_url"], made["queue_region"]) == ("", "")  # the embedded system has none
    assert [node.name for node in nodes_of_sbc(sbc_id)] == ["n1"]


def test_wrong_used_expired_and_revoked_keys_get_the_same_answer(api: ApiClient) -> None:
    admin, sbc_id = as_platform_admin(api), an_sbc(api)
    used = _a_key(api, sbc_id)
    api.post("/sbc/enrol", {"key": used}).expect(201)
    revoked = admin.post(f"/platform/sbcs/{sbc_id}/enrolments", {"name": "n2"}).expect(201)
    admin.delete(f"/platform/sbcs/{sbc_id}/enrolments/{revoked['id']}").expect(204)
    expired = _a_key(api, sbc_id, "n3")
    now = time.time_ns() // 1_000_000

    answers = [_problem(api.post("/sbc/enrol", {"key": key})) for key in ("wrong", used, revoked["key"])]

    assert len({str(answer) for answer in answers}) == 1
    assert answers[0][0] == "enrolment_invalid"
    with pytest.raises(PatchbayError) as late:
        enrol_by_key(expired, source_ip="10.0.0.1", now_ms=now + DAY_MS + 60_000)
    assert late.value.code == "enrolment_invalid"
    assert enrol_by_key(expired, source_ip="10.0.0.1", now_ms=now + DAY_MS - 60_000).node.name == "n3"


def test_a_key_is_stored_as_a_hash_with_an_end_and_shown_once(api: ApiClient) -> None:
    admin, sbc_id = as_platform_admin(api), an_sbc(api)
    path = f"/platform/sbcs/{sbc_id}/enrolments"
    made = admin.post(path, {"name": "n1"}).expect(201)

    listed = admin.get(path).expect(200)["items"]
    raw = database().client.get_item(
        TableName=database().table_name,
        Key={"PK": {"S": keys.enrolment_key(token_hash(made["key"]))}, "SK": {"S": keys.META}},
    )["Item"]

    assert [(one["id"], one["name"], one["created_by"]) for one in listed] == [(made["id"], "n1", "Pat")]
    assert made["key"] not in str(listed)
    assert made["key"] not in str(raw)
    assert abs(int(raw["ttl"]["N"]) - time.time() - settings().enrolment_s) < 60


def test_open_keys_alone_are_listed(api: ApiClient) -> None:
    admin, sbc_id = as_platform_admin(api), an_sbc(api)
    path = f"/platform/sbcs/{sbc_id}/enrolments"
    key = _a_key(api, sbc_id)
    revoked = admin.post(path, {"name": "n2"}).expect(201)["id"]
    left = admin.post(path, {"name": "n3"}).expect(201)["id"]

    api.post("/sbc/enrol", {"key": key}).expect(201)
    admin.delete(f"{path}/{revoked}").expect(204)

    assert [one["id"] for one in admin.get(path).expect(200)["items"]] == [left]
    assert admin.delete(f"{path}/{revoked}").expect(404)["code"] == "not_found"


def test_of_machines_with_the_same_key_one_becomes_the_node(api: ApiClient) -> None:
    sbc_id = an_sbc(api)
    key = _a_key(api, sbc_id)
    begin = threading.Barrier(5)
    codes: list[int] = []

    def boot() -> None:
        begin.wait()
        codes.append(api.post("/sbc/enrol", {"key": key}).status)

    machines = [threading.Thread(target=boot) for _ in range(5)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()

    assert sorted(codes) == [201, 410, 410, 410, 410]
    assert len(nodes_of_sbc(sbc_id)) == 1


def test_a_request_whose_answer_got_lost_is_repeated_by_its_node_alone(api: ApiClient) -> None:
    sbc_id = an_sbc(api)
    key, own = _a_key(api, sbc_id), secrets.token_urlsafe(32)
    first = api.post("/sbc/enrol", {"key": key, "node_key": own}).expect(201)

    again = api.post("/sbc/enrol", {"key": key, "node_key": own}).expect(201)
    stranger = api.post("/sbc/enrol", {"key": key, "node_key": secrets.token_urlsafe(32)})

    assert again == first
    assert first["node_key"] == own
    assert stranger.expect(410)["code"] == "enrolment_invalid"


def test_a_node_that_was_revoked_or_replaced_cannot_come_back_with_its_old_key(api: ApiClient) -> None:
    admin, sbc_id = as_platform_admin(api), an_sbc(api)
    key, own = _a_key(api, sbc_id), secrets.token_urlsafe(32)
    api.post("/sbc/enrol", {"key": key, "node_key": own}).expect(201)
    replaced = api.post("/sbc/enrol", {"key": _a_key(api, sbc_id, replace=True)}).expect(201)
    after_replacement = api.post("/sbc/enrol", {"key": key, "node_key": own})
    admin.delete(f"/platform/sbcs/{sbc_id}/nodes/n1").expect(204)

    after_revocation = api.post("/sbc/enrol", {"key": key, "node_key": own})

    assert (after_replacement.status, after_revocation.status) == (410, 410)
    for ended in (own, replaced["node_key"]):
        with pytest.raises(PatchbayError):
            identify_node(ended)


def test_a_key_that_a_node_uses_with_the_key_it_has_already_is_used(api: ApiClient) -> None:
    """A machine that boots again with a new one-time key and its old disk."""
    sbc_id, own = an_sbc(api), secrets.token_urlsafe(32)
    api.post("/sbc/enrol", {"key": _a_key(api, sbc_id), "node_key": own}).expect(201)
    key = _a_key(api, sbc_id, replace=True)

    again = api.post("/sbc/enrol", {"key": key, "node_key": own}).expect(201)
    repeated = api.post("/sbc/enrol", {"key": key, "node_key": own}).expect(201)
    stranger = api.post("/sbc/enrol", {"key": key, "node_key": secrets.token_urlsafe(32)})

    assert again == repeated
    assert stranger.expect(410)["code"] == "enrolment_invalid"
    assert as_platform_admin(api).get(f"/platform/sbcs/{sbc_id}/enrolments").expect(200)["items"] == []
    assert identify_node(own).user_id == "n1"


def test_a_node_is_replaced_only_by_a_key_made_for_that(api: ApiClient) -> None:
    sbc_id = an_sbc(api)
    old = enrol_node(sbc_id, "n1")
    admin = as_platform_admin(api)

    refused = admin.post(f"/platform/sbcs/{sbc_id}/enrolments", {"name": "n1"})
    new = api.post("/sbc/enrol", {"key": _a_key(api, sbc_id, replace=True)}).expect(201)

    assert refused.expect(409)["code"] == "name_taken"
    assert identify_node(new["node_key"]).sbc_id == sbc_id
    with pytest.raises(PatchbayError):
        identify_node(old.node_key)


def test_a_key_survives_a_refusal_that_can_be_put_right(api: ApiClient) -> None:
    admin, sbc_id = as_platform_admin(api), an_sbc(api)
    key = _a_key(api, sbc_id)
    enrol_node(sbc_id, "n1")  # somebody was faster, by hand

    assert api.post("/sbc/enrol", {"key": key}).expect(409)["code"] == "name_taken"
    admin.delete(f"/platform/sbcs/{sbc_id}/nodes/n1").expect(204)
    api.post("/sbc/enrol", {"key": key}).expect(201)


def test_guessing_ends_soon_but_right_keys_use_nothing_up(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sbc_id = an_sbc(api)
    few = settings().model_copy(update={"source_attempts": 3})
    monkeypatch.setattr("chalicelib.workflows.enrol_by_key.settings", lambda: few)
    good = [_a_key(api, sbc_id, f"n{number}") for number in range(5)]

    right = [api.post("/sbc/enrol", {"key": key}).status for key in good[:4]]
    wrong = [api.post("/sbc/enrol", {"key": "guess"}).status for _ in range(3)]
    locked = api.post("/sbc/enrol", {"key": good[4]})

    assert (right, wrong) == ([201] * 4, [410] * 3)
    assert locked.expect(429)["code"] == "too_many_attempts"


def test_making_using_and_revoking_a_key_is_audited(api: ApiClient) -> None:
    admin, sbc_id = as_platform_admin(api), an_sbc(api)
    path = f"/platform/sbcs/{sbc_id}/enrolments"
    api.post("/sbc/enrol", {"key": _a_key(api, sbc_id)}).expect(201)
    admin.delete(f"{path}/{admin.post(path, {'name': 'n2'}).expect(201)['id']}").expect(204)

    answer = database().client.query(
        TableName=database().table_name,
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": {"S": keys.platform_audit()}},
    )

    entries = [item for item in answer["Items"] if sbc_id in item["before"]["S"] + item["after"]["S"]]
    actions = [item["action"]["S"] for item in entries if "enrol" in item["action"]["S"]]
    assert actions == ["sbc.enrolment.create", "sbc.node.enrol", "sbc.enrolment.create", "sbc.enrolment.revoke"]
    assert "secret" not in str(entries)


def test_only_the_platform_makes_keys_and_only_for_sbcs_that_exist(api: ApiClient) -> None:
    admin, sbc_id = as_platform_admin(api), an_sbc(api)
    admin.delete(f"/platform/sbcs/{sbc_id}").expect(204)

    assert admin.post(f"/platform/sbcs/{sbc_id}/enrolments", {"name": "n1"}).expect(404)["code"] == "not_found"
    assert admin.get(f"/platform/sbcs/{sbc_id}/enrolments").expect(404)["code"] == "not_found"


class Queues(NoQueues):
    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []

    def create(self, sbc_id: str, node: str) -> str:
        self.made.append((sbc_id, node))
        return f"https://sqs.example/{node}"


def test_where_there_are_queues_a_node_gets_its_own_and_only_for_a_good_key(api: ApiClient) -> None:
    sbc_id, queues = an_sbc(api), Queues()
    key = _a_key(api, sbc_id)

    with pytest.raises(PatchbayError):
        enrol_by_key("wrong", source_ip="10.0.0.2", queues=queues)
    made = enrol_by_key(key, source_ip="10.0.0.2", queues=queues)

    assert queues.made == [(sbc_id, "n1")]
    assert made.node.queue_url == "https://sqs.example/n1"
    assert [node.queue_url for node in nodes_of_sbc(sbc_id)] == ["https://sqs.example/n1"]


def test_a_node_without_credentials_of_aws_gets_none_and_asks_the_api(api: ApiClient) -> None:
    sbc_id, queues = an_sbc(api), Queues()

    made = enrol_by_key(_a_key(api, sbc_id), with_queue=False, source_ip="10.0.0.2", queues=queues)

    assert queues.made == []
    assert made.node.queue_url == ""
