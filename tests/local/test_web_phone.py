"""What the SIP messages on a browser phone's WebSocket say of its call."""

from __future__ import annotations

import pytest

from local.demo.web_phone import _without_secrets, read_event


def reply(status: str, method: str = "INVITE") -> str:
    return f"SIP/2.0 {status}\r\nVia: SIP/2.0/WS a.invalid\r\nCSeq: 12 {method}\r\n\r\n"


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (reply("180 Ringing"), {"type": "CALL_RINGING"}),
        (reply("183 Session Progress"), {"type": "CALL_PROGRESS"}),
        (reply("200 OK"), {"type": "CALL_ESTABLISHED"}),
        (reply("403 Forbidden"), {"type": "CALL_CLOSED", "param": "403 Forbidden"}),
        ("BYE sip:x SIP/2.0\r\nCSeq: 3 BYE\r\n\r\n", {"type": "CALL_CLOSED", "param": ""}),
        ("INVITE sip:x SIP/2.0\r\nCSeq: 3 INVITE\r\n\r\n", {"type": "CALL_INCOMING"}),
        (reply("100 Trying"), None),
        (reply("407 Proxy Authentication Required"), None),
        (reply("200 OK", "REGISTER"), None),
        (reply("200 OK", "BYE"), None),
        ("ACK sip:x SIP/2.0\r\nCSeq: 3 ACK\r\n\r\n", None),
        ("", None),
    ],
)
def test_a_received_message_means(message: str, event: dict[str, str] | None) -> None:
    assert read_event(message, sent=False) == event


def test_an_invite_that_the_phone_sends_is_no_incoming_call() -> None:
    assert read_event("INVITE sip:x SIP/2.0\r\nCSeq: 3 INVITE\r\n\r\n", sent=True) is None


def test_the_log_keeps_no_digest() -> None:
    line = 'Authorization: Digest username="alice", response="0123abc", cnonce="xyz"'

    assert _without_secrets(line) == 'Authorization: Digest username="alice", response="...", cnonce="..."'
