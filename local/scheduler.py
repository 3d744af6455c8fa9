"""``python -m local.scheduler``: runs the Chalice app's own schedules, as EventBridge does for the deployed one, and
its queue's consumer, as Lambda does (``worker.py``).

A run is named by job and period (``expire#2971234``): it happens once per period, over restarts too, and a period that
was missed is not made up for: handlers are idempotent and look at what is due, not at how often they were called.
"""

from __future__ import annotations

import json
import logging
import re
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.front.wsgi import FunctionContext
from local.settings import find_paths
from local.worker import start_worker

log = logging.getLogger("scheduler")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_UNIT_S = {"minute": 60, "hour": 3600, "day": 86400}
_TICK_S = 0.5
_IDLE_S = 5.0
_ON_THREADS = frozenset({"run_migrations"})  # schedules whose work is too long for the loop of all others
_REMEMBERED_S = 60  # a job that runs every few seconds may as well run again after a restart


class ScheduleError(ValueError):
    """A schedule that this scheduler can't keep; the message names it."""


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    every_s: int
    run: Callable[[str, int], object]  # the run's key, the instant in milliseconds

    def find_period(self, now_ms: int) -> int:
        return now_ms // (self.every_s * 1000)


class Scheduler:
    def __init__(self, jobs: Sequence[Job], *, state: Path) -> None:
        """``state``: the file that remembers the last period of each job."""
        self._jobs = jobs
        self._state = state
        self._done: dict[str, int] = _read_state(state)

    def run_due(self, now_ms: int) -> list[str]:
        """Runs what is due and returns the keys of the runs that succeeded; a failed one is due again at once."""
        return [key for job in self._jobs if (key := self._run_if_due(job, now_ms)) is not None]

    def _run_if_due(self, job: Job, now_ms: int) -> str | None:
        period = job.find_period(now_ms)
        if self._done.get(job.name) == period:
            return None
        key = f"{job.name}#{period}"
        try:
            job.run(key, now_ms)
        except Exception:
            log.exception("job failed key=%s", key)
            return None
        self._done[job.name] = period
        if job.every_s >= _REMEMBERED_S:
            temporary = self._state.with_suffix(".new")
            temporary.write_text(json.dumps(self._done))
            temporary.replace(self._state)
        return key


def _read_state(path: Path) -> dict[str, int]:
    """A file that can't be read counts as none: jobs may then run twice in a period, which they allow."""
    try:
        found: Mapping[str, Any] = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return {name: period for name, period in found.items() if isinstance(period, int)}


def find_jobs(app: Any) -> list[Job]:
    """One job for each ``schedule`` of a Chalice app. Raises ``ScheduleError``."""
    from chalice.app import ScheduledEventConfig

    sources = [source for source in app.event_sources if isinstance(source, ScheduledEventConfig)]
    return [_make_job(source.name, source.schedule_expression, app.handler_map[source.name]) for source in sources]


def make_outbox_job() -> Job:
    """The app's own sweep, sixty times as often as EventBridge can: on one machine that costs nothing."""
    from chalicelib.workflows.expand_outbox import expand_outbox

    return Job(name="outbox", every_s=1, run=lambda _key, _now_ms: expand_outbox())


def make_expiry_job() -> Job:
    """What DynamoDB does by itself in AWS: items whose ``ttl`` has passed are removed."""
    from chalicelib.storage.database import database
    from local.expire_items import expire_items

    return Job(
        name="expiry",
        every_s=3600,
        run=lambda _key, now_ms: expire_items(database().client, database().table_name, now_s=now_ms // 1000),
    )


def start_migrations(ended: threading.Event) -> threading.Thread:
    """What a schedule does in AWS: data migrations, at once and until all are done, also those run again by order."""
    from chalicelib.workflows.run_migrations import run_migrations

    def work() -> None:
        done = False
        while not ended.wait(_IDLE_S if done else _TICK_S):
            try:
                done = run_migrations(stop=ended.is_set)
            except Exception:
                log.exception("migrations failed")

    worker = threading.Thread(target=work, name="migrations")
    worker.start()
    return worker


def _make_job(name: str, schedule: Any, handler: Callable[[dict[str, Any], Any], object]) -> Job:
    expression = schedule if isinstance(schedule, str) else schedule.to_string()
    rate = _RATE.fullmatch(expression)
    if rate is None:
        raise ScheduleError(f"{name}: {expression!r} is no rate of minutes, hours or days")

    def run(key: str, now_ms: int) -> object:
        return handler(_make_event(key, now_ms), FunctionContext(aws_request_id=key))

    return Job(name=name, every_s=int(rate[1]) * _UNIT_S[rate[2]], run=run)


def _make_event(key: str, now_ms: int) -> dict[str, Any]:
    """EventBridge's scheduled event."""
    return {
        "version": "0",
        "id": key,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.fromtimestamp(now_ms / 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "local",
        "resources": [],
        "detail": {},
    }


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    from app import app
    from chalicelib.clients.queue import directory_work_queue

    paths = find_paths()
    schedules = [job for job in find_jobs(app) if job.name not in _ON_THREADS]
    jobs = [*schedules, make_outbox_job(), make_expiry_job()]
    scheduler = Scheduler(jobs, state=paths.var / "scheduler.json")
    beat = paths.run / "scheduler.beat"
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    queue = directory_work_queue()
    queue.release()
    workers = [start_worker(queue, app.handler_map["work_on_queue"], ended=ended), start_migrations(ended)]
    while not ended.wait(_TICK_S):
        scheduler.run_due(time.time_ns() // 1_000_000)
        beat.touch()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
