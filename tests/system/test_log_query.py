"""The saved query of a call finds its lines in all programs by either of its ids, as the programs really wrote them."""

from __future__ import annotations

import pytest

from infra.queries import QUERIES
from tests.local.processes import wait_for
from tests.log_filter import matching
from tests.system.programs import Programs
from tests.system.provider import Provider, Tenant

pytestmark = pytest.mark.system

ALL_LINES = next(query for query in QUERIES if query.name == "2 all lines of a call")
#: Our name for what the query calls by another: the functions are one process here.
PROGRAMS = {"functions": "api", "hook": "hook", "kamailio": "kamailio"}


def find_lines(programs: Programs, an_id: str) -> dict[str, list[str]]:
    """By logs; without requests for the call's record, such as this test's own, which name it in their path."""
    found = {}
    for logs, program in PROGRAMS.items():
        lines = matching(programs.log(program, last=1 << 30).splitlines(), ALL_LINES.text, {"CALL_ID": an_id})
        found[logs] = [line for line in lines if '"message":"request"' not in line]
    return found


def test_one_query_finds_a_call_in_all_programs_by_either_of_its_ids(
    provider: Provider, tenant: Tenant, programs: Programs
) -> None:
    ann, _, cy = tenant.phone("ann"), tenant.phone("bob", answers=486), tenant.phone("cy")
    tenant.change("bob", forward_busy="103")
    provider.wait_in_force()

    call, other = ann.dial("102"), cy.dial("101")
    assert call.wait_status() == other.wait_status() == 200
    assert call.hang_up() == other.hang_up() == 200
    record, _ = provider.call(call.call_id), provider.call(other.call_id)
    wait_for(lambda: find_lines(programs, record["call_id"])["functions"])

    found = find_lines(programs, record["call_id"])
    assert set(PROGRAMS) <= set(ALL_LINES.logs)
    assert found == find_lines(programs, record["sip_call_id"])
    assert [line.split('"message":"')[1].split('"')[0] for line in found["hook"]] == ["call routed", "call ended"]
    assert any("STAGE_FAILED" in line for line in found["kamailio"])
    assert ['"call records stored"' in line for line in found["functions"]] == [True]
    assert "| sort @timestamp asc" in ALL_LINES.text
