"""One sentence for each code of the trace, except refusals, whose sentences are in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Facts = Mapping[str, Any]

_WHY_CALLER_ID = {
    "emergency": "the tenant's emergency caller ID",
    "own_did": "the subscriber's caller ID, which is a number of the tenant",
    "approved": "the subscriber's caller ID, which is approved for the tenant",
    "first_did": "the subscriber's first number",
    "main_number": "the tenant's main number",
}

_WHEN = {
    "always": "always",
    "busy": "when busy",
    "no_answer": "when nobody answers",
    "unreachable": "when no phone is reachable",
}

_LEVELS = {
    "isp_suspended": "service provider",
    "customer_suspended": "customer",
    "tenant_suspended": "tenant",
    "subscriber_suspended": "subscriber",
}


def _template(text: str) -> Callable[[Facts], str]:
    return text.format_map


def _rule_fired(facts: Facts) -> str:
    name = f" ({facts['rule_name']})" if facts["rule_name"] else ""
    groups = ", ".join(str(group) for group in facts["groups"])
    captured = f", with the parts {groups}," if groups else ""
    made = "the service number" if facts["kind"] == "service" else "the number"
    place = int(facts["rule_index"]) + 1
    return (
        f"Rule {place}{name} of the dialplan {facts['dialplan']} matches {facts['dialled']}{captured} "
        f"and makes {made} {facts['number']} of it."
    )


def _caller_id_chosen(facts: Facts) -> str:
    hidden = " It is withheld from the called side." if facts["private_call"] else ""
    why = _WHY_CALLER_ID.get(facts["why"])
    if why is None:
        return f"There is no number to show: no caller ID, no own number and no main number of the tenant.{hidden}"
    return f"The number shown is {facts['number']}: {why}.{hidden}"


def _limits(facts: Facts) -> str:
    limits = [_limit(key.partition("/")[0], limit) for key, limit in facts["limits"].items()]
    return "Not known here is how many calls are up; the limits are: " + ", ".join(limits) + "."


def _limit(subject: str, limit: int) -> str:
    return f"{subject} {limit}" if limit else f"{subject} none"


def _phones_rung(facts: Facts) -> str:
    limit = facts["max_calls"]
    busy = f", unless {limit} calls of it are up already" if limit else ""
    return (
        f"All registered phones of {facts['name']} ring for up to {facts['timeout_s']} seconds{busy}. "
        "Which phones are registered is not known here."
    )


def _gateway_planned(facts: Facts) -> str:
    sender = f"{facts['from_display']} <{facts['from_uri']}>".strip()
    extra = "".join(f"; {line}" for line in facts["headers"])
    return (
        f"Gateway {facts['order']}, {facts['gateway']}, would get INVITE {facts['uri']} from {sender}{extra}; "
        f"codecs {', '.join(facts['codecs'])}; sent to {facts['next_hop']}."
    )


def _forward_considered(facts: Facts) -> str:
    return f"{facts['name']} forwards to {facts['to']} {_WHEN[facts['on']]}."


def _forward_left_out(facts: Facts) -> str:
    return f"The forward of {facts['name']} to {facts['to']} is left out."


def _hours(facts: Facts) -> str:
    state = "open" if facts["open"] else "closed"
    return f"By the date range {facts['date_range']}, {facts['name']} is {state} now; this doesn't change the routing."


def _set_aside(facts: Facts) -> str:
    return f"The {_LEVELS[facts['level']]} is suspended, but emergency and service numbers can still be called."


SENTENCES: Mapping[str, Callable[[Facts], str]] = {
    "tenant_found": _template("The domain {domain} belongs to the tenant {tenant}."),
    "caller_found": _template("The caller is the subscriber {name} (username {username})."),
    "not_suspended": lambda facts: f"Nothing is suspended: {', '.join(facts['levels'])}.",
    "suspension_set_aside": _set_aside,
    "subscriber_matched": _template("{dialled} is the {by} of {name}."),
    "own_did_matched": _template("{number} is a number of this tenant, of {name}."),
    "no_rule_e164": _template("No rule of the dialplan {dialplan} matches; {number} is a full number already."),
    "rule_fired": _rule_fired,
    "prefix_allowed": _template("The security group {security_group} allows {number} by its prefix {prefix}."),
    "payment_checked": _template("The customer's service plan is {payment}: no credit has to be reserved."),
    "service_rules_apply": _template(
        "{number} is an emergency or service number: calling rights, credit and limits are not applied."
    ),
    "carrier_chosen": _template("The carrier is {carrier}, with {gateways} gateway(s)."),
    "caller_id_chosen": _caller_id_chosen,
    "gateway_planned": _gateway_planned,
    "gateway_skipped": _template("Gateway {gateway} is left out: its rewriting leaves nothing of {number}."),
    "phones_rung": _phones_rung,
    "forward_considered": _forward_considered,
    "forward_left_out": _forward_left_out,
    "hours_known": _hours,
    "live_calls_unknown": _limits,
    "source_matched": _template("The call came from {src_ip}, an address of the gateway {gateway} of {carrier}."),
    "inbound_rewritten": _template("The inbound rewriting of {gateway} makes {did} of {received}."),
    "did_owner_found": _template("{did} belongs to the tenant {tenant}."),
    "number_withheld": _template("The caller withholds the number, which is {calling_number}."),
}
