"""Reads the Dockerfiles of this repository: the instructions they use, and an error for any other."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Copy:
    sources: tuple[str, ...]
    target: str
    stage: str = ""  # whose files; empty: the repository's


@dataclass(frozen=True)
class Run:
    command: str
    environment: tuple[tuple[str, str], ...] = ()  # of the ENV lines before it


@dataclass
class Stage:
    base: str
    name: str
    steps: list[Copy | Run] = field(default_factory=list)
    directory: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    stop_signal: str = ""


def read_dockerfile(path: Path) -> list[Stage]:
    stages: list[Stage] = []
    for line in _lines(path):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base=base, name=name))
        else:
            _INSTRUCTIONS[word](stages[-1], rest)
    return stages


def _lines(path: Path) -> list[str]:
    text = path.read_text().replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _copy(stage: Stage, rest: str) -> None:
    words = rest.split()
    source = ""
    if words[0].startswith("--from="):
        source = words.pop(0).removeprefix("--from=")
    assert not words[0].startswith("--"), rest
    stage.steps.append(Copy(sources=tuple(words[:-1]), target=str(Path(stage.directory) / words[-1]), stage=source))


def _run(stage: Stage, rest: str) -> None:
    assert stage.user == "root", "the image's steps come before its user"
    stage.steps.append(Run(rest, tuple(stage.environment.items())))


def _workdir(stage: Stage, rest: str) -> None:
    stage.directory = rest


def _user(stage: Stage, rest: str) -> None:
    stage.user = rest


def _env(stage: Stage, rest: str) -> None:
    stage.environment |= dict(pair.split("=", 1) for pair in rest.split())


def _entrypoint(stage: Stage, rest: str) -> None:
    stage.entrypoint = json.loads(rest)


def _cmd(stage: Stage, rest: str) -> None:
    stage.command = json.loads(rest)


def _healthcheck(stage: Stage, rest: str) -> None:
    stage.health = json.loads(rest.partition(" CMD ")[2])


def _stopsignal(stage: Stage, rest: str) -> None:
    stage.stop_signal = rest


_INSTRUCTIONS = {
    "COPY": _copy, "RUN": _run, "WORKDIR": _workdir, "USER": _user, "ENV": _env, "ENTRYPOINT": _entrypoint,
    "CMD": _cmd, "HEALTHCHECK": _healthcheck, "STOPSIGNAL": _stopsignal,
}  # fmt: skip
