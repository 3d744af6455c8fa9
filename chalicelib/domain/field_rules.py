"""What the validation of a body finds wrong, as sentences for people.

Keyed by the error types of pydantic (docs.pydantic.dev/latest/errors/validation_errors) and by the patterns of the
schemas: a pattern tells nobody what to type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.sentences import Sentence, SentenceError, say

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

FORMS: Mapping[str, str] = {
    r"^[^\x00-\x1f\x7f]*$": "form_one_line",
    r"^[\x20-\x7e]*$": "form_printable",
    r"^[a-z]+_[0-9A-Z]{26}$": "form_id",
    r"^([a-z]+_[0-9A-Z]{26})?$": "form_id_or_empty",
    r"^\+[1-9][0-9]{5,14}$": "form_e164",
    r"^(\+[1-9][0-9]{5,14})?$": "form_e164_or_empty",
    r"^call_[0-7][0-9A-HJKMNP-TV-Z]{25}$": "form_call_id",
    r"^(a|b[1-9][0-9]{0,2})$": "form_leg",
    r"^[a-z0-9]{0,16}$": "form_key_id",
    r"^[A-Z]{3}$": "form_currency",
    r"^[A-Z]{2}$": "form_country",
    r"^[A-Z0-9-]+$": "form_country_choice",
    r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$": "form_email",
    r"^([^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+)?$": "form_email_or_empty",
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$": "form_email",
    r"^([1-9][0-9]{0,2})?$": "form_dialling_code",
    r"^[0-9]{0,8}$": "form_area_code_8",
    r"^[0-9]*$": "form_digits",
    r"^\d{4}-\d{2}-\d{2}$": "form_day",
    r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$": "form_day",
    r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})?$": "form_wall_time",
    r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$": "form_username",
    r"^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$": "form_username",
    r"^([\x21-\x7e]{10,64})?$": "form_sip_password",
    r"^[0-9A-Za-z+*#._-]*$": "form_dialled",
    r"^[0-9A-Za-z+*#_.-]*$": "form_dialled",
    r"^[a-z]{2,3}(-[A-Z]{2})?$": "form_language",
    rf"^({_LABEL}\.)+{_LABEL}$": "form_domain",
    rf"^{_LABEL}(\.{_LABEL})*$": "form_domain",
    r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$": "form_host",
    r"^[0-9a-fA-F:.]+(/[0-9]{1,3})?$": "form_network",
    r"^\+[1-9][0-9]{0,14}$": "form_prefix",
    r"^(\+[0-9]{1,15}|[0-9*#]{1,15})$": "form_rate_prefix",
    r"^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]):[1-9][0-9]{0,4}$": "form_host_port",
    r"^(wss?://[A-Za-z0-9.:\[\]/_-]+)?$": "form_websocket",
    r"^[A-Za-z0-9]([A-Za-z0-9._-]*)$": "form_node_name",
    r"^[A-Za-z0-9._-]{1,40}@[A-Za-z0-9.-]{1,253}$": "form_sip_address",
    r"^[a-z_.]*$": "form_action",
    r"^#[0-9a-fA-F]{6}$": "form_color",
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$": "form_domain",
    r"^(sbc|isp|tenant)/[a-z]+_[0-9A-Z]{26}(/[a-z]+(/[0-9]{1,3})?)?$": "form_part_key",
    r"^(chg_[0-9A-Z]{26})?$": "form_id_or_empty",
    r"^([A-Za-z0-9_-]{43,86})?$": "form_node_key",
}

_PLAIN: Mapping[str, str] = {
    "json_invalid": "not_in_json",
    "missing": "required",
    "none_required": "required",
    "extra_forbidden": "unknown_field",
    "string_type": "a_text",
    "string_unicode": "a_text",
    "int_type": "whole_number",
    "int_parsing": "whole_number",
    "int_parsing_size": "whole_number",
    "int_from_float": "whole_number",
    "float_type": "a_number",
    "float_parsing": "a_number",
    "finite_number": "a_number",
    "bool_type": "a_flag",
    "bool_parsing": "a_flag",
    "list_type": "a_list",
    "dict_type": "an_object",
    "model_type": "an_object",
    "model_attributes_type": "an_object",
}

# With a limit: (sentence, where pydantic has the limit)
_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("at_least", "ge"),
    "less_than_equal": ("at_most", "le"),
    "greater_than": ("more_than", "gt"),
    "less_than": ("less_than", "lt"),
    "string_too_short": ("at_least_characters", "min_length"),
    "string_too_long": ("at_most_characters", "max_length"),
    "too_short": ("at_least_entries", "min_length"),
    "too_long": ("at_most_entries", "max_length"),
}


def fault_of(found: Mapping[str, Any]) -> Sentence:
    """The sentence for one error of a pydantic ``ValidationError``."""
    kind, context = found["type"], found.get("ctx", {})
    if kind in _PLAIN:
        return Sentence(_PLAIN[kind])
    if kind in _LIMITS:
        code, limit = _LIMITS[kind][0], context[_LIMITS[kind][1]]
        return say("required") if kind == "string_too_short" and limit == 1 else Sentence(code, {"n": limit})
    if kind == "string_pattern_mismatch":
        return Sentence(FORMS.get(context["pattern"], "wrong_form"))
    if kind in ("literal_error", "enum"):
        return say("one_of", choices=", ".join(re.findall(r"'([^']+)'", context["expected"])))
    if isinstance(context.get("error"), SentenceError):
        sentence: Sentence = context["error"].sentence
        return sentence
    return say("value_not_accepted")
