"""How numbers are dialled in each country: the data of the dialplan presets.

Service numbers are sent as they are, past rights and credit, so the table lists emergency numbers, helplines and the
N11 codes of North America (411 among them, as tests/golden/dialplan.csv asks), and no premium-rate services. Emergency
numbers and examples are tested against phonenumbers' metadata; the other rules are common knowledge of each country's
dialling, to be confirmed by whoever sells there.
"""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.domain.language import Text


class Dialling(NamedTuple):
    """``services`` is a choice of whole numbers; ``international`` the prefix; ``rules`` are (title, match,
    replacement), tried in order."""

    title: Text
    country_code: str
    services: str
    international: str
    rules: tuple[tuple[Text, str, str], ...]


_NATIONAL = Text("National", "Nacional")
_LOCAL = Text("Local", "Local")
_TOLL_FREE = Text("Toll free", "Ligação gratuita")

_NORTH_AMERICAN_RULES = (
    (_NATIONAL, "1?([2-9][0-9]{2}[2-9][0-9]{6})", "+1$1"),
    (Text("Local, seven digits", "Local, sete dígitos"), "([2-9][0-9]{6})", "+1_AC$1"),
)
_NORTH_AMERICAN_SERVICES = "112|[2-9]11|988"
_EUROPEAN_HELPLINES = "112|116[0-9]{3}"

# In Brazil: area code, then a fixed number of eight digits or a mobile of nine that begins with 9.
_BR_AREA = "[1-9]{2}"
_BR_NUMBER = "(?:9[0-9]{8}|[2-5][0-9]{7})"

DIALLING: dict[str, Dialling] = {
    "us": Dialling(
        Text("United States", "Estados Unidos"), "1", f"{_NORTH_AMERICAN_SERVICES}|933", "011", _NORTH_AMERICAN_RULES
    ),
    "ca": Dialling(Text("Canada", "Canadá"), "1", _NORTH_AMERICAN_SERVICES, "011", _NORTH_AMERICAN_RULES),
    "br": Dialling(
        Text("Brazil", "Brasil"),
        "55",
        "100|112|128|153|18[0158]|19[0-4789]|911",
        "00",
        (
            (_TOLL_FREE, "0(800[0-9]{6,7})", "+55$1"),
            (
                Text("National with carrier code", "Nacional com código da operadora"),
                f"0[1-9][0-9]({_BR_AREA}{_BR_NUMBER})",
                "+55$1",
            ),
            (_NATIONAL, f"0?({_BR_AREA}{_BR_NUMBER})", "+55$1"),
            (Text("Nationwide number", "Número de alcance nacional"), "((?:300[0-9]|400[0-9]|4020)[0-9]{4})", "+55$1"),
            (_LOCAL, f"({_BR_NUMBER})", "+_CC_AC$1"),
        ),
    ),
    "gb": Dialling(
        Text("United Kingdom", "Reino Unido"),
        "44",
        f"999|101|105|111|{_EUROPEAN_HELPLINES}",
        "00",
        (
            (_NATIONAL, "0([1-9][0-9]{8,9}|8001111|845464[0-9])", "+44$1"),
            (_LOCAL, "([2-9][0-9]{4,7})", "+_CC_AC$1"),
        ),
    ),
    "de": Dialling(
        Text("Germany", "Alemanha"),
        "49",
        f"110|115|{_EUROPEAN_HELPLINES}",
        "00",
        (
            (_NATIONAL, "0([1-9][0-9]{2,12})", "+49$1"),
            # 118xx is directory enquiries, which has no E.164 form.
            (_LOCAL, "([2-9][0-9]{2,10}|1[02-9][0-9]{2,9})", "+_CC_AC$1"),
        ),
    ),
    "fr": Dialling(
        Text("France", "França"),
        "33",
        f"15|17|18|114|115|119|191|196|197|{_EUROPEAN_HELPLINES}",
        "00",
        ((_NATIONAL, "0([1-9][0-9]{8})", "+33$1"),),
    ),
    "es": Dialling(
        Text("Spain", "Espanha"),
        "34",
        f"016|017|024|06[12]|08[058]|09[12]|{_EUROPEAN_HELPLINES}",
        "00",
        ((_NATIONAL, "([5-9][0-9]{8})", "+34$1"),),
    ),
    "pt": Dialling(
        Text("Portugal", "Portugal"),
        "351",
        f"115|117|{_EUROPEAN_HELPLINES}",
        "00",
        ((_NATIONAL, "([2-9][0-9]{8})", "+351$1"),),
    ),
    "it": Dialling(
        Text("Italy", "Itália"),
        "39",
        f"11[34578]|1515|1522|1530|{_EUROPEAN_HELPLINES}",
        "00",
        (
            # The 0 is part of the number, also in E.164.
            (Text("Fixed", "Fixo"), "(0[1-9][0-9]{4,9})", "+39$1"),
            (Text("Mobile", "Celular"), "(3[0-9]{8,9})", "+39$1"),
            (
                Text("Toll free and shared cost", "Ligação gratuita e custo compartilhado"),
                "(8(?:0[03]|4[0-8])[0-9]{3,6})",
                "+39$1",
            ),
        ),
    ),
    "in": Dialling(
        Text("India", "Índia"),
        "91",
        "112|10[0-248]|1091|1098|1298|181|2611",
        "00",
        (
            (_NATIONAL, "0([1-9][0-9]{9})", "+91$1"),
            (_TOLL_FREE, "(1800[0-9]{6,7})", "+91$1"),
            (Text("Mobile", "Celular"), "([6-9][0-9]{9})", "+91$1"),
            (_LOCAL, "([2-7][0-9]{5,7})", "+_CC_AC$1"),
        ),
    ),
    "mx": Dialling(
        Text("Mexico", "México"), "52", "911|06[0568]|08[089]", "00", ((_NATIONAL, "([1-9][0-9]{9})", "+52$1"),)
    ),
    "ar": Dialling(
        Text("Argentina", "Argentina"),
        "54",
        "911|10[0-37]|112|137|144",
        "00",
        (
            # Mobiles are dialled with 15 after the area code, and written with 9 before it in E.164.
            (Text("Mobile in Buenos Aires", "Celular em Buenos Aires"), "0?(11)15([0-9]{8})", "+549$1$2"),
            (
                Text("Mobile, area code of three digits", "Celular, código de área de três dígitos"),
                "0?([23][0-9]{2})15([0-9]{7})",
                "+549$1$2",
            ),
            (
                Text("Mobile, area code of four digits", "Celular, código de área de quatro dígitos"),
                "0?([23][0-9]{3})15([0-9]{6})",
                "+549$1$2",
            ),
            (_TOLL_FREE, "0(800[0-9]{7})", "+54$1"),
            (_NATIONAL, "0((?:11|[23][0-9])[0-9]{8})", "+54$1"),
            (Text("Local mobile", "Celular local"), "15([0-9]{6,8})", "+549_AC$1"),
            (_LOCAL, "([2-9][0-9]{5,7})", "+_CC_AC$1"),
        ),
    ),
    "co": Dialling(
        Text("Colombia", "Colômbia"),
        "57",
        "112|119|123|132|144|146|147|155|156",
        "00",
        (
            (_TOLL_FREE, "0(1800[0-9]{7})", "+57$1"),
            (_NATIONAL, "(60[1-8][0-9]{7}|3[0-9]{9})", "+57$1"),
        ),
    ),
    "au": Dialling(
        Text("Australia", "Austrália"),
        "61",
        "000|106|112",
        "0011",
        (
            (_NATIONAL, "0([2-478][0-9]{8})", "+61$1"),
            (
                Text("Toll free and shared cost", "Ligação gratuita e custo compartilhado"),
                "(1[38]00[0-9]{6}|180[0-9]{4}|13[0-9]{4})",
                "+61$1",
            ),
            (_LOCAL, "([2-9][0-9]{7})", "+_CC_AC$1"),
        ),
    ),
}
