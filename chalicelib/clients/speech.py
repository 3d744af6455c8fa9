"""Text to speech: Amazon Polly, or espeak-ng of the local machine.

What comes out is signed 16-bit little-endian PCM, one channel at 8 kHz, without a header: what a telephone carries.
rtpengine paces a WAV of that rate badly and plays Matroska well, which takes these very samples without loss:
``ffmpeg -f s16le -ar 8000 -ac 1 -i in -af asetnsamples=160 -c:a pcm_s16le -f matroska out.mka``.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from chalicelib.clients.patience import short_patience
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.settings import settings

SAMPLES_PER_S = 8000
LONGEST_TEXT = 3000  # characters that are spoken; Polly's
LONGEST_SSML = 6000  # characters with the markup; Polly's
TIMEOUT_S = 30.0
# SSML 1.1 as far as Polly's neural voices and espeak-ng take it
ELEMENTS = frozenset({"break", "lang", "p", "phoneme", "prosody", "s", "say-as", "speak", "sub", "w"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class SpeechError(ValueError):
    """The text can't be spoken; the message says why."""


@dataclass(frozen=True, slots=True)
class Voice:
    language: str  # BCP 47
    espeak: str


#: By name, Polly's. Each speaks with its standard and its neural engine.
VOICES = {
    "Joanna": Voice("en-US", "en-us+f3"),
    "Matthew": Voice("en-US", "en-us"),
    "Amy": Voice("en-GB", "en-gb+f3"),
    "Brian": Voice("en-GB", "en-gb"),
    "Camila": Voice("pt-BR", "pt-br+f3"),
    "Vitoria": Voice("pt-BR", "pt-br+f2"),
    "Ines": Voice("pt-PT", "pt+f3"),
    "Lucia": Voice("es-ES", "es+f3"),
    "Lupe": Voice("es-US", "es-419+f3"),
    "Mia": Voice("es-MX", "es-419+f2"),
    "Lea": Voice("fr-FR", "fr-fr+f3"),
    "Vicki": Voice("de-DE", "de+f3"),
    "Bianca": Voice("it-IT", "it+f3"),
}


@dataclass(frozen=True, slots=True)
class Sound:
    pcm: bytes

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / (2 * SAMPLES_PER_S)


class Speech(Protocol):
    def speak(self, text: str, *, voice: str, ssml: bool = False) -> Sound:
        """``voice``: a name of ``VOICES``; ``ssml``: the text is a ``<speak>`` document. Raises ``SpeechError``, or
        ``try_again`` when the service doesn't answer."""


def check_text(text: str, *, voice: str, ssml: bool) -> None:
    """Raises ``SpeechError`` for what either of the two wouldn't speak."""
    if voice not in VOICES:
        raise SpeechError(f"there is no voice {voice[:40]!r}")
    if _CONTROL.search(text):
        raise SpeechError("the text has control characters")
    spoken = _spoken_in(text) if ssml else text
    if not spoken.strip():
        raise SpeechError("the text is empty")
    if len(spoken) > LONGEST_TEXT:
        raise SpeechError(f"the text has more than {LONGEST_TEXT} characters")


def _spoken_in(document: str) -> str:
    if len(document) > LONGEST_SSML:
        raise SpeechError(f"the text with its markup has more than {LONGEST_SSML} characters")
    if "<!" in document or "<?" in document:  # entities of one's own could grow without end
        raise SpeechError("the markup has declarations, instructions or comments")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - short, and without declarations
    except ElementTree.ParseError as error:
        raise SpeechError(f"the markup is no XML: {error}") from error
    if root.tag != "speak":
        raise SpeechError("the markup doesn't begin with <speak>")
    unknown = sorted({str(element.tag) for element in root.iter()} - ELEMENTS)
    if unknown:
        raise SpeechError(f"the markup has <{unknown[0][:40]}>, which isn't known")
    return "".join(root.itertext())


def ssml_of(text: str) -> str:
    """Plain text as a ``<speak>`` document, to put markup around."""
    return f"<speak>{escape(text)}</speak>"


class EspeakSpeech:
    """``espeak`` and ``ffmpeg``: the programs to run. The text is read from standard input, never from arguments."""

    def __init__(self, *, espeak: str = "espeak-ng", ffmpeg: str = "ffmpeg") -> None:
        self._espeak = espeak
        self._ffmpeg = ffmpeg

    def speak(self, text: str, *, voice: str, ssml: bool = False) -> Sound:
        check_text(text, voice=voice, ssml=ssml)
        markup = ["-m"] if ssml else []
        spoken = _run([self._espeak, "-v", VOICES[voice].espeak, *markup, "--stdin", "--stdout"], text.encode())
        form = ["-f", "s16le", "-ac", "1", "-ar", str(SAMPLES_PER_S)]
        return Sound(_run([self._ffmpeg, "-v", "error", "-f", "wav", "-i", "pipe:0", *form, "pipe:1"], spoken))


def _run(command: list[str], given: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=True, timeout=TIMEOUT_S)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise _unreachable() from error
    return done.stdout


class PollySpeech:
    """``client``: a boto3 ``polly`` client; ``engine``: ``neural`` or, where a region has none, ``standard``."""

    def __init__(self, client: Any, *, engine: str) -> None:
        self._client = client
        self._engine = engine

    def speak(self, text: str, *, voice: str, ssml: bool = False) -> Sound:
        from botocore.exceptions import BotoCoreError, ClientError

        check_text(text, voice=voice, ssml=ssml)
        try:
            answer = self._client.synthesize_speech(
                Engine=self._engine,
                LanguageCode=VOICES[voice].language,
                OutputFormat="pcm",
                SampleRate=str(SAMPLES_PER_S),
                Text=text,
                TextType="ssml" if ssml else "text",
                VoiceId=voice,
            )
            pcm: bytes = answer["AudioStream"].read()
        except self._client.exceptions.InvalidSsmlException as error:
            raise SpeechError("the markup isn't what Polly takes") from error
        except (BotoCoreError, ClientError) as error:
            raise _unreachable() from error
        return Sound(pcm)


def _unreachable() -> PatchbayError:
    return PatchbayError("try_again", say("speech_silent"))


@cache
def speech() -> Speech:
    config = settings()
    if config.speech_adapter == "espeak":
        return EspeakSpeech()
    import boto3

    client = boto3.client("polly", region_name=config.region, config=short_patience())
    return PollySpeech(client, engine=config.polly_engine)
