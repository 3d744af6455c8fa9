"""Empties a node before it stops: no new calls and registrations, those in progress to their end.

The state is a variable of Kamailio (``draining``), set by RPC; a restart of Kamailio clears it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sbc.hook.kamailio_rpc import KamailioRpc, RpcError, RpcRefusedError
from sbc.node.parts import make_sbc_settings
from sbc.node.settings import NodeSettings

log = logging.getLogger(__name__)

LOOK_S = 1.0
REPORT_S = 30.0
SETTLE_S = 3.0  # a BYE is told to the hook, which may take two seconds, before it has a transaction
TRANSACTION_S = 33.0  # how long one can take that gets no answer (timer F of RFC 3261 17.1.2.2)
_RPC_S = 2.0


@asynccontextmanager
async def kamailio_rpc(settings: NodeSettings) -> AsyncIterator[KamailioRpc]:
    sbc = make_sbc_settings(settings)
    own_path = settings.run_dir / f"node-{time.monotonic_ns()}.rpc"
    rpc = KamailioRpc(sbc.rpc_socket, own_path=own_path, timeout_s=_RPC_S)
    try:
        yield rpc
    finally:
        rpc.close()


async def set_draining(rpc: KamailioRpc, draining: bool) -> None:
    """Raises ``RpcError``."""
    await rpc.call("pv.shvSet", "draining", "int", int(draining))


async def count_calls(rpc: KamailioRpc) -> int:
    """Calls that ring or are up. Raises ``RpcError``."""
    counted = await rpc.call("dlg.stats_active")
    return int(counted["all"])


async def count_transactions(rpc: KamailioRpc) -> int:
    """A call is over for Kamailio when its BYE comes in, but the BYE is yet to be passed on and answered."""
    return int((await rpc.call("tm.stats"))["current"])


async def drain(
    rpc: KamailioRpc,
    *,
    limit_s: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> int:
    """Waits for the calls in progress, at most ``limit_s``: how many are left, 0 if Kamailio doesn't answer."""
    deadline, report_at = clock() + limit_s, clock()
    try:
        await set_draining(rpc, draining=True)
        while left := await count_calls(rpc):
            if clock() >= deadline:
                log.warning("the limit is reached with %s calls in progress", left)
                return left
            if clock() >= report_at:
                log.info("%s calls in progress", left)
                report_at = clock() + REPORT_S
            await pause(LOOK_S)
        await pause(SETTLE_S)
        transactions_until = clock() + TRANSACTION_S
        while await count_transactions(rpc) and clock() < transactions_until:
            await pause(LOOK_S / 4)
    except (RpcError, RpcRefusedError) as error:
        log.warning("not drained: %s", error)
    return 0


async def drain_node(settings: NodeSettings) -> int:
    async with kamailio_rpc(settings) as rpc:
        return await drain(rpc, limit_s=settings.drain_limit_s)


async def undo_drain(settings: NodeSettings) -> None:
    async with kamailio_rpc(settings) as rpc:
        await set_draining(rpc, draining=False)
