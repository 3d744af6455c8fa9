"""What the gateway does with a call, decided by the last four digits of the called number.

| ends in | the gateway |
|---|---|
| ``9000`` | rings and never answers |
| ``9001`` | answers and sends nothing: silence without packets |
| ``9002`` | answers and hangs up after two seconds |
| ``9003`` | says ``100 Trying`` and nothing more |
| ``9183`` | sends early media (183), answers after two seconds |
| ``9200`` | answers at once and plays the tone alone, without speech |
| ``9`` and a status from 400 to 699, as in ``9486``, ``9503``, ``9603`` | refuses with that status |
| anything else | rings half a second, answers, speaks, plays the tone, and so on until the other side hangs up |
"""

from __future__ import annotations

from dataclasses import dataclass

REASONS = {
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    name: str
    refuse: int = 0  # a SIP status; 0: doesn't refuse
    rings: bool = True
    early_media: bool = False
    answer_after_s: float | None = 0.5  # None: never
    plays: bool = True
    speaks: bool = True
    hang_up_after_s: float | None = None


_SPECIAL = {
    "9000": Behaviour("no-answer", answer_after_s=None),
    "9001": Behaviour("silence", plays=False, speaks=False),
    "9002": Behaviour("hang-up", hang_up_after_s=2.0),
    "9003": Behaviour("trying-only", rings=False, answer_after_s=None),
    "9183": Behaviour("early-media", early_media=True, answer_after_s=2.0),
    "9200": Behaviour("tone", answer_after_s=0.0, speaks=False),
}


def choose_behaviour(number: str) -> Behaviour:
    end = number[-4:]
    special = _SPECIAL.get(end)
    if special is not None:
        return special
    if len(end) == 4 and end.isdecimal() and end[0] == "9" and 400 <= int(end[1:]) <= 699:
        return Behaviour(f"refuse-{end[1:]}", refuse=int(end[1:]))
    return Behaviour("message")


def choose_tone_hz(number: str) -> int:
    """Tells numbers apart by ear: 600 Hz and 10 Hz more for each of the last two digits' value."""
    digits = "".join(character for character in number if character.isdecimal())[-2:]
    return 600 + 10 * int(digits or "0")
