"""``python -m bench.sink PORT``: takes events and call records and forgets them. Its own time is never counted."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

from sbc.hook.http_server import HttpServer, Request, Response

BODY_LIMIT = 1 << 22


def answer(request: Request) -> Response:
    if request.path != "/v1/sbc/cdrs":
        return Response(204)
    call_ids = [cdr["call_id"] for cdr in json.loads(request.body)["cdrs"]]
    results = [{"call_id": call_id, "status": "stored"} for call_id in call_ids]
    return Response(200, json.dumps({"results": results}).encode())


async def serve(port: int) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    server = HttpServer(answer, body_limit=BODY_LIMIT)
    await server.listen("127.0.0.1", port)
    await stopped.wait()
    await server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
