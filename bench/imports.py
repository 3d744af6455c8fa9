"""What a cold start pays before it does anything: ``import app`` of the deployed package against ``import boto3``.

The package is the one that Lambda gets (``infra/package.py``), built for this machine, compiled ahead with unchecked
hashes (nothing is compared with a source at start), with a stage's settings, in clean interpreters in turn. CPU time of
the processes; a bare interpreter's is taken off. The package imports the API's modules when they are first asked for:
what the first request adds is shown too. The size is that of the package for Lambda's arm64.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.figure import Figure, at_most, shown
from bench.programs import BenchError
from infra.package import build_package, measure, zip_package
from infra.wheels import ROOT

BUILD = ROOT / "build"
ROUNDS = 5
ROUNDS_SHOWN = 2
TARGET = 2.0
MOST_MEGABYTES = 40.0  # of 1,000,000 bytes
LOAD = "import app; app.app.before({path!r})"
MEASURED = {
    "bare": "pass",
    "boto3": "import boto3",
    "client": "import boto3; boto3.client('dynamodb', region_name='us-east-1')",
    "app": "import app",
}
ADDED = {
    "a login": LOAD.format(path="/v1/auth/login"),
    "a node's call records": LOAD.format(path="/v1/sbc/cdrs"),
    "every module of the API": "import app, chalicelib.handlers.blueprints",
}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "PATCHBAY_STAGE": "production",
    "PATCHBAY_TABLE_NAME": "patchbay-production",
    "PATCHBAY_PLATFORM_DOMAIN": "pbx.example.com",
    "PATCHBAY_PUBLIC_URL": "https://pbx.example.com",
    "PATCHBAY_MAIL_ADAPTER": "ses",
    "PATCHBAY_MAIL_FROM": "Patchbay <noreply@pbx.example.com>",
    "PATCHBAY_SECRETS_ADAPTER": "secretsmanager",
    "PATCHBAY_FILES_ADAPTER": "s3",
    "PATCHBAY_FILES_BUCKET": "bench",
    "PATCHBAY_QUEUE_ADAPTER": "sqs",
    "PATCHBAY_WORK_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/000000000000/bench",
    "PATCHBAY_SPEECH_ADAPTER": "polly",
}


def figures() -> list[Figure]:
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as directory:
        package = build_package(Path(directory) / "package", platform="local", linked=True)
        for code in (MEASURED["client"], ADDED["every module of the API"]):
            _cpu_s(package, code)  # the files are in the page cache after this
        times = [{name: _cpu_s(package, code) for name, code in MEASURED.items()} for _ in range(ROUNDS)]
        app_s = median(each["app"] for each in times)
        added = [_added(package, what, code, app_s) for what, code in ADDED.items()]
        size = _size(Path(directory))
    return [_against("boto3", "boto3 alone", times), _against("client", "boto3 with a client", times), *added, size]


def _against(other: str, what: str, times: list[dict[str, float]]) -> Figure:
    ratios = [(each["app"] - each["bare"]) / (each[other] - each["bare"]) for each in times]
    middle = {name: median(each[name] for each in times) * 1000 for name in ("bare", other, "app")}
    note = ", ".join(f"{name} {value:.0f} ms" for name, value in middle.items())
    note = f"median of {ROUNDS} rounds in turn, {min(ratios):.2f} to {max(ratios):.2f}; CPU of a process: {note}"
    return at_most(f"cold start: import of the package against {what}", median(ratios), "times", TARGET, note=note)


def _added(package: Path, what: str, code: str, app_s: float) -> Figure:
    whole_s = median(_cpu_s(package, code) for _ in range(ROUNDS_SHOWN))
    note = f"CPU, median of {ROUNDS_SHOWN} processes; no request is made, so no connection is in it"
    return shown(f"imports on top for {what}", (whole_s - app_s) * 1000, "ms", note=note, digits=0)


def _size(directory: Path) -> Figure:
    package = build_package(directory / "arm64", linked=True)
    whole, without_botocore = measure(package)
    zipped = zip_package(package, directory / "package.zip").stat().st_size
    note = f"for arm64, sources and compiled files; with botocore {whole / 1e6:.1f} MB, zipped {zipped / 1e6:.1f} MB"
    name = "package unzipped without botocore"
    return at_most(name, without_botocore / 1e6, "MB", MOST_MEGABYTES, note=note, digits=1)


def _cpu_s(package: Path, code: str) -> float:
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(package)!r}); {code}"],
        cwd=package.parent,
        env={**ENVIRONMENT, "PATH": os.environ["PATH"]},
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise BenchError(f"{code}: ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
