"""What the demo measures and how it ends, without a system."""

from __future__ import annotations

import json
import math
import struct
import wave
from pathlib import Path

import pytest

from local.demo.api import Api
from local.demo.gateway_client import GatewayClient
from local.demo.report import Result, write_report
from local.demo.state import Demo
from local.demo.steps import STEPS, Step, run_name, walk
from local.demo.talking import Ear, find_longest_tone
from local.demo.waiting import DemoError
from local.phones import read_samples, write_tone
from local.settings import Paths, Settings
from tests.local.processes import run_gateway
from tests.ports import free_port

RATE = 8000


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return Demo(
        settings=Settings(),
        paths=Paths(tmp_path),
        run="demo-1",
        directory=tmp_path,
        recordings=tmp_path,
        public=Api("http://127.0.0.1:9"),
        gateway=GatewayClient("http://127.0.0.1:9"),
    )


def succeed(_: Demo) -> str:
    return "seen"


def test_the_steps_are_the_sixteen_of_the_guide() -> None:
    assert len(STEPS) == 16
    assert len({title for title, _ in STEPS}) == 16


def test_two_runs_have_two_names() -> None:
    assert run_name(at_ns=1_800_000_000_000_000_000) != run_name(at_ns=1_800_000_000_050_000_000)


@pytest.mark.parametrize("error", [DemoError("heard nothing"), KeyError("number"), TimeoutError("late")])
def test_the_first_step_that_fails_is_the_last_that_is_taken(tmp_path: Path, error: Exception) -> None:
    def fail(_: Demo) -> str:
        raise error

    steps: tuple[tuple[str, Step], ...] = (("First", succeed), ("Second", fail), ("Third", succeed))
    near, far = free_port("127.0.0.2"), free_port("127.0.0.3")
    with run_gateway(host="127.0.0.2", sip_port=near, peer=("127.0.0.3", far)) as gateway:
        demo = Demo(
            settings=Settings(),
            paths=Paths(tmp_path),
            run="demo-1",
            directory=tmp_path,
            recordings=tmp_path,
            public=Api(gateway.url),
            gateway=GatewayClient(gateway.url),
        )
        results = walk(demo, steps)

    assert [(result.step, result.ok) for result in results] == [(1, True), (2, False)]
    assert str(error) in results[1].evidence


def test_all_steps_are_taken_while_they_succeed(demo: Demo) -> None:
    results = walk(demo, (("First", succeed), ("Second", succeed)))

    assert [(result.title, result.ok, result.evidence) for result in results] == [
        ("First", True, "seen"),
        ("Second", True, "seen"),
    ]


def test_the_report_has_what_readers_of_it_expect(tmp_path: Path) -> None:
    report = tmp_path / "build" / "demo.json"

    write_report([Result(step=1, title="First", ok=True, seconds=0.5, evidence="seen")], report)

    assert json.loads(report.read_text()) == {
        "steps": [{"step": 1, "title": "First", "ok": True, "seconds": 0.5, "evidence": "seen"}]
    }


def test_loss_is_what_was_sent_and_did_not_arrive() -> None:
    assert Ear(440.0, sent=200, received=198).loss == pytest.approx(0.01)
    assert Ear(440.0, sent=200, received=201).loss == 0


def test_a_tone_is_told_from_what_surrounds_it(tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    write_tone(tone, frequency_hz=600, duration_s=2)
    with wave.open(str(tone)) as file:
        sound = file.readframes(file.getnframes())
    mixed = tmp_path / "mixed.wav"
    with wave.open(str(mixed), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(warble(seconds=1) + sound)

    found = find_longest_tone(read_samples(mixed)[1])

    assert found.tone_hz == pytest.approx(600, abs=1)
    assert found.tone_s == pytest.approx(2, abs=0.2)
    assert found.speech_s == pytest.approx(1, abs=0.2)


def warble(*, seconds: float) -> bytes:
    """Two frequencies at once, which is no pure tone."""
    times = [n / RATE for n in range(round(RATE * seconds))]
    samples = [4000 * (math.sin(2 * math.pi * 300 * at) + math.sin(2 * math.pi * 1700 * at)) for at in times]
    return b"".join(struct.pack("<h", round(sample)) for sample in samples)
