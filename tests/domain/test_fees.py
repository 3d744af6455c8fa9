from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.fees import daily_fee, fee_key, fee_of_date
from chalicelib.domain.money import parse_amount
from tests.domain.rating_data import golden


@pytest.mark.parametrize("row", golden("daily_fees"))
def test_a_daily_fee_is_that_of_the_golden_row(row):
    fee = daily_fee(parse_amount(row["monthly_price"]), day=int(row["day"]), days_in_month=int(row["days_in_month"]))

    assert fee == int(row["fee_micros"])


@given(price=st.integers(min_value=0, max_value=10**15), days=st.integers(min_value=28, max_value=31))
def test_the_days_of_a_month_add_up_to_the_monthly_price(price, days):
    fees = [daily_fee(price, day=day, days_in_month=days) for day in range(1, days + 1)]

    assert sum(fees) == price
    assert max(fees) - min(fees) <= 1


def test_a_leap_day_has_its_share():
    assert fee_of_date(10_000_000, date(2028, 2, 29)) == daily_fee(10_000_000, day=29, days_in_month=29)


def test_a_day_that_the_month_does_not_have_is_refused():
    with pytest.raises(ValueError, match="day: 1 to 30"):
        daily_fee(1, day=31, days_in_month=30)


def test_a_fee_is_booked_once_for_each_resource_and_utc_day():
    assert fee_key("sub_1", date(2025, 3, 9)) == "fee/sub_1/2025-03-09"
