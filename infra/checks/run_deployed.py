"""The stack in the local cloud, from its creation over the smoke test to its deletion."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from infra.application import read_application
from infra.checks.client import Client
from infra.checks.cloud import Cloud, CloudError, local_cloud
from infra.checks.deploy import Deployed, deploy, destroy, make_zone
from infra.checks.smoke import STEPS, Walk
from infra.config import StageConfig, example_config
from infra.synth import BUILD, ROOT, TARGET, synthesise

ADMIN = "root@example.net"
PRODUCT = ROOT / ".venv/bin/python"
STAGE = "production"


def run_deployed(log: Path, *, say: Callable[[str], None]) -> str:
    """``say`` hears each step's result. Raises with the functions' errors and the end of ``log``."""
    wanted = example_config(STAGE, alarm_email="ops@example.net")
    with local_cloud(region=wanted.region, log=log) as cloud:
        config = example_config(STAGE, alarm_email="ops@example.net", hosted_zone_id=make_zone(cloud, wanted.domain))
        template = synthesise(config, read_application(BUILD, here=True), TARGET / "local")
        deployed = deploy(cloud, template)
        say(f"{len(deployed.made)} resources made; not as on AWS:")
        for why in dict.fromkeys(deployed.changed.values()):
            names = [name for name, reason in deployed.changed.items() if reason == why]
            say(f"  {why}: {len(names)} ({', '.join(names[:3])}{', ..' if len(names) > 3 else ''})")
        try:
            _walk(cloud, config, deployed, say)
        except Exception as error:
            raise CloudError("\n".join((cloud.last_lines(), *_errors_of_functions(cloud), str(error)))) from error
        destroy(cloud, deployed)
    return f"the stack was made, used and deleted; its log is {log.relative_to(ROOT)}"


def _walk(cloud: Cloud, config: StageConfig, deployed: Deployed, say: Callable[[str], None]) -> None:
    run = partial(_run_product, cloud)
    walk = Walk(
        cloud=cloud,
        config=config,
        deployed=deployed,
        run_product=run,
        public=Client(cloud.port, config.api_domain),
        admin_email=ADMIN,
        admin_password=_first_admin(run, config),
    )
    for step in STEPS:
        started = time.monotonic()
        try:
            found = step(walk)
        except Exception as error:
            raise CloudError(f"{step.__name__}: {error}") from error
        say(f"{step.__name__}: {found} ({time.monotonic() - started:.1f} s)")


def _first_admin(run: Callable[..., str], config: StageConfig) -> str:
    """As an operator does it, by the command of docs/deploy.md; the password."""
    said = run("-m", "infra.first_admin", config.stage, "--email", ADMIN, "--region", config.region)
    found = re.search(r"^password +(\S+)$", said, re.MULTILINE)
    if found is None:
        raise CloudError(f"infra.first_admin said {said}")
    return found[1]


def _run_product(cloud: Cloud, *arguments: str) -> str:
    done = subprocess.run(
        [str(PRODUCT), *arguments],
        cwd=ROOT,
        env={**os.environ, **cloud.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CloudError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _errors_of_functions(cloud: Cloud) -> list[str]:
    """The last of what functions logged as errors: beginning and end, which is where exceptions say what they are."""
    client = cloud.client("logs")
    lines: list[tuple[int, str]] = []
    for group in client.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
        name = group["logGroupName"]
        for stream in client.describe_log_streams(logGroupName=name)["logStreams"]:
            events = client.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"])["events"]
            lines += [(event["timestamp"], f"{name}: {event['message']}") for event in events]
    wrong = re.compile(r'"level":"(ERROR|CRITICAL|WARNING)"|\[ERROR\]|Traceback|Task timed out|AccessDenied')
    found = [line for _, line in sorted(lines) if wrong.search(line)]
    return [line if len(line) < 2000 else f"{line[:500]} [..] {line[-1500:]}" for line in found[-5:]]
