"""The one-time key of a node comes from a parameter, as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import boto3
import pytest
import requests
from moto import mock_aws

from sbc.hook.aws_signing import AwsSigner
from sbc.hook.http_client import HttpAnswer
from sbc.node.enrolment_key import find_key, wait_for_key

REGION = "us-east-1"
ENDPOINT = f"https://ssm.{REGION}.amazonaws.com"
NAME = "/patchbay/dev/sbc/a/enrolment-key"


class MotoClient:
    """``HttpClient``, whose requests moto answers in this process."""

    async def request(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> HttpAnswer:
        answer = await asyncio.to_thread(
            requests.request, method, ENDPOINT + target, headers=dict(headers), data=body, timeout=timeout_s
        )
        return HttpAnswer(status=answer.status_code, body=answer.content)


def put_key(key: str) -> None:
    boto3.client("ssm", region_name=REGION).put_parameter(Name=NAME, Value=key, Type="SecureString")


def test_a_key_that_isnt_there_yet_is_waited_for() -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            put_key("once\n")

    with mock_aws():
        signer = AwsSigner(endpoint=ENDPOINT, region=REGION, service="ssm")
        key = asyncio.run(wait_for_key(NAME, client=MotoClient(), signer=signer, pause=pause))  # type: ignore[arg-type]

    assert (key, pauses) == ("once", [15.0, 15.0])


class Refusing:
    async def request(self, *_: object, **__: object) -> HttpAnswer:
        return HttpAnswer(status=400, body=b'{"__type":"com.amazon.coral.service#AccessDeniedException"}')


class Unsigned:
    async def sign(self, _method: str, _target: str, headers: dict[str, str], _body: bytes) -> dict[str, str]:
        return headers


def test_a_refusal_says_what_it_is() -> None:
    with pytest.raises(OSError, match="GetParameter: status 400 AccessDeniedException"):
        asyncio.run(find_key(NAME, client=Refusing(), signer=Unsigned()))  # type: ignore[arg-type]
