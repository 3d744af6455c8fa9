"""A call's record over the whole path, hook, HTTP, API and ledger: sent again however often, it is charged once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from chalicelib.clients.seal import seal_key
from tests.api_client import ApiClient
from tests.calls_world import a_provider, now_ms
from tests.local.processes import wait_for
from tests.sbc.fake_kamailio import FakeKamailio
from tests.sbc.hook_process import HookClient, HookProcess, write_settings
from tests.sbc.real_api import real_api

CDRS = "/v1/sbc/cdrs"
RATE_MICROS = 60_000


@pytest.mark.usefixtures("dynamodb")
def test_a_record_whose_answers_got_lost_and_whose_hook_died_meanwhile_is_charged_once(tmp_path: Path) -> None:
    service = {"service": "SIP", "rate_micros": RATE_MICROS, "minimum_s": 60, "increment_s": 60}
    provider = a_provider(ApiClient(), services=(service,))
    tenant = f"/tenants/{provider.tenant_id}"
    provider.admin.post(f"{tenant}/subscribers", {"username": "bob", "alias": "102"}).expect(201)
    domain = provider.admin.get(tenant).expect(200)["domain"]
    with real_api() as api, FakeKamailio(tmp_path / "k") as kamailio:
        identity = {"sbc_id": provider.sbc_id, "node": "n1"}
        settings = write_settings(tmp_path, api_url=api.url, kamailio=kamailio.path, **identity)
        (tmp_path / "node.key").write_text(provider.node.token)
        (tmp_path / "seal.key").write_text(seal_key(provider.sbc_id).hex())
        api.faults[CDRS] = ["lost", "busy", "lost"]

        with HookProcess(settings) as hook, closing(HookClient(hook.port)) as client:
            call = client.invite("102", user="ann", domain=domain)
            assert call["action"] == "ring", call
            answered_at = now_ms()
            client.event("answered", call["call_id"], stage=0, target=0, at=answered_at)
            wait_for(lambda: now_ms() > answered_at + 5)  # the hook believes no future: it would be a call of 0 ms
            client.event("ended", call["call_id"], by="caller", at=answered_at + 1500)
            wait_for(lambda: api.asked.count(f"POST {CDRS}") >= 1)
            hook.kill()
            hook.start()
            wait_for(lambda: api.asked.count(f"POST {CDRS}") >= 4, limit_s=30)
            wait_for(lambda: b"hook_journal_depth 0\n" in hook.get("/metrics")[1], limit_s=30)

        charges = provider.charges(call["call_id"])
        assert [charge["amount_micros"] for charge in charges] == [RATE_MICROS], charges
        assert provider.balance() == -RATE_MICROS
        assert len(provider.ledger()) == 1
