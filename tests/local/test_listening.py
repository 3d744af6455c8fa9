from __future__ import annotations

import numpy as np
import pytest

from local.gateway.behaviour import choose_behaviour, choose_tone_hz
from local.gateway.g711 import PCMA, PCMU, decode, encode
from local.gateway.listening import DigitReader, SequenceCounter, ToneFinder
from local.gateway.sdp import SdpError, make_sdp, read_sdp
from local.gateway.sound import make_silence, make_tone, speak


@pytest.mark.parametrize("kind", [PCMU, PCMA])
def test_g711_keeps_a_tone_within_its_quantisation(kind: int) -> None:
    tone = make_tone(1000, 0.1)

    back = decode(encode(tone, kind), kind)

    error = back.astype(float) - tone
    assert 10 * np.log10(np.mean(tone.astype(float) ** 2) / np.mean(error**2)) > 35  # dB


# ITU-T G.711: the code of zero, the largest values, and a step in between.
@pytest.mark.parametrize(
    ("kind", "code", "sample"),
    [
        (PCMU, 0xFF, 0), (PCMU, 0x80, 32124), (PCMU, 0x00, -32124), (PCMU, 0xEF, 132),
        (PCMA, 0xD5, 8), (PCMA, 0xAA, 32256), (PCMA, 0x2A, -32256),
    ],
)  # fmt: skip
def test_g711_codes_mean_what_the_standard_says(kind: int, code: int, sample: int) -> None:
    assert decode(bytes([code]), kind)[0] == sample


def test_two_tones_with_a_pause_are_heard_apart() -> None:
    finder = ToneFinder()

    finder.feed(np.concatenate([make_tone(440, 0.5), make_silence(0.3), make_tone(1430, 0.7)]))

    assert [(round(tone["hz"]), round(tone["seconds"], 1)) for tone in finder.as_json()] == [(440, 0.5), (1430, 0.7)]


def test_speech_is_no_tone() -> None:
    finder = ToneFinder()

    finder.feed(speak("This carrier has no cables. Listen!"))

    assert [tone for tone in finder.as_json() if tone["seconds"] > 0.5] == []
    assert finder.loudest_dbfs > -30


def test_in_band_keys_are_read() -> None:
    finder = ToneFinder()
    pause = make_silence(0.2)

    for row, column in ((697, 1209), (941, 1336), (852, 1477)):
        finder.feed((make_tone(row, 0.2) // 2 + make_tone(column, 0.2) // 2).astype(np.int16))
        finder.feed(pause)

    assert finder.in_band == "109"


def test_lost_packets_are_counted_by_sequence_over_the_wrap() -> None:
    counter = SequenceCounter()

    for sequence in (65534, 65535, 0, 2, 1, 5):
        counter.count(source=1, sequence=sequence)

    assert (counter.received, counter.lost) == (6, 2)


def test_a_new_source_starts_a_new_count_and_keeps_what_was_lost() -> None:
    counter = SequenceCounter()

    for source, sequence in ((1, 10), (1, 12), (2, 40000), (2, 40001)):
        counter.count(source=source, sequence=sequence)

    assert counter.lost == 1


def test_an_event_that_is_sent_several_times_is_one_digit() -> None:
    reader = DigitReader()

    for timestamp, event in ((100, 1), (100, 1), (100, 1), (900, 1), (1700, 11)):
        reader.read(timestamp=timestamp, payload=bytes([event, 0x8A, 0, 160]))

    assert reader.digits == "11#"


def test_an_answer_names_one_codec_and_the_events_of_the_offer() -> None:
    offer = make_sdp("127.0.0.1", 4000, codecs=[PCMU, PCMA], session=1, telephone_event=96)

    remote = read_sdp(offer)

    assert (remote.host, remote.port, remote.codec, remote.telephone_event) == ("127.0.0.1", 4000, PCMU, 96)
    assert remote.names == ("PCMU", "PCMA", "telephone-event")
    assert remote.wants_audio


def test_a_stream_on_hold_wants_no_audio() -> None:
    held = make_sdp("127.0.0.1", 4000, codecs=[PCMU], session=1, telephone_event=None).replace("sendrecv", "sendonly")

    assert not read_sdp(held).wants_audio


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0\r\nc=IN IP4 127.0.0.1\r\n",
        "c=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n",
    ],
)
def test_a_description_without_g711_is_refused(text: str) -> None:
    with pytest.raises(SdpError):
        read_sdp(text)


@pytest.mark.parametrize(
    ("number", "name"),
    [("+12025559486", "refuse-486"), ("+12025559000", "no-answer"), ("+12025550486", "message"), ("9399", "message")],
)
def test_the_last_four_digits_decide(number: str, name: str) -> None:
    assert choose_behaviour(number).name == name


def test_numbers_sound_different() -> None:
    assert [choose_tone_hz(number) for number in ("+12025550100", "+12025550142", "x")] == [600, 1020, 600]
