from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.numbering import (
    UnknownCountryError,
    countries,
    country_prefixes,
    is_e164,
    is_possible,
    number_type,
)
from chalicelib.domain.parts import SecurityGroup
from chalicelib.domain.security_group import allowed_by
from tests.domain.builders import GOLDEN

US_CODES = (GOLDEN / "us_area_codes.txt").read_text().split()
SHARED = [code for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if len(regions) > 1 and code != 1]


def picking(*names: str) -> SecurityGroup:
    prefixes = frozenset(prefix for name in names for prefix in country_prefixes(name).prefixes)
    return SecurityGroup(security_group_id="sg_1", name="Test", prefixes=prefixes)


def example_numbers(region: str) -> list[str]:
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    return [phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) for example in examples if example]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+12092488700", True),
        ("+551133334444", True),
        ("12092488700", False),
        ("+02092488700", False),
        ("+1 209 248 8700", False),
        ("+", False),
        ("", False),
        ("+1234567890123456", False),
        ("+١٢٠٩٢٤٨٨٧٠٠", False),
        ("+12092488700\n", False),
    ],
)
def test_e164_is_a_plus_and_digits(text: str, *, expected: bool) -> None:
    assert is_e164(text) is expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+12092488700", True),
        ("+12488700", False),  # possible only when dialled locally
        ("+554833332222", True),
        ("+5548991234567", True),
        ("+390612345678", True),
        ("+4402079460958", False),  # national prefix left in
        ("+80012345678", True),
        ("+9991234567", False),
        ("+911", False),
    ],
)
def test_a_possible_number_has_a_length_of_its_country(number: str, *, expected: bool) -> None:
    assert is_possible(number) is expected


@given(st.text(max_size=20) | st.from_regex(r"\+[0-9]{1,15}", fullmatch=True))
def test_what_is_possible_here_is_possible_for_phonenumbers(number: str) -> None:
    if is_possible(number):
        assert phonenumbers.is_possible_number(phonenumbers.parse(number))
    assert number_type(number).kind in {"PSTN", "MOBILE", "TOLLFREE"}


@pytest.mark.parametrize(
    ("number", "kind", "name", "region"),
    [
        ("+12092488700", "PSTN", "FIXED_LINE_OR_MOBILE", "US"),
        ("+5548991234567", "MOBILE", "MOBILE", "BR"),
        ("+18004337300", "TOLLFREE", "TOLL_FREE", "US"),
        ("+558007771234", "TOLLFREE", "TOLL_FREE", "BR"),
        ("+19002345678", "PSTN", "PREMIUM_RATE", "US"),
        ("+12001234567", "PSTN", "UNKNOWN", ""),
        ("nonsense", "PSTN", "UNKNOWN", ""),
    ],
)
def test_billing_tells_three_kinds_of_numbers_apart(number: str, kind: str, name: str, region: str) -> None:
    found = number_type(number)

    assert (found.kind, found.type_name, found.region) == (kind, name, region)
    assert found.metadata_version == phonenumbers.__version__


def test_picking_the_usa_allows_its_geographic_codes_and_nothing_else_in_north_america() -> None:
    group = picking("US")

    allowed = [code for code in map(str, range(200, 1000)) if allowed_by(group, f"+1{code}2488700")]

    assert len(allowed) == 359
    assert allowed == US_CODES


@pytest.mark.parametrize(
    "code", ["876", "658", "809", "829", "849", "264", "242", "246", "268", "284", "340", "345", "441", "473", "649",
             "664", "670", "671", "684", "721", "758", "767", "784", "787", "868", "869", "939", "900", "500", "800"]
)  # fmt: skip
def test_picking_the_usa_allows_no_caribbean_territory_premium_or_toll_free_code(code: str) -> None:
    assert allowed_by(picking("US", "CA"), f"+1{code}2345678") is None


def test_toll_free_is_a_choice_of_its_own() -> None:
    assert country_prefixes("US").toll_free == country_prefixes("US-TOLLFREE").prefixes
    assert allowed_by(picking("US-TOLLFREE"), "+18004337300") == "+1800"
    assert allowed_by(picking("US-TOLLFREE"), "+12092488700") is None


def test_picking_the_dominican_republic_allows_its_three_codes() -> None:
    assert country_prefixes("DO").prefixes == ("+1809", "+1829", "+1849")


@pytest.mark.parametrize(
    ("country", "number", "allowed"),
    [
        ("GB", "+442079460958", True),
        ("GB", "+447400123456", True),
        ("GB", "+448001234567", True),
        ("GB", "+441534456789", False),
        ("GB", "+447797712345", False),
        ("GB", "+441481960194", False),
        ("GB", "+441624756789", False),
        ("JE", "+441534456789", True),
        ("JE", "+442079460958", False),
        ("RU", "+79123456789", True),
        ("RU", "+77710009998", False),
        ("KZ", "+77710009998", True),
        ("KZ", "+79123456789", False),
        ("IT", "+390612345678", True),
        ("IT", "+393123456789", True),
        ("IT", "+390669812345", False),
        ("VA", "+390669812345", True),
        ("VA", "+390612345678", False),
        ("NO", "+4779123456", False),
        ("SJ", "+4779123456", True),
        ("FI", "+358181234567", False),
        ("AX", "+358181234567", True),
        ("RE", "+262262161234", True),
        ("YT", "+262262161234", False),
        ("CW", "+5994151234", False),
        ("BQ", "+5997151234", True),
        ("BR", "+5548991234567", True),
    ],
)
def test_picking_a_country_that_shares_its_code_allows_no_other(country: str, number: str, *, allowed: bool) -> None:
    assert (allowed_by(picking(country), number) is not None) is allowed


@pytest.mark.parametrize("code", SHARED)
def test_each_prefix_of_a_shared_code_belongs_to_one_country(code: int) -> None:
    regions = [region for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code] if region != "EH"]
    owned = [(prefix, region) for region in regions for prefix in country_prefixes(region).prefixes]

    overlaps = [(a, b) for a in owned for b in owned if a is not b and b[0].startswith(a[0])]

    assert overlaps == []
    assert {region for _, region in owned} == set(regions)


@pytest.mark.parametrize("code", [1, *SHARED])
def test_example_numbers_are_allowed_by_the_country_phonenumbers_says_they_are_of(code: int) -> None:
    regions = [region for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code] if region != "EH"]
    numbers = [number for region in regions for number in example_numbers(region)]

    for number in numbers:
        allowing = [region for region in regions if allowed_by(picking(region), number)]
        assert allowing == [phonenumbers.region_code_for_number(phonenumbers.parse(number))], number


def test_every_country_of_phonenumbers_can_be_picked_except_western_sahara() -> None:
    listed = {country.country: country for country in countries("en")}

    assert set(phonenumbers.SUPPORTED_REGIONS) - set(listed) == {"EH"}
    assert all(country_prefixes(name).prefixes for name in listed)
    assert (listed["BR"].name, listed["BR"].calling_code) == ("Brazil", "55")


@pytest.mark.parametrize(
    ("name", "risk"), [("JM", True), ("DO", True), ("INTL-881", True), ("US", False), ("DE", False)]
)
def test_destinations_that_fraud_favours_are_marked(name: str, *, risk: bool) -> None:
    assert {country.country: country.fraud_risk for country in countries("en")}[name] is risk


@given(st.text(max_size=30))
def test_a_country_that_does_not_exist_is_refused(name: str) -> None:
    if name not in {country.country for country in countries("en")}:
        with pytest.raises(UnknownCountryError):
            country_prefixes(name)


def test_without_a_security_group_nothing_is_allowed() -> None:
    assert allowed_by(None, "+12092488700") is None


def test_the_longest_prefix_of_a_security_group_is_named() -> None:
    group = SecurityGroup("sg_1", "Test", frozenset({"+1", "+1209", "+12092488701"}))

    assert allowed_by(group, "+12092488700") == "+1209"
    assert allowed_by(group, "+442079460958") is None
    assert allowed_by(group, "") is None
