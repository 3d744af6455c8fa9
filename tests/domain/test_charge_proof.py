import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.charge_proof import verify_proof
from chalicelib.domain.explain_charge import explain_charge
from chalicelib.domain.rate_call import RatedLeg, rate_call
from tests.domain.rating_data import AT, a_rate, a_rate_deck, a_service_deck

SIX_SECONDS = {"minimum_s": 30, "increment_s": 6, "delay_s": 3}


def _proof(rate_micros=25_000, duration_ms=43_000, *, estimated=False, rate_deck=None, **rule):
    leg = RatedLeg(
        service="PSTN",
        number="+12092488700",
        duration_ms=duration_ms,
        number_kind="fixed_line_or_mobile",
        metadata_version="9.0.43",
        estimated=estimated,
    )
    ended = a_rate("+12092", valid_until=AT)
    deck = rate_deck or a_rate_deck(a_rate("+1209", rate_micros, **(rule or SIX_SECONDS)), ended)
    return rate_call(leg, rate_deck=deck, service_deck=None, currency="USD", at=AT).proof


def _numbers(value, path=()):
    """Paths of all numbers in a proof."""
    if isinstance(value, dict):
        return [found for name, child in value.items() for found in _numbers(child, (*path, name))]
    if isinstance(value, list):
        return [found for place, child in enumerate(value) for found in _numbers(child, (*path, place))]
    return [path] if isinstance(value, int) and not isinstance(value, bool) else []


def _changed(proof, path, by):
    changed = copy.deepcopy(proof)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] += by
    return changed


def test_a_proof_tells_deck_entry_and_every_number_of_the_amount():
    proof = _proof()

    assert proof["deck"] == {"deck_id": "deck_r", "version": 3}
    assert proof["entry"]["key"] == "+1209"
    assert proof["prefixes_tried"] == ["+12092", "+1209"]
    assert proof["leg"]["metadata_version"] == "9.0.43"
    assert (proof["started_s"], proof["increments"], proof["billed_s"]) == (43, 3, 48)
    assert (proof["exact"], proof["rounding"], proof["amount_micros"]) == ([1_200_000, 60_000_000], "half_up", 20_000)


@settings(deadline=None)
@given(
    rate=st.integers(min_value=0, max_value=10**9),
    duration_ms=st.integers(min_value=0, max_value=10**7),
    steps=st.tuples(*[st.integers(min_value=0, max_value=90)] * 3),
    data=st.data(),
)
def test_a_proof_holds_after_storage_and_any_changed_number_breaks_it(rate, duration_ms, steps, data):
    minimum_s, increment_s, delay_s = steps
    made = _proof(rate, duration_ms, minimum_s=minimum_s, increment_s=increment_s, delay_s=delay_s)

    stored = json.loads(json.dumps(made))
    path = data.draw(st.sampled_from(_numbers(stored)))
    by = data.draw(st.integers(min_value=-1_000, max_value=1_000).filter(bool))

    assert verify_proof(stored)
    assert not verify_proof(_changed(stored, path, by))


@pytest.mark.parametrize("path", [path for path in _numbers(_proof()) if path[0] != "format"])
def test_a_changed_number_breaks_a_proof(path):
    assert not verify_proof(_changed(_proof(), path, 1))


def test_a_wrong_amount_is_found_even_with_a_digest_made_for_it():
    proof = _proof()
    dearer = _proof(26_000)

    assert not verify_proof({**proof, "amount_micros": dearer["amount_micros"], "digest": dearer["digest"]})


@pytest.mark.parametrize("name", sorted(_proof()))
def test_a_proof_with_a_part_missing_does_not_hold(name):
    proof = _proof()
    del proof[name]

    assert not verify_proof(proof)


def test_charges_of_nothing_have_proofs_too():
    free = _proof(0)
    included = _proof(rate_deck=a_rate_deck(a_rate("+44")))

    assert (free["outcome"], included["outcome"]) == ("free", "included")
    assert verify_proof(free)
    assert verify_proof(included)
    assert not verify_proof({**included, "outcome": "free"})


def test_a_charge_by_service_has_a_proof():
    leg = RatedLeg(service="SIP", number="", duration_ms=1_500)
    charge = rate_call(leg, rate_deck=None, service_deck=a_service_deck(a_rate("SIP")), currency="USD", at=AT)

    assert verify_proof(charge.proof)
    assert any(
        line.startswith("SIP (To SIP) is the service with an entry") for line in explain_charge(charge.proof, "en")
    )


def test_a_deck_is_called_by_its_name_while_it_has_one():
    named = explain_charge(_proof(), "en", {"deck_r": "World 2025"})

    assert "deck World 2025 version 3" in named[2]


def test_a_charge_is_explained_in_plain_words():
    assert explain_charge(_proof(), "en") == [
        "43 s lasted.",
        "Prefix +12092 has no entry that applies: skipped.",
        (
            "+1209 (To +1209) is the longest prefix of +12092488700 with an entry in force at the start, "
            "2025-10-09 08:53:20 UTC: deck deck_r version 3, entry rate_+1209_0."
        ),
        "43 s lasted; more than the 3 s delay, so it is billed; 30 s minimum + 3 x 6 s = 48 s.",
        "48 s x 0.025000/min / 60 = 0.020000 USD, rounded half up to a millionth.",
        "Shown as 0.02 USD.",
    ]


@pytest.mark.parametrize(
    ("duration_ms", "sentence"),
    [
        (2_001, "3 s lasted (2001 ms; a started second counts whole)."),
        (3_000, "3 s lasted; not more than the 3 s delay, so nothing is billed."),
        (
            3_001,
            "4 s lasted; more than the 3 s delay, so it is billed; within the 30 s minimum, which is billed: 30 s.",
        ),
    ],
)
def test_delay_minimum_and_started_seconds_are_explained(duration_ms, sentence):
    assert sentence in explain_charge(_proof(duration_ms=duration_ms), "en")


def test_free_and_included_calls_say_so():
    assert explain_charge(_proof(0), "en")[-1] == "The rate of this entry is zero: the call is free."
    included = explain_charge(_proof(rate_deck=a_rate_deck(a_rate("+44"))), "en")
    assert included[-1] == "No entry of a deck applies: the call is included in the monthly price."


def test_an_estimated_end_is_marked():
    proof = _proof(estimated=True)

    assert proof["estimated"] is True
    assert "The end wasn't seen: this is the time up to the last moment the call surely was up." in explain_charge(
        proof, "en"
    )
