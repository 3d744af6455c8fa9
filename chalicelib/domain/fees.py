"""Daily fees of subscribers and DIDs: a monthly price cut into days that add up to it to the last millionth."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def daily_fee(monthly_micros: int, *, day: int, days_in_month: int) -> int:
    """Fee of day ``day`` (1 is the first): floor(P k / n) - floor(P (k - 1) / n), which carries the remainder."""
    if monthly_micros < 0:
        raise ValueError(f"monthly_micros: not negative, got {monthly_micros}")
    if not 1 <= day <= days_in_month:
        raise ValueError(f"day: 1 to {days_in_month}, got {day}")
    return monthly_micros * day // days_in_month - monthly_micros * (day - 1) // days_in_month


def fee_of_date(monthly_micros: int, utc_day: date) -> int:
    """The fee of one UTC day."""
    days = monthrange(utc_day.year, utc_day.month)[1]
    return daily_fee(monthly_micros, day=utc_day.day, days_in_month=days)


def fee_key(resource_id: str, utc_day: date) -> str:
    """The ledger key of a resource's fee: one per UTC day, so that a second run charges nothing."""
    return f"fee/{resource_id}/{utc_day.isoformat()}"
