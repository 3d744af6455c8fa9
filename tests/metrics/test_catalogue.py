"""What is sent is what the catalogue says, and the handbook says the same."""

from __future__ import annotations

import ast
import re

import pytest

from chalicelib.domain.metrics import METRICS
from chalicelib.domain.refusal_reasons import REASONS, reason_of, tally_reasons
from chalicelib.domain.refusals import CATALOGUE
from chalicelib.observability import emit_counts, emit_metrics
from sbc.hook.emf import emf_line, thin_out
from tests.conftest import ROOT
from tests.metrics.emf import find, read_line, read_output

ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (.+?) \| .+ \|$", re.MULTILINE)
FORBIDDEN = {"isp", "isp_id", "customer", "customer_id", "tenant", "tenant_id", "subscriber", "call_id", "gateway"}


def handbook() -> dict[str, tuple[str, str, tuple[tuple[str, ...], ...]]]:
    """Source, unit and dimension sets by metric, as docs/operations.md has them."""
    table = (ROOT / "docs/operations.md").read_text().partition("### Metrics in CloudWatch")[2].partition("\n### ")[0]
    return {
        name: (source, unit, tuple(tuple(names.split(" + ")) for names in sets.split("; ")))
        for name, source, unit, sets in ROW.findall(table)
    }


# ``dynamodb``: settings are read once, and must not be before they are those of the tests.


def test_the_handbook_lists_every_metric_with_its_dimensions_and_no_other() -> None:
    told = handbook()

    assert told == {metric.name: (metric.source, metric.unit, metric.dimensions) for metric in METRICS.values()}


def test_the_handbook_counts_the_series_of_two_nodes() -> None:
    values = {("stage",): 1, ("stage", "sbc", "node"): 2, ("stage", "reason"): len(REASONS)}
    most = sum(values[names] for metric in METRICS.values() for names in metric.dimensions)

    assert f"at most {most} series" in (ROOT / "docs/operations.md").read_text()


def test_no_metric_has_a_dimension_that_grows_with_customers() -> None:
    used = {name for metric in METRICS.values() for names in metric.dimensions for name in names}

    assert used == {"stage", "sbc", "node", "reason"}
    assert not used & FORBIDDEN


def test_every_refusal_has_a_reason_of_its_own_and_unknown_ones_are_other() -> None:
    assert {reason_of(code) for code in CATALOGUE} <= set(REASONS) - {"other"}
    assert reason_of("made up by a newer node") == "other"
    assert tally_reasons({"unknown_did": 2, "empty_number": 1, "x": 1}) == {"unknown_number": 3, "other": 1}


def test_a_metric_that_is_not_in_the_catalogue_is_logged_instead_of_sent(
    dynamodb: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    emit_counts(SomethingElse=1)
    emit_metrics({"CdrsStored": 1}, tenant="ten_1")

    assert read_output(capsys.readouterr().out) == []
    assert [record.message for record in caplog.records] == ["metric not in the catalogue"] * 2
    with pytest.raises(LookupError):
        emf_line({"SomethingElse": 1}, {"stage": "dev"}, at_ms=0)


def sent_by_the_api() -> set[str]:
    """Every name in a call of ``emit_counts`` or ``emit_metrics``."""
    found: set[str] = set()
    for path in (ROOT / "chalicelib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "emit_counts":
                    found |= {str(keyword.arg) for keyword in node.keywords}
                elif node.func.id == "emit_metrics" and isinstance(node.args[0], ast.Dict):
                    found |= {str(ast.literal_eval(key)) for key in node.args[0].keys if key is not None}
    return found


def test_the_code_of_the_api_sends_what_the_catalogue_has_and_nothing_else() -> None:
    assert sent_by_the_api() == {name for name, metric in METRICS.items() if metric.source == "api"}


def test_zeros_are_sent_of_metrics_that_are_heartbeats_alone(dynamodb: str, capsys: pytest.CaptureFixture[str]) -> None:
    emit_metrics({"CdrsStored": 0, "LedgerMismatch": 0})

    [datum] = read_output(capsys.readouterr().out)
    assert (datum.name, datum.values, datum.namespace) == ("LedgerMismatch", (0.0,), "Patchbay")


def test_more_than_a_hundred_values_of_the_api_go_into_several_lines(
    dynamodb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emit_metrics({"RatingLag": [float(n) for n in range(250)], "CdrsStored": 250})

    found = read_output(capsys.readouterr().out)
    assert sorted(value for datum in find(found, "RatingLag") for value in datum.values) == list(range(250))
    assert [datum.values for datum in find(found, "CdrsStored")] == [(250.0,)]


def test_a_line_of_a_node_has_both_dimension_sets_of_its_gauges() -> None:
    dimensions = {"stage": "dev", "sbc": "sbc_1", "node": "n1"}

    found = read_line(emf_line({"LiveCalls": 3, "Routes": 0}, dimensions, at_ms=1))

    assert {datum.keys for datum in find(found, "LiveCalls")} == {("stage",), ("stage", "sbc", "node")}
    assert [datum.keys for datum in find(found, "Routes")] == [("stage",)]


def test_many_latencies_are_thinned_out_with_their_percentiles_and_extremes_kept() -> None:
    values = [float(n) for n in range(1, 5001)]

    kept = thin_out(list(reversed(values)))

    assert (len(kept), kept[0], kept[-1]) == (100, 1.0, 5000.0)
    assert abs(kept[50] - 2500) < 50
    assert abs(kept[98] - 4950) < 20
    assert thin_out([3.0, 1.0]) == [1.0, 3.0]
