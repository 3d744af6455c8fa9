from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from chalice import Blueprint, Rate

from chalicelib.chalice_app import PatchbayApp
from local.scheduler import Job, ScheduleError, Scheduler, find_jobs
from tests.api_client import ApiClient

MINUTE_MS = 60_000


class Runs:
    def __init__(self) -> None:
        self.keys: list[str] = []
        self.fails = False

    def run(self, key: str, now_ms: int) -> None:
        self.keys.append(key)
        if self.fails:
            raise RuntimeError("told to fail")


def test_a_job_runs_once_in_each_period(tmp_path: Path) -> None:
    runs = Runs()
    scheduler = Scheduler([Job("sweep", 60, runs.run)], state=tmp_path / "state.json")

    for now_ms in (0, 500, MINUTE_MS - 1, MINUTE_MS, MINUTE_MS + 1, 5 * MINUTE_MS):
        scheduler.run_due(now_ms)

    assert runs.keys == ["sweep#0", "sweep#1", "sweep#5"]


def test_a_restart_does_not_run_a_period_again(tmp_path: Path) -> None:
    runs = Runs()
    state = tmp_path / "state.json"
    Scheduler([Job("sweep", 60, runs.run)], state=state).run_due(MINUTE_MS)

    Scheduler([Job("sweep", 60, runs.run)], state=state).run_due(MINUTE_MS + 10)

    assert runs.keys == ["sweep#1"]


def test_jobs_of_seconds_leave_the_state_file_alone(tmp_path: Path) -> None:
    runs = Runs()
    state = tmp_path / "state.json"

    Scheduler([Job("outbox", 1, runs.run)], state=state).run_due(0)

    assert runs.keys == ["outbox#0"]
    assert not state.exists()


def test_a_job_that_fails_is_tried_again_and_does_not_stop_the_others(tmp_path: Path) -> None:
    broken, sound = Runs(), Runs()
    broken.fails = True
    jobs = [Job("broken", 60, broken.run), Job("sound", 60, sound.run)]
    scheduler = Scheduler(jobs, state=tmp_path / "state.json")

    first = scheduler.run_due(0)
    broken.fails = False
    second = scheduler.run_due(500)

    assert first == ["sound#0"]
    assert second == ["broken#0"]
    assert sound.keys == ["sound#0"]


def test_a_state_file_that_is_damaged_counts_as_none(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{")
    runs = Runs()

    Scheduler([Job("sweep", 60, runs.run)], state=state).run_due(0)

    assert runs.keys == ["sweep#0"]


def test_the_jobs_are_the_schedules_of_the_chalice_app() -> None:
    app = PatchbayApp("jobs", configure_logs=False, env={})
    blueprint = Blueprint("jobs")
    seen: list[dict[str, Any]] = []

    @blueprint.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
    def sweep(event: Any) -> None:
        seen.append(event.to_dict())

    app.register_blueprint(blueprint)

    (job,) = find_jobs(app)
    job.run("sweep#1", 300_000)

    assert (job.name, job.every_s) == ("sweep", 300)
    assert (seen[0]["id"], seen[0]["time"]) == ("sweep#1", "1970-01-01T00:05:00Z")


def test_the_products_own_schedules_are_run_by_their_handlers(api: ApiClient) -> None:
    from app import app

    jobs = {job.name: job for job in find_jobs(app)}

    assert {name: job.every_s for name, job in jobs.items()} == {
        "sweep_outbox": 60,
        "sweep_jobs": 60,
        "delete_files": 60,
        "check_ledgers": 600,
        "run_migrations": 300,
    }
    for name, job in jobs.items():
        job.run(f"{name}#1", 0)  # a handler that fails raises


def test_a_cron_expression_is_refused_by_name() -> None:
    app = PatchbayApp("cron", configure_logs=False, env={})

    @app.schedule("cron(0 0 * * ? *)", name="nightly")
    def nightly(event: Any) -> None: ...

    with pytest.raises(ScheduleError, match="nightly"):
        find_jobs(app)
