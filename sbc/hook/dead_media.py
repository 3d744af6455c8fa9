"""rtpengine's report that a call's media is dead: an XML-RPC call as its ``--xmlrpc-format=2`` writes it,
``dlg.terminate_dlg`` with the SIP Call-ID and both tags."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

from sbc.hook.eager import in_task
from sbc.hook.http_server import Response
from sbc.hook.kamailio_rpc import KamailioRpc, RpcError, RpcRefusedError
from sbc.hook.live_calls import LiveCalls
from sbc.hook.metrics import Metrics

log = logging.getLogger(__name__)

_STRING = re.compile(r"<value>\s*(?:<string>)?([^<]*)(?:</string>)?\s*</value>")
_DONE = (
    b'<?xml version="1.0"?><methodResponse><params><param><value><int>1</int></value></param></params></methodResponse>'
)


@dataclass(frozen=True, slots=True)
class DeadMedia:
    live: LiveCalls
    rpc: KamailioRpc
    metrics: Metrics
    clock: Callable[[], int]  # milliseconds
    media_timeout_s: int

    async def report(self, body: bytes) -> Response:
        strings = [html.unescape(text) for text in _STRING.findall(body.decode("utf-8", "replace"))]
        if b"dlg.terminate_dlg" not in body or len(strings) < 3:
            return Response(400)
        sip_call_id, from_tag, to_tag = strings[:3]
        last_packet_at = self.clock() - self.media_timeout_s * 1000
        self.metrics.count("dead_media")
        calls = self.live.find_by_sip(sip_call_id)
        if len(calls) == 1:  # of two with the same Call-ID, only Kamailio can tell by the tags which one it is
            calls[0].ending = ("media", last_packet_at)
        ids = {"call_id": [call.call_id for call in calls], "sip_call_id": sip_call_id}
        log.warning("media is dead", extra=ids)
        try:
            await in_task(self.rpc.call("dlg.terminate_dlg", sip_call_id, from_tag, to_tag))
        except (RpcError, RpcRefusedError) as error:
            log.warning("dialog not ended", extra=ids | {"error": str(error)})
        return Response(200, _DONE, "text/xml")
