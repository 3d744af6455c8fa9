from __future__ import annotations

import pytest

from chalicelib.domain.rewriting import rewrite_inbound, rewrite_outbound
from tests.domain.builders import a_gateway, golden_rows

ROWS = golden_rows("gateway_rewriting.csv")


@pytest.mark.parametrize("row", [row for row in ROWS if row["direction"] == "outbound"], ids=lambda row: row["why"])
def test_an_outbound_golden_number_is_rewritten_as_written(row: dict[str, str]) -> None:
    gateway = a_gateway(apply_to=row["apply_to"], outbound_strip=int(row["strip"]), outbound_prefix=row["prefix"])

    found = rewrite_outbound(gateway, e164=row["e164"], dialled=row["as_dialled"])

    assert (found or "refused") == row["user_part"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["direction"] == "inbound"], ids=lambda row: row["why"])
def test_an_inbound_golden_number_is_rewritten_as_written(row: dict[str, str]) -> None:
    gateway = a_gateway(inbound_strip=int(row["strip"]), inbound_prefix=row["prefix"])

    found = rewrite_inbound(gateway, row["as_dialled"])

    assert (found or "refused") == row["user_part"]


def test_a_prefix_does_not_make_up_for_a_number_stripped_away() -> None:
    gateway = a_gateway(outbound_strip=12, outbound_prefix="00", inbound_strip=10, inbound_prefix="+12092488700")

    assert rewrite_outbound(gateway, e164="+12092488700", dialled="") is None
    assert rewrite_inbound(gateway, "2092488700") is None


@pytest.mark.parametrize("received", ["", "anonymous", "2092488700", "+1 209 248 8700"])
def test_an_inbound_number_that_does_not_become_e164_is_not_usable(received: str) -> None:
    assert rewrite_inbound(a_gateway(), received) is None
