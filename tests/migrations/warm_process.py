"""An instance of the API that has been running for long: ``python -m tests.migrations.warm_process`` with the ISP, the
tenant, the SBC, the domain and subscribers.

It knows the ring of master keys as it was at its start, says so, and then opens what is stored and changes passwords
until its input ends. What it prints last is JSON: the last password of each subscriber, and what failed.
"""

from __future__ import annotations

import json
import select
import sys
import time

from chalicelib.clients.master_keys import master_keys
from chalicelib.clients.seal import open_at_rest
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.errors import PatchbayError
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.subscribers import subscribers_by_id
from chalicelib.storage.transaction import SYSTEM
from chalicelib.workflows.change_passwords import change_passwords


def is_over() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def work(scope: TenantScope, subscriber_ids: list[str]) -> None:
    passwords: dict[str, str] = {}
    changes, failures = 0, []
    limit_at = time.monotonic() + 120
    while not is_over() and time.monotonic() < limit_at:
        for subscriber_id in subscriber_ids:
            try:
                found = subscribers_by_id(scope, [subscriber_id])[subscriber_id]
                opened = open_at_rest(found.softphone_ha1, found.username, scope.domain)
                last = passwords.get(subscriber_id)
                if last is not None and opened != ha1_md5(found.username, scope.domain, last):
                    failures.append(f"{found.username}: another password than the last")
                made = change_passwords(scope, subscriber_id, sip=None, softphone="", actor=SYSTEM)
                passwords[subscriber_id] = made["softphone"]
                changes += 1
            except (PatchbayError, ValueError) as error:
                failures.append(f"{subscriber_id}: {error!r}")
    print(json.dumps({"passwords": passwords, "changes": changes, "failures": failures}), flush=True)


def main() -> None:
    isp_id, tenant_id, sbc_id, domain, *subscriber_ids = sys.argv[1:]
    print(json.dumps([key.id for key in master_keys().ring().keys]), flush=True)
    work(TenantScope(isp_id, tenant_id, sbc_id, domain), subscriber_ids)


if __name__ == "__main__":
    main()
