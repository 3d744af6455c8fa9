"""What the node signs is what AWS's SDK for Python would, and its credentials come from where AWS puts them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sbc.hook.aws_signing import AwsSigner
from tests.conftest import ROOT
from tests.sbc.http_service import serving

ENDPOINT = "https://sqs.sa-east-1.amazonaws.com"
BODY = b'{"QueueUrl":"https://sqs.sa-east-1.amazonaws.com/1/q"}'
HEADERS = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.ReceiveMessage"}
KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token/with+signs="

#: Signs one request in a process of its own, whose environment says where credentials are.
SIGN = f"""
import asyncio, json
from sbc.hook.aws_signing import AwsSigner, SigningError
async def sign():
    signer = AwsSigner(endpoint={ENDPOINT!r}, region="sa-east-1", service="sqs")
    try:
        await signer.sign("POST", "/", {{}}, b"")
        return await signer.sign("POST", "/", {HEADERS!r}, {BODY!r})
    except SigningError as error:
        return {{"error": str(error)}}
print(json.dumps(asyncio.run(sign())))
"""


def signed_by_botocore(at: str, token: str | None) -> str:
    """The Authorization header of the same request at the same instant."""
    request = AWSRequest("POST", f"{ENDPOINT}/", data=BODY, headers=dict(HEADERS))
    request.context["timestamp"] = at
    auth = SigV4Auth(Credentials(KEY, SECRET, token), "sqs", "sa-east-1")
    request.headers["X-Amz-Date"] = at
    if token:
        request.headers["X-Amz-Security-Token"] = token
    canonical = auth.canonical_request(request)
    signature = auth.signature(auth.string_to_sign(request, canonical), request)
    return str(signature)


def sign_in(environment: dict[str, str]) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), "/nowhere")
    away = files | {"AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [sys.executable, "-c", SIGN],
        cwd=ROOT,
        env=bare | away | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_signature_is_what_botocore_makes_of_the_same_request(token: str | None) -> None:
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    signed = sign_in(keys | ({"AWS_SESSION_TOKEN": token} if token else {}))

    scope = f"{signed['X-Amz-Date'][:8]}/sa-east-1/sqs/aws4_request"
    signature = signed_by_botocore(signed["X-Amz-Date"], token)
    assert f"Credential={KEY}/{scope}" in signed["Authorization"]
    assert signed["Authorization"].endswith(f"Signature={signature}")
    assert signed.get("X-Amz-Security-Token") == token
    made = datetime.strptime(signed["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - made).total_seconds()) < 60


class _Metadata(BaseHTTPRequestHandler):
    """The agent of ECS that gives a task its credentials."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {self.headers['Authorization']}")
        ends = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = {"AccessKeyId": KEY, "SecretAccessKey": SECRET, "Token": TOKEN, "Expiration": ends}
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def agent() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Agent", (_Metadata,), {"asked": asked})
    with serving(handler) as url:
        yield f"{url}/v2/credentials", asked


def test_a_task_of_ecs_signs_with_its_roles_credentials(agent: tuple[str, list[str]]) -> None:
    url, asked = agent

    signed = sign_in({"AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "agent-token"})

    assert signed["X-Amz-Security-Token"] == TOKEN
    assert f"Credential={KEY}/" in signed["Authorization"]
    assert asked == ["/v2/credentials agent-token"]  # once for two requests


def test_without_credentials_there_is_a_reason_not_a_request() -> None:
    assert "no credentials" in sign_in({})["error"]


def test_many_requests_at_once_are_signed_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    async def sign_all() -> list[dict[str, Any]]:
        signer = AwsSigner(endpoint=ENDPOINT, region="sa-east-1", service="sqs")
        return await asyncio.gather(*(signer.sign("POST", "/", HEADERS, b"%d" % n) for n in range(20)))

    signed = asyncio.run(sign_all())

    assert len({each["Authorization"] for each in signed}) == 20
