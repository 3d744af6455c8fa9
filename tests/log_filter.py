"""The filters of a saved query, as CloudWatch Logs Insights would apply them to whole lines.

Of its language only what such filters use: ``@message like "text"`` (the text stands in the line, as it is) with
``or`` between, one ``filter`` after the other. Anything else is refused rather than misread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_LIKE = re.compile(r'\s*@message like "([^"]+)"\s*')


def matching(lines: Iterable[str], query: str, words: Mapping[str, str]) -> list[str]:
    """``words``: what somebody types in place of the words in capitals. Raises ValueError for what isn't understood."""
    commands = [command.strip() for command in re.sub(r"^#.*$", "", query, flags=re.MULTILINE).split("|")]
    filters = [_texts(command.removeprefix("filter "), words) for command in commands if command.startswith("filter ")]
    return [line for line in lines if all(any(text in line for text in texts) for texts in filters)]


def _texts(condition: str, words: Mapping[str, str]) -> list[str]:
    found = [_LIKE.fullmatch(part) for part in re.split(r"\bor\b", condition)]
    if not all(found):
        raise ValueError(f"not understood: {condition}")
    return [words.get(each[1], each[1]) for each in found if each is not None]
