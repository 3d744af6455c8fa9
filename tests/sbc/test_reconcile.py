from __future__ import annotations

from pathlib import Path

from chalicelib.domain.plan import CallFacts, CallParty, RoutePlan
from sbc.hook.live_calls import Call, read_invite
from sbc.hook.reconcile import Comparison, Dialog, compare, read_confirmed_call_id
from tests.sbc.conftest import usual_parts
from tests.sbc.fake_api import FakeApi
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, phone_invite, write_settings

FACTS = CallFacts("internal", "isp_1", "ten_1", "cus_1", CallParty(), "102")


def _call(
    call_id: str, *, setup_at: int = 0, answered_at: int | None = None, sip_call_id: str = "", h_id: int | None = None
) -> Call:
    invite = read_invite(phone_invite("102", sip_call_id=sip_call_id or f"sip-{call_id}"))
    plan = RoutePlan(FACTS, (), (), 60, ())
    return Call(call_id, plan, invite, setup_at=setup_at, answered_at=answered_at, h_entry=1, h_id=h_id)


def _compare(
    calls: list[Call], dialogs: list[Dialog], *, before: dict[str, str] | None = None, now: int = 100_000
) -> Comparison:
    if before is None:
        before = {call.call_id: call.invite.sip_call_id for call in calls}
    return compare(calls, dialogs, before=before, now=now, grace_ms=10_000, max_ring_ms=300_000)


def test_an_answered_call_without_dialog_is_lost_after_the_grace() -> None:
    calls = [_call("fresh", answered_at=95_000), _call("old", answered_at=10_000), _call("up", answered_at=10_000)]

    found = _compare(calls, [Dialog(1, 2, "sip-up")])

    assert [call.call_id for call in found.lost] == ["old"]
    assert [call.call_id for call in found.seen] == ["up"]


def test_a_ringing_call_is_lost_after_the_longest_ring() -> None:
    calls = [_call("ringing", setup_at=0), _call("forgotten", setup_at=-400_000)]

    found = _compare(calls, [], now=0)

    assert [call.call_id for call in found.lost] == ["forgotten"]


def test_a_call_that_rang_when_kamailio_was_restarted_is_lost_at_once() -> None:
    calls = [_call("rang", setup_at=10), _call("answered", setup_at=10, answered_at=20), _call("new", setup_at=40)]
    before = {call.call_id: call.invite.sip_call_id for call in calls}

    found = compare(calls, [], before=before, now=100, grace_ms=10_000, max_ring_ms=300_000, started_at=30)

    assert [call.call_id for call in found.lost] == ["rang"]


def test_two_calls_with_one_sip_call_id_are_told_apart_by_their_dialogs() -> None:
    calls = [_call("up", answered_at=1, sip_call_id="same", h_id=2), _call("lost", answered_at=1, sip_call_id="same")]

    found = _compare(calls, [Dialog(1, 2, "same")])

    assert [call.call_id for call in found.seen] == ["up"]
    assert [call.call_id for call in found.lost] == ["lost"]


def test_calls_and_dialogs_that_changed_during_the_question_are_left_alone() -> None:
    came = _call("came", answered_at=0)

    found = _compare([came], [Dialog(1, 2, "sip-went")], before={"went": "sip-went"})

    assert (found.lost, found.unexplained) == ((), ())


def test_a_dialog_of_no_open_call_is_unexplained() -> None:
    dialog = Dialog(1, 2, "sip-other")

    found = _compare([_call("up")], [dialog])

    assert found.unexplained == (dialog,)


def test_only_confirmed_dialogs_of_the_hooks_making_have_a_call_id() -> None:
    variables = [{"media": "webrtc,rtp,"}, {"call": "call_x,0,1,1790000000000"}]

    found = [
        read_confirmed_call_id({"state": 4, "variables": variables}),
        read_confirmed_call_id({"state": 5, "variables": variables}),
        read_confirmed_call_id({"state": 2, "variables": variables}),
        read_confirmed_call_id({"state": 4, "variables": []}),
        read_confirmed_call_id({}),
    ]

    assert found == ["call_x", "", "", "", ""]


def test_a_call_without_dialog_is_closed_as_estimated_and_a_closed_calls_dialog_is_ended(tmp_path: Path) -> None:
    socket_path = tmp_path / "kamailio.rpc"
    with FakeApi(usual_parts()) as api, FakeKamailio(socket_path) as kamailio:
        settings = write_settings(
            tmp_path, api_url=api.url, kamailio=socket_path, reconcile_interval_s=0.1, reconcile_grace_s=0.3
        )
        with HookProcess(settings) as hook:
            client = HookClient(hook.port)
            call_id = client.invite("102")["call_id"]
            kamailio.add_dialog(call_id, h_entry=7, h_id=8)
            client.event("answered", call_id, stage=0, target=0, h_entry=7, h_id=8)
            kamailio.asked.clear()
            with kamailio.changed:
                assert kamailio.changed.wait_for(lambda: kamailio.asked.count(("dlg.briefing", "c")) >= 8, 5)
            assert call_id not in api.cdrs  # it has its dialog, so it is up
            kamailio.dialogs.clear()
            api.wait_for(lambda: call_id in api.cdrs)
            kamailio.add_dialog(call_id, h_entry=7, h_id=8)  # it comes back after a crash of Kamailio
            kamailio.wait_until_asked("dlg.end_dlg", 7, 8)
            client.close()

    record = api.cdrs[call_id]
    assert (record["estimated"], record["hangup_by"], record["sip_status"]) == (True, "system", 200)
    assert record["answered_at"] + 500 < record["ended_at"]  # the last time it was seen, not the answer
