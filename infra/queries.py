"""Saved queries of CloudWatch Logs Insights, as plain data: how a call, a request or a fault is found in the logs.

Words in capitals are to be replaced before running one. ``fields`` are those of our own lines that a query relies on; a
test looks for each in lines that the programs really wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Logs = Literal["functions", "hook", "kamailio", "rtpengine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """``fields``: by which logs they are in; Kamailio's and rtpengine's lines are text without any."""

    name: str
    logs: tuple[Logs, ...]
    text: str
    fields: dict[Logs, tuple[str, ...]]


QUERIES = (
    Query(
        name="1 find a call",
        logs=("hook",),
        text="""\
# The call by number, phone, SIP Call-ID or tenant, whatever of them is known; choose the time above.
fields @timestamp, call_id, sip_call_id, message, calling_number, dialled, called_number, src_ip, tenant_id, refusal
| filter message in ["call routed", "call refused"]
| filter calling_number like "NUMBER" or dialled like "NUMBER" or called_number like "NUMBER"
    or sip_call_id = "SIP_CALL_ID" or tenant_id = "TENANT_ID" or src_ip = "ADDRESS"
| sort @timestamp desc
| limit 100""",
        fields={
            "hook": (
                "call_id", "sip_call_id", "message", "calling_number", "dialled", "called_number", "src_ip",
                "tenant_id", "refusal",
            )
        },
    ),
    Query(
        name="2 all lines of a call",
        logs=("functions", "hook", "kamailio", "rtpengine"),
        text="""\
# CALL_ID: whichever is at hand, the id in consoles and records (call_..) or the SIP Call-ID of a phone's or carrier's
# trace. Lines have both; rtpengine's only the SIP Call-ID, which stands in any line of the hook.
fields @timestamp, @log, @message
| filter @message like "CALL_ID"
| sort @timestamp asc
| limit 1000""",
        fields={},
    ),
    Query(
        name="3 refusals by code",
        logs=("hook",),
        text="""\
filter ispresent(refusal)
| stats count(*) as calls, latest(call_id) as example by refusal, sip_status
| sort calls desc""",
        fields={"hook": ("refusal", "sip_status", "call_id")},
    ),
    Query(
        name="4 ends of calls",
        logs=("hook",),
        text="""\
filter message = "call ended"
| stats count(*) as calls, sum(talk_s) as talked, latest(call_id) as example by sip_status, hangup_by
| sort calls desc""",
        fields={"hook": ("message", "talk_s", "call_id", "sip_status", "hangup_by")},
    ),
    Query(
        name="5 errors",
        logs=("functions", "hook"),
        text="""\
filter level in ["WARNING", "ERROR", "CRITICAL"] or @message like "Task timed out"
| stats count(*) as lines, latest(@timestamp) as last, latest(@message) as example by level, message
| sort lines desc""",
        fields={"functions": ("level", "message"), "hook": ("level", "message")},
    ),
    Query(
        name="6 one request",
        logs=("functions",),
        text="""\
# The id that the caller saw in x-amzn-RequestId; function_request_id is Lambda's, by which X-Ray knows it.
fields @timestamp, message, route, status, duration_ms, function_request_id, exception
| filter request_id = "REQUEST_ID"
| sort @timestamp asc""",
        fields={
            "functions": ("request_id", "function_request_id", "message", "route", "status", "duration_ms", "exception")
        },
    ),
    Query(
        name="7 slow and failing routes",
        logs=("functions",),
        text="""\
filter message = "request"
| stats count(*) as requests, pct(duration_ms, 95) as p95_ms, max(status) as worst, latest(request_id) as example
    by route
| sort p95_ms desc""",
        fields={"functions": ("message", "duration_ms", "status", "request_id", "route")},
    ),
    Query(
        name="8 balances that differ",
        logs=("functions",),
        text="""\
fields @timestamp, isp_id, customer_id, balance_micros, entries_micros, balance_entries, entries
| filter message = "balance differs from the sum of its entries"
| sort @timestamp desc""",
        fields={
            "functions": (
                "isp_id", "customer_id", "balance_micros", "entries_micros", "balance_entries", "entries", "message",
            )
        },
    ),
    Query(
        name="9 strangers and bans",
        logs=("kamailio",),
        text="""\
# Of one address: put it in the second filter.
fields @timestamp, @message
| filter @message like /REFUSE_|UNREADABLE|COUNT_FAILURE|FORBID|AUTHENTICATE|REQUIRE_MAY_REGISTER/
| filter @message like "ADDRESS"
| sort @timestamp desc
| limit 500""",
        fields={},
    ),
)  # fmt: skip
