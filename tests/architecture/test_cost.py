"""docs/cost.md says what its own arithmetic says, on consumption that the bench prints."""

from __future__ import annotations

import json

import pytest

from infra import cost, prices
from infra.sbc_plan import RTP_PORTS

USE = cost.Assumptions()


def test_the_page_holds_the_tables_as_they_are_reckoned() -> None:
    page = cost.DOCUMENT.read_text(encoding="utf-8")

    assert page == cost.fill_in(page, cost.render(cost.load_consumption(), USE)), (
        "run `python -m infra.cost --write` and look at what changed"
    )


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks"):
        cost.fill_in("nothing", "tables")


def test_an_idle_node_costs_the_control_plane_less_than_a_dollar_a_month() -> None:
    lines = cost.idle_node(cost.load_consumption(), USE)

    assert 0 < sum(dollars for *_, dollars in lines) < 1


def test_transfer_is_charged_by_tiers() -> None:
    first, second = 10_240 * 0.09, 40_960 * 0.085

    assert prices.transfer(0) == 0
    assert prices.transfer(100) == pytest.approx(9)
    assert prices.transfer(51_200) == pytest.approx(first + second)
    assert prices.transfer(51_201) == pytest.approx(first + second + 0.07)


@pytest.mark.parametrize(
    ("subscribers", "kind", "nodes"),
    [(10, "t3.small", 2), (1_000, "t3.small", 2), (5_000, "c7a.medium", 2), (100_000, "c7a.xlarge", 8)],
)
def test_the_pair_carries_the_busy_hour(subscribers: int, kind: str, nodes: int) -> None:
    chosen = cost.choose_nodes(subscribers, USE)

    assert chosen == (kind, nodes)
    assert nodes / USE.nodes_per_sbc * prices.INSTANCES[kind][1] >= cost.busy_calls(subscribers, USE)


def test_no_node_is_reckoned_to_carry_more_calls_than_it_has_ports_for() -> None:
    first, last = RTP_PORTS

    assert max(carried for _, carried in prices.INSTANCES.values()) <= (last - first + 1) / 4


def test_what_the_bench_measured_replaces_what_was_known() -> None:
    bench = {"Consumption: writes, call alone": 17.0, "something else": 1.0}

    assert cost.take_measured(bench, {"call_write_units": 1.0, "metric_series": 3.0}) == {
        "call_write_units": 17.0,
        "metric_series": 3.0,
    }


def test_every_measured_figure_is_known() -> None:
    known = json.loads(cost.CONSUMPTION.read_text(encoding="utf-8"))

    assert set(known) == {each.name for each in cost.fields(cost.Consumption)}
