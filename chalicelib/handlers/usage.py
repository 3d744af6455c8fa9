"""Usage statistics of the ISP and of a tenant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import field_error
from chalicelib.domain.sentences import say
from chalicelib.domain.usage import MOST_DAYS, Figures, Usage, make_usage
from chalicelib.handlers.http import Call, endpoint
from chalicelib.schemas.usage import UsageQuery, UsageView
from chalicelib.storage.isps import get_isp
from chalicelib.storage.usage import usage_of_isp, usage_of_tenant

blueprint = Blueprint(__name__)

DEFAULT_DAYS = 30


@endpoint(
    blueprint,
    "GET",
    "/usage",
    roles=("isp_admin",),
    query=UsageQuery,
    out=UsageView,
    summary="Calls, minutes, quality and amounts of all tenants, by UTC day",
)
def get_usage(call: Call[Any]) -> dict[str, Any]:
    first, last = _range(call.query)
    tallies = usage_of_isp(call.isp, first, last)
    currency = get_isp(call.isp.isp_id).currency
    return _view(make_usage(tallies, first=first, last=last, currency=currency), with_amounts=True)


@endpoint(
    blueprint,
    "GET",
    "/tenants/{tenant_id}/usage",
    roles=("isp_admin", "tenant_admin"),
    query=UsageQuery,
    out=UsageView,
    summary="Calls, minutes and quality of a tenant, by UTC day; amounts for the ISP alone",
)
def get_tenant_usage(call: Call[Any]) -> dict[str, Any]:
    first, last = _range(call.query)
    tallies = usage_of_tenant(call.tenant, first, last)
    with_amounts = call.identity.role == "isp_admin"
    currency = get_isp(call.isp.isp_id).currency if with_amounts else ""
    return _view(make_usage(tallies, first=first, last=last, currency=currency), with_amounts=with_amounts)


def _range(query: UsageQuery) -> tuple[date, date]:
    last = date.fromisoformat(query.last) if query.last else datetime.now(UTC).date()
    first = date.fromisoformat(query.first) if query.first else last - timedelta(days=DEFAULT_DAYS - 1)
    days = (last - first).days + 1
    if not 1 <= days <= MOST_DAYS:
        raise field_error("from", say("usage_from", n=MOST_DAYS))
    return first, last


def _view(usage: Usage, *, with_amounts: bool) -> dict[str, Any]:
    days = [{"day": day.isoformat()} | _figures(figures, with_amounts) for day, figures in usage.days]
    currency = usage.currency if with_amounts else None
    return {"currency": currency, "days": days, "total": _figures(usage.total, with_amounts)}


def _figures(figures: Figures, with_amounts: bool) -> dict[str, Any]:
    tally = figures.tally
    others = figures.other_amounts if with_amounts else ()
    return {
        **{name: getattr(tally, name) for name in ("attempts", "answered", "refused", "talk_s")},
        **{name: getattr(figures, name) for name in ("failed", "asr", "acd_s", "pdd_ms")},
        "amount_micros": figures.amount_micros if with_amounts else None,
        "other_amounts": [{"currency": currency, "amount_micros": amount} for currency, amount in others],
    }
