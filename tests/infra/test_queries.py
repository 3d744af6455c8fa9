"""Saved queries rely on fields that our programs' lines really have."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chalicelib.clients.mail import Mail, MailError
from chalicelib.domain.errors import PatchbayError
from chalicelib.observability import logger
from chalicelib.workflows.start_signup import start_signup
from infra.queries import QUERIES, Logs, Query
from tests.api_client import ApiClient
from tests.calls_world import a_provider
from tests.conftest import ROOT
from tests.domain.snapshots import DID
from tests.onboarding import an_email
from tests.sbc.conftest import a_world
from tests.sbc.hook_process import gateway_invite
from tests.workflows.test_check_ledgers import change_balance, walk_all

Lines = dict[Logs, list[dict[str, Any]]]

OWN_FIELD = re.compile(r"@\w+")
#: Of the query language, and names that queries give to their results.
WORDS = {
    *("as", "asc", "and", "bin", "by", "calls", "count", "desc", "example", "fields", "filter", "in", "ispresent"),
    *("last", "latest", "like", "limit", "lines", "max", "or", "p95_ms", "pct", "requests", "sort", "stats", "sum"),
    *("talked", "worst"),
}


class BrokenMailer:
    def send(self, mail: Mail) -> None:
        raise MailError("out of order")


@contextmanager
def api_lines() -> Iterator[list[dict[str, Any]]]:
    """What the API's logger writes meanwhile, by its own formatter."""
    written, found = io.StringIO(), []
    handler = logging.StreamHandler(written)
    handler.setFormatter(logger().registered_formatter)
    logger().addHandler(handler)
    try:
        yield found
    finally:
        logger().removeHandler(handler)
        found += [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture(scope="module")
def lines(dynamodb: str, tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """Real ones: of requests, stored calls, a balance that differs, a mail that fails; of calls routed and refused."""
    with api_lines() as functions:
        provider = a_provider(ApiClient())
        provider.send(provider.outbound())
        change_balance(provider, 1)
        walk_all()
        change_balance(provider, -1)
        walk_all()
        with pytest.raises(PatchbayError):
            start_signup(email=an_email(), source_ip="10.9.9.9", language="en", mail=BrokenMailer())
    return {"functions": functions, "hook": hook_lines(tmp_path_factory.mktemp("hook"))}


def hook_lines(directory: Path) -> list[dict[str, Any]]:
    with a_world(directory) as world:
        call = world.client.invite("102", sip_call_id="one@phone")
        world.client.event("cancelled", call["call_id"])
        world.client.invite("+12092488701", user="dave", sip_call_id="two@phone")
        world.client.post("/route", gateway_invite(DID, src_ip="203.0.113.9"))
        world.record(call["call_id"])
    return [json.loads(line) for line in world.hook.log.read_text().splitlines()]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_each_field_of_a_query_is_in_the_lines_of_its_logs(
    query: Query, lines: dict[Logs, list[dict[str, Any]]]
) -> None:
    for kind, fields in query.fields.items():
        assert kind in query.logs
        missing = {name for name in fields if not any(name in line for line in lines[kind])}
        assert not missing, f"{missing}; there are {sorted({name for line in lines[kind] for name in line})}"


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_query_says_all_fields_that_it_uses(query: Query) -> None:
    code = re.sub(r'"[^"]*"|/[^/\n]*/|#.*', " ", query.text)
    used = set(re.findall(r"\b[a-z][a-z_0-9]*\b", OWN_FIELD.sub(" ", code))) - WORDS

    assert used == {name for fields in query.fields.values() for name in fields}


def test_lines_of_functions_bear_the_trace_by_which_x_ray_knows_the_request(
    dynamodb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")

    with api_lines() as functions:
        ApiClient().get("/health")

    assert {line["xray_trace_id"] for line in functions} == {"1-5759e988-bd862e3fe1be46a994272793"}


def test_lines_of_a_call_have_both_its_ids(lines: Lines) -> None:
    of_calls = [line for line in lines["hook"] if "call_id" in line]
    stored = [line for line in lines["functions"] if line["message"] == "call records stored"]

    assert {line["message"] for line in of_calls} >= {"call routed", "call refused", "call ended"}
    assert all(line["call_id"].startswith("call_") and line["sip_call_id"] for line in of_calls)
    assert stored
    for line in stored:
        assert all(call_id.startswith("call_") for call_id in line["call_ids"])
        assert len(line["sip_call_ids"]) == len(line["call_ids"])
        assert all(line["sip_call_ids"])


def hook_log_functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Those that write to the log, by file and name."""
    for path in sorted((ROOT / "sbc/hook").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "log." in ast.unparse(node):
                yield f"{path.stem}.{node.name}", node


def test_whatever_line_of_the_hook_names_a_call_names_it_by_both_ids() -> None:
    """Also those that no test makes it write. One is of a call that can't be read: only its key is known."""
    by_one_id = set()
    for name, function in hook_log_functions():
        for node in ast.walk(function):
            keys = {ast.literal_eval(key) for key in node.keys if key is not None} if isinstance(node, ast.Dict) else ()
            if len({"call_id", "sip_call_id"}.intersection(keys)) == 1:
                by_one_id.add(name)

    assert by_one_id == {"call_control.restore"}


#: Routes of Kamailio whose lines are of no call, or of none that has an id yet.
WITHOUT_CALL = {
    *("SERVE_PEERS", "REFUSE_SCANNER", "REFUSE_FLOOD", "AUTHENTICATE", "FORBID", "COUNT_FAILURE"),
    *("REQUIRE_MAY_REGISTER", "SAVE_CONTACT", "SAY"),
}
#: Not parsed yet; of a connection; of a registration that a peer tells; and with the event whole, which has both ids.
WITHOUT_IDS = {"core:msg-received", "xhttp:request", "REFUSE_OUTDATED", "POST_EVENT"}


def kamailio_lines() -> Iterator[tuple[str, str, str]]:
    """Of the configuration: the route, the line before, the text that goes to the log."""
    for path in sorted((ROOT / "sbc/kamailio").rglob("*.cfg")):
        route = before = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"(\w*route)(?:\[([\w:-]+)\])? ?\{", line):
                route = found[2] or found[1]
            if found := re.search(r'xlog\("L_\w+", "(.*)\\n"\)', line):
                yield route, before, found[1]
            before = line.strip()


def test_each_word_that_a_query_looks_for_in_kamailios_lines_is_in_one() -> None:
    [strangers] = [query for query in QUERIES if query.logs == ("kamailio",)]
    found = re.search(r"like /(.+)/", strangers.text)
    assert found is not None

    texts = [text for _, _, text in kamailio_lines()] + [*said_later()]
    for word in found[1].split("|"):
        assert any(text.startswith(word) and re.search(r"\$si|\$rcv\(srcip\)", text) for text in texts), word


def said_later() -> Iterator[str]:
    """Texts that go to the log by SAY."""
    for path in sorted((ROOT / "sbc/kamailio").rglob("*.cfg")):
        yield from re.findall(r'\$var\(said\) = "([A-Z_]+: .*);', path.read_text(encoding="utf-8"))


def test_a_line_of_kamailio_about_a_call_has_both_ids_and_every_other_ends_with_the_sip_call_id() -> None:
    of_calls, with_one, with_none = set(), set(), set()
    for route, before, text in kamailio_lines():
        if text.endswith(" $var(ids)"):
            assert before == "route(NAME_CALL);", f"{route}: {before}"
            of_calls.add(route)
        else:
            (with_one if text.endswith(" $ci") else with_none).add(route)

    assert with_one == WITHOUT_CALL
    assert with_none == WITHOUT_IDS
    assert len(of_calls) >= 15
