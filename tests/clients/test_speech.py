"""Polly and espeak-ng, held to one contract: the same texts are taken or refused, and the sound has one form.

What can't be shown here: moto's Polly answers every text with the same eight silent bytes. How Polly sounds, and which
markup its voices refuse beyond what is checked before, is for a real account to show.
"""

from __future__ import annotations

import array
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.clients.speech import (
    LONGEST_TEXT,
    SAMPLES_PER_S,
    VOICES,
    EspeakSpeech,
    PollySpeech,
    Sound,
    Speech,
    SpeechError,
    ssml_of,
)
from chalicelib.domain.errors import PatchbayError

BILLION_LAUGHS = '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><speak>&b;</speak>'


@pytest.fixture
def espeak() -> Speech:
    return EspeakSpeech()


@pytest.fixture
def polly(monkeypatch: pytest.MonkeyPatch) -> Iterator[Speech]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield PollySpeech(boto3.client("polly", region_name="us-east-1"), engine="neural")


@pytest.fixture(params=["espeak", "polly"])
def speech(request: pytest.FixtureRequest) -> Speech:
    found: Speech = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("voice", ["Joanna", "Camila"])
def test_a_text_becomes_whole_samples_with_their_length(speech: Speech, voice: str) -> None:
    sound = speech.speak("Olá! Press 1 & wait < 2 s.", voice=voice)

    assert sound.pcm
    assert len(sound.pcm) % 2 == 0
    assert sound.duration_s == len(sound.pcm) / 2 / SAMPLES_PER_S


def test_markup_is_spoken(speech: Speech) -> None:
    document = '<speak>One <break time="1s"/><say-as interpret-as="digits">42</say-as></speak>'

    assert speech.speak(document, voice="Matthew", ssml=True).pcm


@pytest.mark.parametrize("text", ["", "  \n", "a\x00b", "x" * (LONGEST_TEXT + 1)])
def test_a_text_that_one_would_not_speak_is_refused_by_both(speech: Speech, text: str) -> None:
    with pytest.raises(SpeechError):
        speech.speak(text, voice="Joanna")


@pytest.mark.parametrize(
    "document",
    [
        "no markup", "<speak>open", "<p>other root</p>", "<speak></speak>", "<speak><script>x</script></speak>",
        '<speak><audio src="https://x.example/a.mp3"/>x</speak>', BILLION_LAUGHS, "<speak>&unknown;</speak>",
        f"<speak>{'<s>x</s>' * 1000}</speak>", "<speak><!-- x -->y</speak>",
    ],
)  # fmt: skip
def test_markup_that_is_broken_unknown_or_dangerous_is_refused_by_both(speech: Speech, document: str) -> None:
    with pytest.raises(SpeechError):
        speech.speak(document, voice="Joanna", ssml=True)


def test_a_voice_that_does_not_exist_is_refused_by_both(speech: Speech) -> None:
    with pytest.raises(SpeechError, match="no voice '--path=/tmp'"):
        speech.speak("Hello", voice="--path=/tmp")


def test_text_is_escaped_into_markup(speech: Speech) -> None:
    assert ssml_of("a < b & c") == "<speak>a &lt; b &amp; c</speak>"
    assert speech.speak(ssml_of("</speak><audio/> & more"), voice="Amy", ssml=True).pcm


def test_a_service_that_cannot_be_used_says_try_again() -> None:
    client = boto3.client("polly", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    stub = Stubber(client)
    stub.add_client_error("synthesize_speech", "ServiceFailureException", http_status_code=500)
    stub.activate()
    services: list[Speech] = [
        PollySpeech(client, engine="neural"),
        EspeakSpeech(espeak="/nowhere/espeak-ng"),
        EspeakSpeech(ffmpeg="/bin/false"),
    ]

    for service in services:
        with pytest.raises(PatchbayError) as raised:
            service.speak("Hello", voice="Joanna")
        assert raised.value.code == "try_again"


def test_polly_is_asked_for_a_telephones_samples_and_its_refusal_of_markup_is_told() -> None:
    client = boto3.client("polly", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    stub = Stubber(client)
    asked = {
        "Engine": "standard", "LanguageCode": "pt-BR", "OutputFormat": "pcm", "SampleRate": "8000", "Text": "Olá",
        "TextType": "text", "VoiceId": "Camila",
    }  # fmt: skip
    stub.add_response("synthesize_speech", {"AudioStream": StreamingBody(io.BytesIO(b"\1\0" * 800), 1600)}, asked)
    stub.add_client_error("synthesize_speech", "InvalidSsmlException", http_status_code=400)
    stub.activate()
    polly = PollySpeech(client, engine="standard")

    sound = polly.speak("Olá", voice="Camila")
    with pytest.raises(SpeechError):
        polly.speak("<speak><w>x</w></speak>", voice="Camila", ssml=True)

    assert sound == Sound(b"\1\0" * 800)
    assert sound.duration_s == 0.1


def test_every_voice_is_one_that_polly_and_espeak_have() -> None:
    known = boto3.client("polly", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    shapes = known.meta.service_model
    listed = subprocess.run(["espeak-ng", "--voices"], capture_output=True, text=True, check=True).stdout
    languages = {line.split()[1] for line in listed.splitlines()[1:]}

    assert set(VOICES) <= set(shapes.shape_for("VoiceId").enum)
    assert {voice.language for voice in VOICES.values()} <= set(shapes.shape_for("LanguageCode").enum)
    assert {voice.espeak.partition("+")[0] for voice in VOICES.values()} <= languages


def test_what_espeak_says_can_be_heard_and_lasts_as_long_as_it_takes(espeak: Speech) -> None:
    short = espeak.speak("Hello", voice="Joanna")
    long = espeak.speak("Hello. " * 8, voice="Joanna")

    assert 0.3 < short.duration_s < 3
    assert long.duration_s > 4 * short.duration_s
    assert max(abs(sample) for sample in array.array("h", short.pcm)) > 5000


def test_a_text_that_looks_like_an_option_is_spoken(espeak: Speech) -> None:
    assert espeak.speak("--version", voice="Brian").duration_s > 0.3


def test_the_form_that_rtpengine_plays_well_holds_the_same_samples(espeak: Speech, tmp_path: Path) -> None:
    sound = espeak.speak("Hello", voice="Joanna")
    made = tmp_path / "out.mka"
    raw = ["-f", "s16le", "-ar", "8000", "-ac", "1"]
    ffmpeg = ["ffmpeg", "-v", "error"]

    subprocess.run(
        [
            *ffmpeg,
            *raw,
            "-i",
            "pipe:0",
            "-af",
            "asetnsamples=160:p=0",
            "-c:a",
            "pcm_s16le",
            "-f",
            "matroska",
            str(made),
        ],
        input=sound.pcm,
        check=True,
    )
    back = subprocess.run([*ffmpeg, "-i", str(made), *raw, "pipe:1"], capture_output=True, check=True).stdout

    assert back == sound.pcm
