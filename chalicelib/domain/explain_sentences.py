"""One sentence for each code of the trace, except refusals, whose sentences are in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.language import Language, Text
from chalicelib.domain.sentences import find_sentence
from chalicelib.domain.texts.steps import COMPOSED, FACT_NAMES, STEPS, WORDS

Facts = Mapping[str, Any]
Render = Callable[[Facts, Language], str]


def listed_facts(facts: Facts, language: Language) -> str:
    """``name: value`` of each, for people."""
    return ", ".join(f"{_fact_name(name, language)}: {_shown(value, language)}" for name, value in facts.items())


def _fact_name(name: str, language: Language) -> str:
    known = FACT_NAMES.get(name)
    return known.into(language) if known else name.replace("_", " ")


def _shown(value: Any, language: Language) -> str:
    sentence = find_sentence(value)
    return sentence.into(language) if sentence else str(value)


def _word(code: str, language: Language) -> str:
    """A code that stands in a sentence; one of another release is shown as it is."""
    known = WORDS.get(code)
    return known.into(language) if known else code


def _template(text: Text) -> Render:
    return text.fill


def _rule_fired(facts: Facts, language: Language) -> str:
    captured = COMPOSED["rule_captured"].fill({"groups": ", ".join(map(str, facts["groups"]))}, language)
    return COMPOSED["rule_fired"].fill(
        {
            "place": int(facts["rule_index"]) + 1,
            "name": f" ({facts['rule_name']})" if facts["rule_name"] else "",
            "dialplan": facts["dialplan"],
            "dialled": facts["dialled"],
            "captured": captured if facts["groups"] else "",
            "made": _word("made_service" if facts["kind"] == "service" else "made_number", language),
            "number": facts["number"],
        },
        language,
    )


def _caller_id_chosen(facts: Facts, language: Language) -> str:
    hidden = COMPOSED["caller_id_hidden"].into(language) if facts["private_call"] else ""
    why = f"caller_id_{facts['why']}"
    if why not in WORDS:
        return COMPOSED["caller_id_none"].fill({"hidden": hidden}, language)
    shown = {"number": facts["number"], "why": _word(why, language), "hidden": hidden}
    return COMPOSED["caller_id_chosen"].fill(shown, language)


def _limits(facts: Facts, language: Language) -> str:
    limits = (_limit(key.partition("/")[0], limit, language) for key, limit in facts["limits"].items())
    return COMPOSED["live_calls_unknown"].fill({"limits": ", ".join(limits)}, language)


def _limit(subject: str, limit: int, language: Language) -> str:
    return f"{_word(subject, language)} {limit or _word('no_limit', language)}"


def _phones_rung(facts: Facts, language: Language) -> str:
    limit = facts["max_calls"]
    busy = COMPOSED["phones_busy"].fill({"limit": limit}, language) if limit else ""
    return COMPOSED["phones_rung"].fill(
        {"name": facts["name"], "timeout_s": facts["timeout_s"], "busy": busy}, language
    )


def _gateway_planned(facts: Facts, language: Language) -> str:
    composed = {
        "sender": f"{facts['from_display']} <{facts['from_uri']}>".strip(),
        "extra": "".join(f"; {line}" for line in facts["headers"]),
        "codecs": ", ".join(facts["codecs"]),
    }
    return COMPOSED["gateway_planned"].fill({**facts, **composed}, language)


def _forward_considered(facts: Facts, language: Language) -> str:
    return COMPOSED["forward_considered"].fill({**facts, "when": _word(f"on_{facts['on']}", language)}, language)


def _hours(facts: Facts, language: Language) -> str:
    state = _word("open" if facts["open"] else "closed", language)
    return COMPOSED["hours_known"].fill({**facts, "state": state}, language)


def _set_aside(facts: Facts, language: Language) -> str:
    return COMPOSED["suspension_set_aside"].fill({"level": _word(facts["level"], language)}, language)


def _not_suspended(facts: Facts, language: Language) -> str:
    levels = ", ".join(_word(level, language) for level in facts["levels"])
    return COMPOSED["not_suspended"].fill({"levels": levels}, language)


def _subscriber_matched(facts: Facts, language: Language) -> str:
    return COMPOSED["subscriber_matched"].fill({**facts, "by": _word(facts["by"], language)}, language)


def _payment_checked(facts: Facts, language: Language) -> str:
    return COMPOSED["payment_checked"].fill({"payment": _word(facts["payment"], language)}, language)


SENTENCES: Mapping[str, Render] = {
    **{code: _template(text) for code, text in STEPS.items()},
    "not_suspended": _not_suspended,
    "suspension_set_aside": _set_aside,
    "subscriber_matched": _subscriber_matched,
    "rule_fired": _rule_fired,
    "payment_checked": _payment_checked,
    "caller_id_chosen": _caller_id_chosen,
    "gateway_planned": _gateway_planned,
    "phones_rung": _phones_rung,
    "forward_considered": _forward_considered,
    "hours_known": _hours,
    "live_calls_unknown": _limits,
}
