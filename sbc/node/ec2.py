"""Elastic IPs of EC2, by its Query API (docs.aws.amazon.com, "Amazon EC2 API Reference")."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from sbc.hook.change_queue import Signer
from sbc.hook.http_client import HttpClient

VERSION = "2016-11-15"
_ANY = "{*}"  # answers have the API's namespace, errors none
_ANSWER_S = 5.0


class Ec2Error(OSError):
    """EC2 didn't do it; the message has its code."""


@dataclass(frozen=True, slots=True)
class ElasticIp:
    allocation_id: str
    public: str
    interface_id: str = ""  # that it is at; "": nowhere
    private: str = ""


class Ec2:
    """All raise ``Ec2Error``."""

    def __init__(self, *, client: HttpClient, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    async def addresses(self, allocation_ids: Iterable[str]) -> list[ElasticIp]:
        asked = {f"AllocationId.{number}": each for number, each in enumerate(allocation_ids, start=1)}
        answer = await self._request("DescribeAddresses", asked)
        return [
            ElasticIp(
                allocation_id=_text(item, "allocationId"),
                public=_text(item, "publicIp"),
                interface_id=_text(item, "networkInterfaceId"),
                private=_text(item, "privateIpAddress"),
            )
            for item in answer.iterfind(f"{_ANY}addressesSet/{_ANY}item")
        ]

    async def associate(self, allocation_id: str, *, interface_id: str, private: str) -> None:
        """Takes the address from wherever it is."""
        asked = {"AllocationId": allocation_id, "NetworkInterfaceId": interface_id, "PrivateIpAddress": private}
        await self._request("AssociateAddress", {**asked, "AllowReassociation": "true"})

    async def _request(self, action: str, asked: dict[str, str]) -> ET.Element:
        body = urlencode({"Action": action, "Version": VERSION, **asked}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        try:
            signed = await self._signer.sign("POST", "/", headers, body)
            answer = await self._client.request("POST", "/", headers=signed, body=body, timeout_s=_ANSWER_S)
            root = ET.fromstring(answer.decoded())  # noqa: S314 (AWS's own, by TLS)
        except (OSError, ET.ParseError) as error:
            raise Ec2Error(f"{action}: {error}") from error
        if answer.status != 200:
            raise Ec2Error(f"{action}: status {answer.status} {root.findtext(f'.//{_ANY}Code', '')}".rstrip())
        return root


def _text(item: ET.Element, name: str) -> str:
    return item.findtext(f"{_ANY}{name}", "")
