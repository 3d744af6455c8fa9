import pytest

from chalicelib.domain.decks import ChunkDeck, DeckRef, MissingDeck
from chalicelib.domain.rate_call import Charge, RatedLeg, Unrated, rate_call
from chalicelib.domain.rate_chunks import build_chunks
from chalicelib.domain.rating import RateError
from chalicelib.domain.sentences import say
from tests.domain.rating_data import AT, a_rate, a_rate_deck, a_service_deck

NUMBER = "+12092488700"


def _leg(service="PSTN", number=NUMBER, seconds=60, **facts):
    return RatedLeg(service=service, number=number, duration_ms=seconds * 1000, **facts)


def _rate(leg=None, *, rate_deck=None, service_deck=None, currency="USD", at=AT):
    return rate_call(leg or _leg(), rate_deck=rate_deck, service_deck=service_deck, currency=currency, at=at)


def test_a_rate_deck_entry_comes_before_the_service_deck():
    charge = _rate(rate_deck=a_rate_deck(a_rate("+1", 10_000)), service_deck=a_service_deck(a_rate("PSTN", 99_000)))

    assert (charge.outcome, charge.amount_micros, charge.deck.deck_id) == ("rated", 10_000, "deck_r")


def test_a_number_without_a_prefix_falls_to_its_service():
    charge = _rate(
        rate_deck=a_rate_deck(a_rate("+44")),
        service_deck=a_service_deck(a_rate("PSTN", 99_000), a_rate("MOBILE", 1)),
    )

    assert (charge.amount_micros, charge.rate.key, charge.deck.deck_id) == (99_000, "PSTN", "deck_s")


def test_what_no_deck_lists_is_included_in_the_monthly_price():
    charge = _rate(rate_deck=a_rate_deck(a_rate("+44")), service_deck=a_service_deck(a_rate("SIP")))

    assert isinstance(charge, Charge)
    assert (charge.amount_micros, charge.billed_s, charge.reason) == (0, 0, say("charge_included"))


def test_without_decks_everything_is_included():
    assert _rate().outcome == "included"


@pytest.mark.parametrize("service", ["DID", "TOLLFREE", "SIP"])
def test_a_leg_that_does_not_go_out_is_never_rated_by_prefix(service):
    charge = _rate(
        _leg(service), rate_deck=a_rate_deck(a_rate("+1")), service_deck=a_service_deck(a_rate(service, 7_000))
    )

    assert (charge.rate.key, charge.amount_micros) == (service, 7_000)


def test_peers_5_the_longest_prefix_wins_in_whatever_order_the_deck_came():
    rates = [a_rate("+1", 1), a_rate("+1209", 4), a_rate("+120", 3), a_rate("+1209248870", 9), a_rate("+12093", 5)]

    for deck in (a_rate_deck(*rates), a_rate_deck(*reversed(rates))):
        assert _rate(rate_deck=deck).rate.key == "+1209248870"


def test_a_prefix_with_no_entry_in_force_is_skipped_for_a_shorter_one():
    ended = a_rate("+1209", 9_000, valid_until=AT)
    coming = a_rate("+12092", 9_000, valid_from=AT + 1)

    charge = _rate(rate_deck=a_rate_deck(a_rate("+1", 1_000), ended, coming))

    assert charge.rate.key == "+1"
    assert charge.prefixes_tried == ("+12092", "+1209", "+1")


@pytest.mark.parametrize(
    ("at", "key"), [(999, "included"), (1_000, "first"), (1_999, "first"), (2_000, "second"), (3_000, "included")]
)
def test_validity_begins_with_its_start_and_stops_before_its_end(at, key):
    first = a_rate("+1", valid_from=1_000, valid_until=2_000, entry_id="first")
    second = a_rate("+1", valid_from=2_000, valid_until=3_000, entry_id="second")

    charge = _rate(rate_deck=a_rate_deck(first, second), at=at)

    assert (charge.rate.entry_id if charge.rate else charge.outcome) == key


@pytest.mark.parametrize(("at", "key"), [(1_999, "SIP_old"), (2_000, "SIP_new")])
def test_validity_holds_for_services_too(at, key):
    deck = a_service_deck(
        a_rate("SIP", valid_from=0, entry_id="SIP_old"), a_rate("SIP", valid_from=2_000, entry_id="SIP_new")
    )

    assert _rate(_leg("SIP"), service_deck=deck, at=at).rate.entry_id == key


def test_of_two_entries_in_force_the_one_that_started_last_is_taken():
    deck = a_rate_deck(a_rate("+1", 1_000), a_rate("+1", 2_000, valid_from=AT - 5))

    assert _rate(rate_deck=deck).amount_micros == 2_000


def test_a_rate_of_zero_ends_the_search_and_says_free():
    charge = _rate(
        rate_deck=a_rate_deck(a_rate("+1", 9_000), a_rate("+1209", 0)),
        service_deck=a_service_deck(a_rate("PSTN", 9_000)),
    )

    assert (charge.outcome, charge.amount_micros, charge.rate.key) == ("free", 0, "+1209")
    assert charge.reason.into("en") == "free: the rate is zero"


def test_peers_6_a_leg_that_failed_over_is_rated_by_itself_alone():
    """Legs are rated one by one from their own number and time; no carrier or gateway has a say in the price."""
    deck = a_rate_deck(a_rate("+1", 60_000))

    answered_by_second_gateway = _rate(_leg(seconds=30), rate_deck=deck)

    assert not {"carrier_id", "gateway_id"} & set(RatedLeg.__dataclass_fields__)
    assert answered_by_second_gateway.amount_micros == 30_000


def test_peers_10_a_missing_rate_deck_is_unrated_and_not_zero():
    unrated = _rate(rate_deck=MissingDeck("deck_r", say("deck_empty")), service_deck=a_service_deck(a_rate("PSTN")))

    assert unrated == Unrated("rate_deck_missing", say("rate_deck_unusable", deck="deck_r", why=say("deck_empty")))


def test_peers_10_a_missing_service_deck_is_unrated_when_the_search_comes_to_it():
    missing = MissingDeck("deck_s", say("deck_gone"))

    assert _rate(service_deck=missing).code == "service_deck_missing"
    assert _rate(rate_deck=a_rate_deck(a_rate("+1")), service_deck=missing).outcome == "rated"


def test_peers_10_a_deck_in_another_currency_is_unrated():
    unrated = _rate(rate_deck=a_rate_deck(a_rate("+1"), currency="EUR"))

    assert isinstance(unrated, Unrated)
    assert unrated.code == "currency_mismatch"
    assert unrated.reason.into("en") == "deck deck_r is in EUR, the customer in USD"


def test_peers_10_a_leg_that_ended_before_its_answer_is_unrated():
    assert _rate(_leg(seconds=-1)).code == "duration_invalid"


def test_peers_10_an_outgoing_leg_without_a_number_is_unrated():
    unrated = _rate(_leg(number=""), rate_deck=a_rate_deck(a_rate("+1")), service_deck=a_service_deck(a_rate("PSTN")))

    assert unrated.code == "number_missing"


def test_peers_10_an_unrated_leg_is_rated_again_when_the_cause_is_gone():
    leg = _leg()

    before = _rate(leg, rate_deck=MissingDeck("deck_r", say("deck_empty")))
    after = _rate(leg, rate_deck=a_rate_deck(a_rate("+1", 10_000)))

    assert not hasattr(before, "amount_micros")
    assert after.amount_micros == 10_000


def test_a_missing_rate_deck_does_not_matter_to_a_leg_that_needs_none():
    assert _rate(_leg("SIP"), rate_deck=MissingDeck("deck_r", say("deck_gone"))).outcome == "included"


@pytest.mark.parametrize(("listed", "outcome"), [("911", "rated"), ("9", "included"), ("9112", "included")])
def test_a_service_number_is_charged_only_if_the_rate_deck_lists_it_whole(listed, outcome):
    leg = _leg(number="911", service_number=True)

    charge = _rate(leg, rate_deck=a_rate_deck(a_rate(listed)), service_deck=a_service_deck(a_rate("PSTN")))

    assert charge.outcome == outcome


def test_one_chunk_read_from_storage_rates_as_the_whole_deck_does():
    rates = [a_rate(f"+1{number}") for number in range(100, 999)]
    chunk = max((chunk for chunk in build_chunks(rates) if chunk.sort_key <= NUMBER), key=lambda chunk: chunk.sort_key)
    ref = DeckRef("deck_r", 3, "USD")

    assert _rate(rate_deck=ChunkDeck(ref, chunk.payload)) == _rate(rate_deck=a_rate_deck(*rates))
    assert _rate(rate_deck=ChunkDeck(ref, None)).outcome == "included"


def test_a_service_deck_refuses_what_is_no_service_and_double_starts():
    with pytest.raises(RateError, match="isn't a service"):
        a_service_deck(a_rate("+1"))
    with pytest.raises(RateError, match="start at the same instant"):
        a_service_deck(a_rate("SIP"), a_rate("SIP", entry_id="other"))
