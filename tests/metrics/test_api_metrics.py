"""What the API sends of the calls it stores, of mails and of jobs, each in the form that CloudWatch takes."""

from __future__ import annotations

import pytest

from chalicelib.clients.mail import Mail, MailError
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.metrics import METRICS
from chalicelib.domain.sentences import say
from chalicelib.observability import logger
from chalicelib.storage.jobs import get_job
from chalicelib.storage.tenants import find_tenant_scope
from chalicelib.workflows.begin_import import fail_job
from chalicelib.workflows.start_signup import start_signup
from tests.api_client import ApiClient
from tests.calls_world import Provider, a_provider, now_ms
from tests.metrics.emf import Datum, find, read_output
from tests.onboarding import an_email


@pytest.fixture
def provider(api: ApiClient) -> Provider:
    return a_provider(api)


def values(data: list[Datum], name: str, **dimensions: str) -> tuple[float, ...]:
    return tuple(value for datum in find(data, name, **dimensions) for value in datum.values)


def test_a_batch_of_calls_is_told_in_one_line_and_its_refusals_by_reason(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    now = now_ms()
    refusal = {"code": "no_security_group", "sip_status": 403, "reason": "Forbidden"}
    refused = provider.cdr(refusal=refusal, answered_at=None, pdd_ms=None, setup_at=now - 1000, ended_at=now - 1000)
    odd = refused | {"call_id": provider.cdr()["call_id"], "refusal": refusal | {"code": "of_a_newer_node"}}
    answered = provider.outbound(setup_at=now - 90_000)
    broken = provider.pstn_leg(setup_at=now - 70_000) | {"ended_at": now - 70_000}  # ended before it was answered
    unrated = provider.cdr(broken, setup_at=now - 70_000)
    capsys.readouterr()

    provider.send(answered, unrated, refused, odd, {"call_id": "x"})
    found = read_output(capsys.readouterr().out)

    assert values(found, "CdrsStored") == (4,)
    assert values(found, "CdrsRejected") == (1,)
    assert values(found, "CallsAnswered") == (2,)
    assert values(found, "TalkSeconds") == (120,)
    assert values(found, "PostDialDelay") == (300, 300)
    assert sorted(values(found, "RatingLag"))[:2] == pytest.approx([1, 1], abs=5)
    assert max(values(found, "RatingLag")) == pytest.approx(28, abs=5)
    assert values(found, "UnratedLegs") == (1,)
    assert values(found, "CallsRefused", reason="not_allowed") == (1,)
    assert values(found, "CallsRefused", reason="other") == (1,)
    for datum in found:
        assert (datum.namespace, datum.unit) == ("Patchbay", METRICS[datum.name].unit)
        assert datum.keys in METRICS[datum.name].dimensions


def test_a_record_that_comes_again_is_a_duplicate_and_no_call(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    cdr = provider.outbound()
    provider.send(cdr)
    capsys.readouterr()

    provider.send(cdr)

    found = read_output(capsys.readouterr().out)
    assert {datum.name: datum.values for datum in found} == {"CdrsDuplicate": (1,)}


def test_the_log_names_the_calls_that_were_stored(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger=logger().name)
    cdrs = [provider.outbound(), provider.outbound()]

    provider.send(*cdrs)

    [line] = [record for record in caplog.records if record.message == "call records stored"]
    named = zip(line.call_ids, line.sip_call_ids, strict=True)  # type: ignore[attr-defined]
    assert sorted(named) == sorted((cdr["call_id"], cdr["sip_call_id"]) for cdr in cdrs)


class BrokenMailer:
    def send(self, mail: Mail) -> None:
        raise MailError("out of order")


def test_a_mail_that_fails_is_counted(dynamodb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PatchbayError):
        start_signup(email=an_email(), source_ip="10.0.0.1", language="en", mail=BrokenMailer())

    assert values(read_output(capsys.readouterr().out), "MailsFailed") == (1,)


@pytest.mark.parametrize(("code", "counted"), [("internal_error", (1,)), ("import_invalid", ())])
def test_a_job_that_fails_is_counted_unless_its_file_is_to_blame(
    provider: Provider, capsys: pytest.CaptureFixture[str], code: str, counted: tuple[int, ...]
) -> None:
    made = provider.admin.post(f"/tenants/{provider.tenant_id}/subscriber-exports", {}).expect(202)
    scope = find_tenant_scope(provider.isp_id, provider.tenant_id)
    assert scope is not None
    capsys.readouterr()

    fail_job(get_job(scope, made["id"]), code, say("job_kept_failing"))

    assert values(read_output(capsys.readouterr().out), "JobsFailed") == counted
