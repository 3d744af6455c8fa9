"""``python -m infra.checks``: one check after another, each with what it found; the reason of a failure comes last.

``make deploy-check`` builds the package and the consoles before. Runs in the virtualenv of the CDK, takes no input,
leaves ``build/cdk`` (templates) and ``build/infra`` (logs).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.checks.run_deployed import run_deployed
from infra.config import STAGES, example_config
from infra.synth import BUILD, ROOT, TARGET, synthesise_built

# W3005: the CDK itself orders each function after its role, which the function names anyway.
_IGNORED = ("W3005",)


class CheckError(Exception):
    """A check failed; the message is what a reader needs."""


def check_types() -> str:
    return _run("mypy", "--config-file", "infra/mypy.ini").splitlines()[-1]


def check_stages() -> str:
    """Each with the rules of cdk-nag, which break the synthesis."""
    for stage in STAGES:
        synthesise_built(example_config(stage, alarm_email="ops@example.net"), TARGET / stage)
    return f"{', '.join(STAGES)}; no rule of AwsSolutions broken without a reason"


def check_templates() -> str:
    templates = [str(path) for stage in STAGES for path in (TARGET / stage).glob("*.template.json")]
    _run("cfn-lint", "--ignore-checks", *_IGNORED, "--", *templates)
    return f"{len(templates)} templates"


def check_tests() -> str:
    return _run("pytest", "-q", "-p", "no:cacheprovider", "infra/tests").splitlines()[-1]


CHECKS: dict[str, Callable[[], str]] = {
    "types of infra": check_types,
    "synthesis": check_stages,
    "cfn-lint": check_templates,
    "tests of the templates": check_tests,
    "deployed locally": lambda: run_deployed(BUILD / "ministack.log", say=_say),
}


def _run(program: str, *arguments: str) -> str:
    """A program of this virtualenv."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CheckError(f"{program} failed:\n{(done.stdout + done.stderr).strip()[-8000:]}")
    return done.stdout.strip()


def _say(line: str) -> None:
    sys.stdout.write(f"   {line}\n")
    sys.stdout.flush()


def main() -> int:
    os.chdir(ROOT)
    begun = time.monotonic()
    for name, check in CHECKS.items():
        started = time.monotonic()
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        try:
            found = check()
        except Exception as error:  # noqa: BLE001 - whatever it is, its reason is to come last
            sys.stdout.write(f"== {name} FAILED after {time.monotonic() - started:.0f} s:\n{_reason(error)}\n")
            return 1
        _say(f"{found} ({time.monotonic() - started:.0f} s)")
    sys.stdout.write(f"== the deployment holds, after {time.monotonic() - begun:.0f} s\n")
    return 0


def _reason(error: Exception) -> str:
    """Node's stack under a failed synthesis helps nobody: the report beside the template does."""
    report = next((path for path in _reports() if "ValidationFailed" in str(error)), None)
    return report.read_text() if report else f"{type(error).__name__}: {error}"


def _reports() -> list[Path]:
    return sorted(TARGET.glob("*/validation-report.json"), key=lambda path: path.stat().st_mtime, reverse=True)


if __name__ == "__main__":
    sys.exit(main())
