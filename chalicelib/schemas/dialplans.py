"""Dialplans, their presets and the rule tester."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.schemas.common import LENIENT, Body, Name, RecordView, ShortText, View

Expression = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x20-\x7e]*$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]{0,2})?$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,8}$")]
Dialled = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class RuleBody(Body):
    name: ShortText = Field(default="", description="What the rule is for, such as International")
    match: Expression = Field(min_length=1, description="Must match the whole number; the first rule that does counts")
    subs: Expression = Field(default="", description="Captures groups; empty: the groups of the match expression")
    replacement: Expression = Field(default="", description="The result, of $1.. and of _CC and _AC")
    kind: Literal["number", "service"] = Field(
        default="number", description="service: emergency and service numbers, sent as they are and always allowed"
    )


class DialplanBody(Body):
    name: Name
    country_code: CountryCode = Field(default="", description="Stands for _CC unless the tenant has its own")
    rules: list[RuleBody] = Field(default=[], max_length=100, description="In the order they are tried")


class DialplanCreateBody(DialplanBody):
    preset: ShortText = Field(default="", description="Begin with the rules of this preset; then without rules here")


class RuleView(RuleBody):
    model_config = LENIENT


class DialplanView(RecordView):
    name: str
    country_code: str
    rules: list[RuleView]


class PresetView(View):
    name: str = Field(description="To create a dialplan from it")
    title: str
    country_code: str
    outside_line: str
    rules: list[RuleBody]


class PresetList(View):
    items: list[PresetView]


class DialplanTestBody(Body):
    dialled: Dialled
    area_code: AreaCode = Field(default="", description="Of the calling subscriber, for _AC")
    country_code: CountryCode | None = Field(default=None, description="The tenant's; null: the dialplan's")


class UnsavedDialplanTestBody(Body):
    dialled: Dialled
    area_code: AreaCode = ""
    country_code: CountryCode = ""
    rules: list[RuleBody] = Field(max_length=100)


class RuleResult(View):
    """A number with its kind, or the code and the reason of a refusal."""

    number: str = ""
    kind: str = ""
    refusal: str = ""
    detail: str = ""


class RuleVerdict(View):
    index: int
    name: str
    matched: bool
    fires: bool
    groups: list[str]
    result: RuleResult | None


class DialplanTestView(View):
    result: RuleResult
    rule_index: int | None = Field(description="The rule that fired; null: none did")
    rule_name: str
    groups: list[str]
    rules: list[RuleVerdict]
