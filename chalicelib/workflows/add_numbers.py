"""Numbers into an ISP's inventory: one, or a range in chunks that can be sent again where they stopped."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import PatchbayError, field_error
from chalicelib.domain.numbering import is_possible
from chalicelib.domain.sentences import say
from chalicelib.storage.dids import add_dids, owners
from chalicelib.storage.transaction import Actor

MOST = 1000
CHUNK = 45  # two items a number, in a transaction of at most 100
RACES = 3


@dataclass(frozen=True, slots=True)
class AddedNumbers:
    """``existing``: were in the inventory before. ``taken``: another ISP has them."""

    created: list[str]
    existing: list[str]
    taken: list[str]


def numbers_between(first: str, last: str) -> list[str]:
    """All E.164 numbers from ``first`` to ``last``, which have the same length."""
    if len(first) != len(last) or int(last) < int(first):
        raise field_error("last", say("range_order"))
    count = int(last) - int(first) + 1
    if count > MOST:
        raise field_error("last", say("too_many_numbers", count=count, most=MOST))
    return [f"+{number}" for number in range(int(first), int(last) + 1)]


def add_numbers(isp_id: str, numbers: list[str], *, actor: Actor) -> AddedNumbers:
    wrong = next((number for number in numbers if not is_possible(number)), None)
    if wrong is not None:
        raise field_error("number", say("impossible_phone_number", number=wrong))
    result = AddedNumbers([], [], [])
    for start in range(0, len(numbers), CHUNK):
        _add_chunk(isp_id, numbers[start : start + CHUNK], result, actor)
    return result


def _add_chunk(isp_id: str, numbers: list[str], result: AddedNumbers, actor: Actor) -> None:
    """Numbers that somebody else adds at the same moment are looked up again."""
    for _ in range(RACES):
        known = owners(isp_id, numbers)
        new = [number for number in numbers if number not in known]
        try:
            if new:
                add_dids(isp_id, new, actor=actor)
        except PatchbayError as error:
            if error.code != "did_not_available":
                raise
            continue
        result.created.extend(new)
        result.existing.extend(number for number, own in known.items() if own)
        result.taken.extend(number for number, own in known.items() if not own)
        return
    raise PatchbayError("try_again")
