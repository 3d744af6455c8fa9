from __future__ import annotations

import itertools

import pytest

from chalicelib.domain.dialplan import DialplanRefusal, Normalised, dialplan_errors, normalise
from chalicelib.domain.dialplan_presets import presets
from tests.domain.builders import golden_rows, preset_dialplan

ROWS = golden_rows("dialplan.csv")
PLAIN = sorted(name for name, preset in presets("en").items() if not preset.outside_line)


def outcome(preset: str, dialled: str, *, country_code: str, area_code: str) -> str:
    found = normalise(preset_dialplan(preset), dialled, country_code=country_code, area_code=area_code)
    if isinstance(found, DialplanRefusal):
        return "refused"
    return f"service:{found.number}" if found.kind == "service" else found.number


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['preset']} {row['dialled']}: {row['why']}" for row in ROWS])
def test_a_golden_number_is_normalised_as_written(row: dict[str, str]) -> None:
    found = outcome(row["preset"], row["dialled"], country_code=row["country_code"], area_code=row["area_code"])

    assert found == row["result"]


@pytest.mark.parametrize("digit", ["9", "0"])
@pytest.mark.parametrize("row", [row for row in ROWS if row["preset"] in PLAIN and row["dialled"].isdigit()], ids=str)
def test_a_golden_number_has_the_same_result_behind_an_outside_line(row: dict[str, str], digit: str) -> None:
    found = outcome(
        f"{row['preset']}-{digit}", digit + row["dialled"], country_code=row["country_code"], area_code=row["area_code"]
    )

    assert found == row["result"]


@pytest.mark.parametrize("name", sorted(presets("en")))
def test_a_preset_passes_the_checks_of_rules_from_users(name: str) -> None:
    preset = presets("en")[name]

    assert preset.name == name
    assert dialplan_errors(preset.rules) == []


@pytest.mark.parametrize("name", sorted(presets("en")))
def test_every_emergency_number_of_the_country_is_a_service_number(name: str) -> None:
    from phonenumbers import is_emergency_number

    preset = presets("en")[name]
    short = ("".join(digits) for length in (2, 3, 4) for digits in itertools.product("0123456789", repeat=length))
    emergency = [number for number in short if is_emergency_number(number, name[:2].upper())]

    found = [outcome(name, line + number, country_code=preset.country_code, area_code="")
             for number in emergency for line in ("", preset.outside_line)]  # fmt: skip

    assert emergency
    assert found == [f"service:{number}" for number in emergency for _ in range(2)]


@pytest.mark.parametrize("name", PLAIN)
def test_example_numbers_of_the_country_are_reached_as_its_people_dial_them(name: str) -> None:
    import phonenumbers
    from phonenumbers import PhoneNumberType

    region = name.upper()
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE):
        example = phonenumbers.example_number_for_type(region, kind)
        dialled = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        digits = "".join(character for character in dialled if character.isdigit())

        found = normalise(preset_dialplan(name), digits, country_code=presets("en")[name].country_code, area_code="")

        assert isinstance(found, Normalised), (dialled, found)
        assert found.number == phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
