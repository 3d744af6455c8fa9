"""A function's cold start: the built package alone, with the environment that Lambda and the stack give it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import app
from chalicelib.settings import NAMED_BY_STAGE, STAND_INS, SettingsError, settings
from infra.wheels import ROOT

STAGE = {
    "AWS_REGION": "eu-central-1",
    "PATCHBAY_STAGE": "staging",
    "PATCHBAY_REGION": "eu-central-1",
    "PATCHBAY_TABLE_NAME": "patchbay-staging",
    "PATCHBAY_PLATFORM_DOMAIN": "pbx.example.com",
    "PATCHBAY_PUBLIC_URL": "https://pbx.example.com",
    "PATCHBAY_MAIL_ADAPTER": "ses",
    "PATCHBAY_MAIL_FROM": "Patchbay <noreply@pbx.example.com>",
    "PATCHBAY_SECRETS_ADAPTER": "secretsmanager",
    "PATCHBAY_FILES_ADAPTER": "s3",
    "PATCHBAY_FILES_BUCKET": "patchbay-staging-files",
    "PATCHBAY_QUEUE_ADAPTER": "sqs",
    "PATCHBAY_WORK_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/000000000000/patchbay-staging-work",
    "PATCHBAY_SPEECH_ADAPTER": "polly",
}
TRACED = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
}
HEALTH = {
    "resource": "/v1/health", "path": "/v1/health", "httpMethod": "GET", "headers": {"Host": "x"},
    "multiValueHeaders": {"Host": ["x"]}, "queryStringParameters": None, "multiValueQueryStringParameters": None,
    "pathParameters": None, "stageVariables": None, "body": None, "isBase64Encoded": False,
    "requestContext": {
        "resourcePath": "/v1/health", "httpMethod": "GET", "requestId": "req-1", "identity": {"sourceIp": "192.0.2.1"},
    },
}  # fmt: skip
#: What Lambda's own bootstrap does: import the handler's module, call its attribute with event and context.
INVOKE = """
import importlib, json
class Context:
    aws_request_id, function_name, memory_limit_in_mb = "lambda-1", "api", 512
    invoked_function_arn, function_version = "arn:aws:lambda:eu-central-1:000000000000:function:api", "$LATEST"
    get_remaining_time_in_millis = staticmethod(lambda: 20_000)
module, _, name = {handler!r}.rpartition(".")
print("ANSWER", json.dumps(getattr(importlib.import_module(module), name)({event!r}, Context())))
"""


ASK_FOR_ALL = """
import json
from pathlib import Path
from app import app
from chalicelib.handlers.loading import TABLE
routes = lambda: {path: sorted(methods) for path, methods in app.routes.items()}
before = routes()
for path in [*json.loads(TABLE.read_text()), "/v1/health", "/v1/nowhere"]:
    app.before(path)
print(json.dumps({"before": before, "after": routes()}))
"""


def run(package: Path, code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """``code`` with the package alone on its path."""
    only = (
        f"import sys\nsys.path[:] = [path for path in sys.path if 'site-packages' not in path] + [{str(package)!r}]\n"
    )
    lambda_gives = {"AWS_LAMBDA_FUNCTION_NAME": "api", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", only + code],
        cwd="/",
        env={**lambda_gives, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def start(package: Path, handler: str, event: object, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return run(package, INVOKE.format(handler=handler, event=event), environment)


def answer_of(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    found: dict[str, object] = json.loads(line.removeprefix("ANSWER "))
    return found


def test_the_api_answers_from_the_package_alone_with_the_settings_of_a_stage(local_package: Path) -> None:
    done = start(local_package, "app.app", HEALTH, {**STAGE, **TRACED})

    answer = answer_of(done)
    assert (answer["statusCode"], json.loads(str(answer["body"]))) == (200, {"status": "ok"})
    (log,) = [json.loads(line) for line in done.stdout.splitlines() if '"message":"request"' in line]
    assert (log["request_id"], log["function_request_id"]) == ("req-1", "lambda-1")
    assert log["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_each_module_is_imported_when_its_route_is_first_asked_for_and_none_is_missing(local_package: Path) -> None:
    event = {**HEALTH, "path": "/v1/openapi.json", "resource": "/v1/openapi.json"}
    event["requestContext"] = {**HEALTH["requestContext"], "resourcePath": "/v1/openapi.json"}  # type: ignore[dict-item]
    answer = answer_of(start(local_package, "app.app", event, STAGE))

    assert json.loads(str(answer["body"])) == json.loads((ROOT / "consoles" / "openapi.json").read_text())
    assert set(json.loads((local_package / "chalicelib" / "handlers" / "routes.json").read_text())) == set(app.routes)


def test_all_routes_are_served_once_they_have_been_asked_for(local_package: Path) -> None:
    done = run(local_package, ASK_FOR_ALL, STAGE)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["before"] == {}
    assert found["after"] == {path: sorted(methods) for path, methods in app.routes.items()}


@pytest.mark.parametrize("source", app.event_sources, ids=lambda source: source.name)
def test_every_function_is_found_under_its_handlers_name(source: object) -> None:
    module, _, name = source.handler_string.rpartition(".")  # type: ignore[attr-defined]

    assert getattr(sys.modules[module], name) is app.handler_map[source.name]  # type: ignore[attr-defined]


def test_the_consumer_starts_without_the_api_having_been_asked(local_package: Path) -> None:
    (source,) = [source for source in app.event_sources if source.name == "work_on_queue"]

    done = start(local_package, source.handler_string, {"Records": []}, STAGE)

    assert answer_of(done) == {"batchItemFailures": []}


@pytest.mark.parametrize("left_out", [{}, {"PATCHBAY_STAGE": "embedded"}])
def test_a_function_without_a_stage_does_not_start(local_package: Path, left_out: dict[str, str]) -> None:
    environment = {name: value for name, value in STAGE.items() if name != "PATCHBAY_STAGE"} | left_out

    done = start(local_package, "app.app", HEALTH, environment)

    assert done.returncode != 0
    assert "SettingsError: PATCHBAY_STAGE" in done.stderr


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in [name for name in os.environ if name.startswith("PATCHBAY_")]:  # of other tests' embedded system
        monkeypatch.delenv(name)
    for name, value in STAGE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_stages_settings_are_taken(stage: pytest.MonkeyPatch) -> None:
    found = settings.__wrapped__()

    assert (found.stage, found.table_name, found.queue_adapter) == ("staging", "patchbay-staging", "sqs")


@pytest.mark.parametrize("name", STAND_INS)
def test_no_stage_takes_what_stands_in_for_a_service_on_one_machine(name: str, stage: pytest.MonkeyPatch) -> None:
    stage.setenv(f"PATCHBAY_{name.upper()}", STAND_INS[name])

    with pytest.raises(SettingsError, match=f"PATCHBAY_{name.upper()}: .*'staging'"):
        settings.__wrapped__()


@pytest.mark.parametrize("name", NAMED_BY_STAGE)
def test_no_stage_takes_the_name_of_one_machine(name: str, stage: pytest.MonkeyPatch) -> None:
    stage.delenv(f"PATCHBAY_{name.upper()}")

    with pytest.raises(SettingsError, match=f"PATCHBAY_{name.upper()}: stage 'staging' needs a value"):
        settings.__wrapped__()
