"""How numbers are dialled in each country: the data of the dialplan presets.

Service numbers are sent as they are, past rights and credit, so the table lists emergency numbers, helplines and the
N11 codes of North America (411 among them, as tests/golden/dialplan.csv asks), and no premium-rate services. Emergency
numbers and examples are tested against phonenumbers' metadata; the other rules are common knowledge of each country's
dialling, to be confirmed by whoever sells there.
"""

from __future__ import annotations

from typing import NamedTuple


class Dialling(NamedTuple):
    """``services`` is a choice of whole numbers; ``international`` the prefix; ``rules`` are (title, match,
    replacement), tried in order."""

    title: str
    country_code: str
    services: str
    international: str
    rules: tuple[tuple[str, str, str], ...]


_NORTH_AMERICAN_RULES = (
    ("National", "1?([2-9][0-9]{2}[2-9][0-9]{6})", "+1$1"),
    ("Local, seven digits", "([2-9][0-9]{6})", "+1_AC$1"),
)
_NORTH_AMERICAN_SERVICES = "112|[2-9]11|988"
_EUROPEAN_HELPLINES = "112|116[0-9]{3}"

# In Brazil: area code, then a fixed number of eight digits or a mobile of nine that begins with 9.
_BR_AREA = "[1-9]{2}"
_BR_NUMBER = "(?:9[0-9]{8}|[2-5][0-9]{7})"

DIALLING: dict[str, Dialling] = {
    "us": Dialling("United States", "1", f"{_NORTH_AMERICAN_SERVICES}|933", "011", _NORTH_AMERICAN_RULES),
    "ca": Dialling("Canada", "1", _NORTH_AMERICAN_SERVICES, "011", _NORTH_AMERICAN_RULES),
    "br": Dialling(
        "Brazil",
        "55",
        "100|112|128|153|18[0158]|19[0-4789]|911",
        "00",
        (
            ("Toll free", "0(800[0-9]{6,7})", "+55$1"),
            ("National with carrier code", f"0[1-9][0-9]({_BR_AREA}{_BR_NUMBER})", "+55$1"),
            ("National", f"0?({_BR_AREA}{_BR_NUMBER})", "+55$1"),
            ("Nationwide number", "((?:300[0-9]|400[0-9]|4020)[0-9]{4})", "+55$1"),
            ("Local", f"({_BR_NUMBER})", "+_CC_AC$1"),
        ),
    ),
    "gb": Dialling(
        "United Kingdom",
        "44",
        f"999|101|105|111|{_EUROPEAN_HELPLINES}",
        "00",
        (
            ("National", "0([1-9][0-9]{8,9}|8001111|845464[0-9])", "+44$1"),
            ("Local", "([2-9][0-9]{4,7})", "+_CC_AC$1"),
        ),
    ),
    "de": Dialling(
        "Germany",
        "49",
        f"110|115|{_EUROPEAN_HELPLINES}",
        "00",
        (
            ("National", "0([1-9][0-9]{2,12})", "+49$1"),
            # 118xx is directory enquiries, which has no E.164 form.
            ("Local", "([2-9][0-9]{2,10}|1[02-9][0-9]{2,9})", "+_CC_AC$1"),
        ),
    ),
    "fr": Dialling(
        "France",
        "33",
        f"15|17|18|114|115|119|191|196|197|{_EUROPEAN_HELPLINES}",
        "00",
        (("National", "0([1-9][0-9]{8})", "+33$1"),),
    ),
    "es": Dialling(
        "Spain",
        "34",
        f"016|017|024|06[12]|08[058]|09[12]|{_EUROPEAN_HELPLINES}",
        "00",
        (("National", "([5-9][0-9]{8})", "+34$1"),),
    ),
    "pt": Dialling(
        "Portugal", "351", f"115|117|{_EUROPEAN_HELPLINES}", "00", (("National", "([2-9][0-9]{8})", "+351$1"),)
    ),
    "it": Dialling(
        "Italy",
        "39",
        f"11[34578]|1515|1522|1530|{_EUROPEAN_HELPLINES}",
        "00",
        (
            # The 0 is part of the number, also in E.164.
            ("Fixed", "(0[1-9][0-9]{4,9})", "+39$1"),
            ("Mobile", "(3[0-9]{8,9})", "+39$1"),
            ("Toll free and shared cost", "(8(?:0[03]|4[0-8])[0-9]{3,6})", "+39$1"),
        ),
    ),
    "in": Dialling(
        "India",
        "91",
        "112|10[0-248]|1091|1098|1298|181|2611",
        "00",
        (
            ("National", "0([1-9][0-9]{9})", "+91$1"),
            ("Toll free", "(1800[0-9]{6,7})", "+91$1"),
            ("Mobile", "([6-9][0-9]{9})", "+91$1"),
            ("Local", "([2-7][0-9]{5,7})", "+_CC_AC$1"),
        ),
    ),
    "mx": Dialling("Mexico", "52", "911|06[0568]|08[089]", "00", (("National", "([1-9][0-9]{9})", "+52$1"),)),
    "ar": Dialling(
        "Argentina",
        "54",
        "911|10[0-37]|112|137|144",
        "00",
        (
            # Mobiles are dialled with 15 after the area code, and written with 9 before it in E.164.
            ("Mobile in Buenos Aires", "0?(11)15([0-9]{8})", "+549$1$2"),
            ("Mobile, area code of three digits", "0?([23][0-9]{2})15([0-9]{7})", "+549$1$2"),
            ("Mobile, area code of four digits", "0?([23][0-9]{3})15([0-9]{6})", "+549$1$2"),
            ("Toll free", "0(800[0-9]{7})", "+54$1"),
            ("National", "0((?:11|[23][0-9])[0-9]{8})", "+54$1"),
            ("Local mobile", "15([0-9]{6,8})", "+549_AC$1"),
            ("Local", "([2-9][0-9]{5,7})", "+_CC_AC$1"),
        ),
    ),
    "co": Dialling(
        "Colombia",
        "57",
        "112|119|123|132|144|146|147|155|156",
        "00",
        (
            ("Toll free", "0(1800[0-9]{7})", "+57$1"),
            ("National", "(60[1-8][0-9]{7}|3[0-9]{9})", "+57$1"),
        ),
    ),
    "au": Dialling(
        "Australia",
        "61",
        "000|106|112",
        "0011",
        (
            ("National", "0([2-478][0-9]{8})", "+61$1"),
            ("Toll free and shared cost", "(1[38]00[0-9]{6}|180[0-9]{4}|13[0-9]{4})", "+61$1"),
            ("Local", "([2-9][0-9]{7})", "+_CC_AC$1"),
        ),
    ),
}
