"""TXT records by name: from the DNS, or from a JSON file ``{name: [text, ..]}`` on an embedded machine."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Protocol

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.settings import settings

LIFETIME_S = 5.0


class Dns(Protocol):
    def find_txt(self, name: str) -> list[str]:
        """The texts of the name's TXT records; none if there are none. Raises ``try_again`` if it can't be known."""


class FileDns:
    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def find_txt(self, name: str) -> list[str]:
        if not self._path.exists():
            return []
        records: dict[str, list[str]] = json.loads(self._path.read_text())
        return list(records.get(name.lower(), []))


class ResolverDns:
    """The resolvers of /etc/resolv.conf, or ``nameservers`` (addresses) at ``port``."""

    def __init__(self, *, nameservers: tuple[str, ...] = (), port: int = 53, lifetime_s: float = LIFETIME_S) -> None:
        from dns.resolver import Resolver

        self._resolver = Resolver(configure=not nameservers)
        if nameservers:
            self._resolver.nameservers = list(nameservers)
            self._resolver.port = port
        self._lifetime_s = lifetime_s

    def find_txt(self, name: str) -> list[str]:
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN, NoAnswer

        try:
            answer = self._resolver.resolve(name, "TXT", lifetime=self._lifetime_s)
        except (NXDOMAIN, NoAnswer):
            return []
        except DNSException as error:
            raise PatchbayError("try_again", say("dns_silent")) from error
        return [b"".join(record.strings).decode(errors="replace") for record in answer]


@cache
def dns() -> Dns:
    return FileDns(settings().dns_file) if settings().dns_adapter == "file" else ResolverDns()
