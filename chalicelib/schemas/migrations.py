"""Data migrations as the platform's admin sees them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chalicelib.schemas.common import Instant, View


class MigrationView(View):
    number: int
    name: str
    about: str
    state: Literal["pending", "running", "done"]
    isp_id: str = Field(description="Where it is: the ISP that is worked on; empty between two")
    seen: int = Field(description="Items looked at in this run")
    changed: int = Field(description="Items written in this run")
    steps: int
    runs: int = Field(description="How often it was begun; 0: never, as it had nothing to do in a new installation")
    started_at: Instant | None
    moved_at: Instant | None = Field(description="When the last step was taken")
    ended_at: Instant | None
    waits_until: Instant | None = Field(description="The next step isn't taken before")
    failures: int = Field(description="In a row; each makes the pause before the next try longer, up to ten minutes")
    last_error: str = Field(description="A code; the log says more. Stays until the run is through")
    last_error_at: Instant | None


class MigrationList(View):
    items: list[MigrationView]
