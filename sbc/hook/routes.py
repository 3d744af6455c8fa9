"""The hook's HTTP surface (docs/interfaces.md): paths to what answers them."""

from __future__ import annotations

import logging
import time
from collections import Counter as Tally
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import Any

from chalicelib.domain import fields
from chalicelib.domain.fields import FieldError
from chalicelib.domain.gateway_sources import gateways_at
from chalicelib.domain.parts import index_key
from sbc.hook.call_control import CallControl
from sbc.hook.credentials import Credentials
from sbc.hook.dead_media import DeadMedia
from sbc.hook.http_server import Request, Response
from sbc.hook.journal import JournalError
from sbc.hook.jsonio import dump, load_object
from sbc.hook.metrics import Metrics
from sbc.hook.part_source import PartGoneError, SourceError
from sbc.hook.parts_store import PartsStore
from sbc.hook.peers import Peers

log = logging.getLogger(__name__)

PROMETHEUS = "text/plain; version=0.0.4"
MOST_REJECTED = 100
_NO_CONTENT = Response(204)


@dataclass(frozen=True, slots=True)
class Routes:
    control: CallControl
    credentials: Credentials
    dead_media: DeadMedia
    store: PartsStore
    metrics: Metrics
    sbc_id: str
    source_ttl_s: int
    watched_tenants: Callable[[], int]
    peers: Peers | None = None

    def handle(self, request: Request) -> Response | Coroutine[Any, Any, Response]:
        known = _TABLE.get(request.path)
        if known is None:
            return Response(404)
        method, answer = known
        if request.method != method:
            return Response(405)
        return _guarded(self, request, answer)

    async def route(self, request: Request) -> Response:
        started = time.perf_counter()
        answer = await self.control.route(load_object(request.body))
        self.metrics.observe_route(time.perf_counter() - started)
        self.metrics.count("routes", "action", answer["action"])
        return Response(200, dump(answer))

    async def events(self, request: Request) -> Response:
        body = load_object(request.body)
        await self.control.event(body)
        self.metrics.count("events", "event", body["event"])
        return _NO_CONTENT

    async def auth(self, request: Request) -> Response:
        return Response(200, dump(await self.credentials.answer(load_object(request.body))))

    async def source(self, request: Request) -> Response:
        body = load_object(request.body)
        address, port = fields.text(body, "src_ip"), fields.integer(body, "src_port", 0)
        found = await self.control.decider.ask(lambda snapshot: gateways_at(snapshot.index(), address, port))
        return Response(200, dump({"kind": "gateway" if found else "unknown", "ttl_s": self.source_ttl_s}))

    async def media_timeout(self, request: Request) -> Response:
        return await self.dead_media.report(request.body)

    async def health(self, request: Request) -> Response:  # noqa: ARG002 (one signature for all)
        ready = index_key(self.sbc_id) in self.store.parts
        return Response(200 if ready else 503, dump({"ready": ready, "parts": len(self.store.parts)}))

    async def show_metrics(self, request: Request) -> Response:  # noqa: ARG002
        parts = Tally(key.partition("/")[0] for key in self.store.parts)
        gauges: dict[str, float] = {f'parts{{kind="{kind}"}}': count for kind, count in parts.items()}
        gauges |= {
            "parts_unwritten": self.store.unwritten,
            "live_calls": len(self.control.live),
            "watched_tenants": self.watched_tenants(),
            "journal_depth": await self.control.journal.depth(),
        }
        if self.peers is not None:
            gauges |= {"peers": len(self.peers), "peers_reachable": len(self.peers.counts.reachable())}
        return Response(200, self.metrics.render(gauges).encode(), PROMETHEUS)

    async def calls(self, request: Request) -> Response:  # noqa: ARG002
        listed = [
            {
                "call_id": call.call_id,
                "tenant_id": call.plan.facts.tenant_id,
                "direction": call.plan.facts.direction,
                "calling_number": call.plan.facts.calling_number,
                "called_number": call.plan.facts.called_number,
                "stage": call.stage,
                "setup_at": call.setup_at,
                "answered_at": call.answered_at,
            }
            for call in self.control.live
        ]
        return Response(200, dump({"calls": listed}))

    async def counters(self, request: Request) -> Response:  # noqa: ARG002
        own = self.control.admission.counts()
        states = {} if self.peers is None else self.peers.counts.states()
        total = Tally(own)
        for state in states.values():
            total.update(state.counts)
        peers = {name: asdict(state) for name, state in states.items()}
        return Response(200, dump({"node": self.control.identity.node, "own": own, "peers": peers, "total": total}))

    async def rejected(self, request: Request) -> Response:  # noqa: ARG002
        found = await self.control.journal.rejected(limit=MOST_REJECTED)
        return Response(200, dump({"rejected": [asdict(record) for record in found]}))


Answer = Callable[[Routes, Request], Coroutine[Any, Any, Response]]

_TABLE: dict[str, tuple[str, Answer]] = {
    "/route": ("POST", Routes.route),
    "/events": ("POST", Routes.events),
    "/auth": ("POST", Routes.auth),
    "/source": ("POST", Routes.source),
    "/media-timeout": ("POST", Routes.media_timeout),
    "/health": ("GET", Routes.health),
    "/metrics": ("GET", Routes.show_metrics),
    "/calls": ("GET", Routes.calls),
    "/counters": ("GET", Routes.counters),
    "/rejected": ("GET", Routes.rejected),
}


async def _guarded(routes: Routes, request: Request, answer: Answer) -> Response:
    try:
        return await answer(routes, request)
    except FieldError as error:
        return _problem(routes, 400, "malformed", error)
    except (SourceError, PartGoneError) as error:
        return _problem(routes, 503, "snapshot_not_available", error)
    except JournalError as error:
        log.error("journal not written", extra={"path": request.path, "error": str(error)})  # noqa: TRY400
        return _problem(routes, 503, "journal_not_available", error)


def _problem(routes: Routes, status: int, code: str, error: Exception) -> Response:
    routes.metrics.count("problems", "code", code)
    return Response(status, dump({"code": code, "detail": str(error)}))
