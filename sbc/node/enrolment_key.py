"""The one-time key of a node, from where the operator puts it: a parameter of AWS Systems Manager."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from chalicelib.domain import fields
from sbc.hook.change_queue import Signer
from sbc.hook.http_client import HttpClient
from sbc.hook.jsonio import dump, load_object

log = logging.getLogger(__name__)

AGAIN_S = 15.0
_ANSWER_S = 5.0


async def wait_for_key(
    name: str, *, client: HttpClient, signer: Signer, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> str:
    """A node may be started before its key is made: it is asked for until it is there."""
    while True:
        try:
            if key := await find_key(name, client=client, signer=signer):
                return key
            log.info("waiting for the enrolment key in parameter %s", name)
        except (OSError, fields.FieldError) as error:
            log.warning("the enrolment key can't be read: %s", error)
        await pause(AGAIN_S)


async def find_key(name: str, *, client: HttpClient, signer: Signer) -> str | None:
    """None if there is no such parameter. Raises ``OSError``."""
    body = dump({"Name": name, "WithDecryption": True})
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter"}
    signed = await signer.sign("POST", "/", headers, body)
    answer = await client.request("POST", "/", headers=signed, body=body, timeout_s=_ANSWER_S)
    found = load_object(answer.decoded())
    if answer.status == 200:
        return fields.text(fields.child(found, "Parameter"), "Value").strip()
    code = str(found.get("__type", "")).rpartition("#")[2]
    if code == "ParameterNotFound":
        return None
    raise OSError(f"GetParameter: status {answer.status} {code}".rstrip())
