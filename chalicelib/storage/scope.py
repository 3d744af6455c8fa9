"""The proof that comes first in every storage call: whose data this is."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.storage import keys


@dataclass(frozen=True, slots=True)
class PlatformScope:
    @property
    def pk(self) -> str:
        return keys.PLATFORM

    @property
    def isp_id(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class IspScope:
    isp_id: str

    @property
    def pk(self) -> str:
        return keys.isp(self.isp_id)


@dataclass(frozen=True, slots=True)
class TenantScope:
    """A tenant that was read and found to belong to the ISP; ``sbc_id`` is where its changes go."""

    isp_id: str
    tenant_id: str
    sbc_id: str
    domain: str

    @property
    def pk(self) -> str:
        return keys.tenant(self.tenant_id)


Scope = PlatformScope | IspScope | TenantScope
