"""Security groups and the countries that can be picked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import E164, Body, Name, RecordView, View

Prefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{0,14}$")]
CountryCode = Annotated[str, StringConstraints(min_length=2, max_length=16, pattern=r"^[A-Z0-9-]+$")]


class Rights(Body):
    countries: list[CountryCode] = Field(
        default=[], max_length=300, description="ISO 3166 codes as listed by /countries; each adds its prefixes"
    )
    prefixes: list[Prefix] = Field(default=[], max_length=2000, description="More prefixes, E.164 with the plus")


class SecurityGroupBody(Rights):
    name: Name


class SecurityGroupTestBody(Rights):
    """A group as it stands in a form, saved or not."""

    number: E164 | None = Field(default=None, description="May it be called?")


class CountryChoiceView(View):
    country: str
    prefixes: int = Field(description="How many prefixes picking it adds")


class NumberVerdictView(View):
    allowed: bool
    prefix: str = Field(description="The longest that allows it; empty: none")
    country: str = Field(description="Whose prefix it is; empty: one of the own prefixes, or none")


class SecurityGroupTestView(View):
    choices: list[CountryChoiceView]
    number: NumberVerdictView | None


class SecurityGroupView(RecordView):
    name: str
    countries: list[str]
    prefixes: list[str]
    country_prefixes: list[str] = Field(description="What the countries meant when the group was saved")


class CountryView(View):
    country: str
    name: str
    calling_code: str
    fraud_risk: bool = Field(description="A frequent destination of fraud: allow it only to those who need it")


class CountriesView(View):
    items: list[CountryView]
