"""Clean Debian roots, and the steps of a Dockerfile done in them."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT
from tests.image.dockerfile import Copy, Run, Stage

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SUITES = ("bookworm", "bookworm-updates", "bookworm-security")
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Mounts of a step live in a namespace of its own: they end with it, however it ends.
_ENTER = """
set -e
mount --make-rprivate /
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount --rbind /dev {root}/dev
{more}
cd {root}
"""


def debian_mirrors() -> list[tuple[str, str]]:
    """The suite and address of each source of Debian 12 that this machine's apt uses, the suite itself first."""
    wanted = ["Created-By: Packages", "Component: main"]
    command = ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", *wanted]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")
    pairs = dict.fromkeys(tuple(line.split(" ", 1)) for line in listed if line.count(" ") == 1)
    found = [(suite, address) for name in _SUITES for suite, address in pairs if suite == name]
    assert found, "this machine's apt has no source of Debian 12 (bookworm)"
    assert found[0][0] == "bookworm"
    return found


@dataclass(frozen=True)
class Container:
    """A program that is process 1 of a namespace, as in a container: all its processes end with it."""

    process: subprocess.Popen[bytes]
    log: Path

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.first_process, number)

    @property
    def first_process(self) -> int:
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def kill(self) -> None:
        """By its first process, with which all others end: --kill-child doesn't outlive a change of the user (prctl(2),
        PR_SET_PDEATHSIG)."""
        if self.process.poll() is None:
            with contextlib.suppress(IndexError, FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                os.kill(self.first_process, signal.SIGKILL)
        self.process.wait()


@dataclass
class DebianRoot:
    path: Path
    log: Path
    wheels: Path
    environment: dict[str, str] = field(default_factory=dict)

    def copy(self, path: Path) -> DebianRoot:
        subprocess.run(["cp", "-a", "--reflink=auto", str(self.path), str(path)], check=True)
        return DebianRoot(path=path, log=path.with_suffix(".log"), wheels=self.wheels)

    def build(self, stage: Stage, *, others: Mapping[str, DebianRoot]) -> None:
        """Does a stage's steps, in order, in this root."""
        self.environment = stage.environment
        self.inside(stage.directory).mkdir(parents=True, exist_ok=True)
        for step in stage.steps:
            if isinstance(step, Copy):
                self._copy(step, others=others)
            else:
                self._run(step, directory=stage.directory)

    def inside(self, path: str | Path) -> Path:
        return self.path / str(path).lstrip("/")

    def _copy(self, step: Copy, *, others: Mapping[str, DebianRoot]) -> None:
        for source in step.sources:
            found = others[step.stage].inside(source) if step.stage else ROOT / source
            target = self.inside(step.target)
            if found.is_dir():
                shutil.copytree(found, target, symlinks=True, dirs_exist_ok=True, ignore=_ignored)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(found, target)

    def _run(self, step: Run, *, directory: str) -> None:
        """As root. pip finds what the lock names among the wheels that this machine's pip has fetched."""
        (self.path / "wheels").mkdir(exist_ok=True)
        more = f"mount --bind {self.wheels} {self.path}/wheels"
        given = {"PATH": _PATH, **dict(step.environment), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels"}
        script = f"{_ENTER.format(root=self.path, more=more)}exec chroot {self.path} /usr/bin/env -i {_quoted(given)}"
        script += f" /bin/sh -c {shlex.quote(f'cd {directory} && {step.command}')}"
        with self.log.open("ab") as log:
            done = subprocess.run(
                ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        assert done.returncode == 0, f"{step.command}: {self.log.read_text(errors='replace')[-4000:]}"
        (self.path / "wheels").rmdir()

    def start(
        self, argv: list[str], *, user: str, directory: str, environment: Mapping[str, str], mounts: Mapping[str, Path],
        log: Path,
    ) -> Container:  # fmt: skip
        """As in a container with a read-only root, on this machine's network; ``mounts`` alone can be written to."""
        more = "\n".join(f"mount --bind {source} {self.inside(target)}" for target, source in mounts.items())
        given = {"PATH": _PATH, **self.environment, **environment}
        script = _ENTER.format(root=self.path, more=f"mount -o remount,ro,bind {self.path}\n{more}")
        inside = f"cd {directory} && exec {shlex.join(argv)}"
        script += f"exec chroot --userspec={user}:{user} {self.path} /usr/bin/env -i {_quoted(given)}"
        script += f" /bin/sh -c {shlex.quote(inside)}"
        with log.open("ab") as output:
            process = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script],
                stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        return Container(process=process, log=log)


def _quoted(environment: Mapping[str, str]) -> str:
    return " ".join(shlex.quote(f"{name}={value}") for name, value in environment.items())


def _ignored(directory: str, names: list[str]) -> set[str]:
    """Like .dockerignore."""
    return {name for name in names if name == "__pycache__"}


def make_base(directory: Path) -> DebianRoot:
    """A minimal Debian 12, as the images' base, with this machine's apt sources and proxies."""
    mirrors = debian_mirrors()
    path, log = directory / "base", directory / "base.log"
    command = ["debootstrap", "--variant=minbase", "bookworm", str(path), mirrors[0][1]]
    with log.open("ab") as output:
        done = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, log.read_text(errors="replace")[-4000:]
    lines = [f"deb [signed-by={_KEYRING}] {address} {suite} main\n" for suite, address in mirrors]
    (path / "etc/apt/sources.list").write_text("".join(lines))
    proxies = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True).stdout.splitlines()
    kept = [line for line in proxies if line.startswith("Acquire::http")]
    (path / "etc/apt/apt.conf.d/90machine").write_text("\n".join(kept) + "\n")
    shutil.copy(_KEYRING, path / _KEYRING.lstrip("/"))
    if Path("/etc/resolv.conf").exists():
        shutil.copy("/etc/resolv.conf", path / "etc/resolv.conf")
    return DebianRoot(path=path, log=log, wheels=fetch_wheels(directory / "wheels"))


def fetch_wheels(directory: Path) -> Path:
    """What sbc/requirements.lock names, by this machine's pip, as it is set up."""
    command = [str(ROOT / ".venv/bin/python"), "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
    command += ["--only-binary", ":all:", "-r", str(ROOT / "sbc/requirements.lock"), "-d", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return directory
