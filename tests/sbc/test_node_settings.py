"""What a deployed node reads from its environment, and what it makes of it."""

from __future__ import annotations

import pytest

from sbc.hook.settings import parse_settings
from sbc.node.parts import make_hook_settings, make_sbc_settings
from sbc.node.settings import ElasticAddress, NodeSettingsError, read_node_settings

ENROLLED = {
    "sbc_id": "sbc_1", "node": "a", "api_url": "https://api.example", "node_key_file": "/s/node.key",
    "seal_key_file": "/s/seal.key",
}  # fmt: skip
TWO = {
    "PATCHBAY_SIP_ADDRESS": "198.51.100.1",
    "PATCHBAY_PEERS": "10.60.1.16",
    "PATCHBAY_PEER_ADDRESS": "10.60.0.16",
    "PATCHBAY_SERVICE_ADDRESSES": "198.51.100.1, 198.51.100.2",
    "PATCHBAY_REGION": "us-east-1",
    "PATCHBAY_INTERFACE_ID": "eni-1",
    "PATCHBAY_ELASTIC_IPS": "eipalloc-1=198.51.100.1=10.60.0.17,eipalloc-2=198.51.100.2=10.60.0.18=10.60.1.16",
}


def test_an_empty_environment_is_a_node_on_loopback() -> None:
    settings = read_node_settings({"PATCHBAY_SIP_PORT": ""})
    sbc = make_sbc_settings(settings)

    assert (sbc.sip_address, sbc.sip_port, sbc.tls.port, sbc.websocket.tls_port) == ("127.0.0.1", 60110, 5061, 8443)
    assert sbc.location_db == settings.state_dir / "kamailio" / "location.db"
    assert sbc.rpc_socket == settings.run_dir / "kamailio" / "kamailio.rpc"


def test_nodes_of_one_sbc_know_each_other_in_every_part() -> None:
    settings = read_node_settings(TWO)
    sbc = make_sbc_settings(settings)
    hook = parse_settings(make_hook_settings(settings, enrolled=ENROLLED))

    assert (sbc.peers, sbc.peer_address, sbc.peer_port) == (("10.60.1.16",), "10.60.0.16", 5070)
    assert (hook.peers, hook.peer_listen) == (("10.60.1.16:5071",), "10.60.0.16:5071")
    assert sbc.service_addresses == hook.service_addresses == ("198.51.100.1", "198.51.100.2")
    assert settings.elastic_addresses == (
        ElasticAddress("eipalloc-1", "198.51.100.1", "10.60.0.17"),
        ElasticAddress("eipalloc-2", "198.51.100.2", "10.60.0.18", "10.60.1.16"),
    )
    assert [each.own for each in settings.elastic_addresses] == [True, False]


def test_further_settings_of_the_parts_win() -> None:
    settings = read_node_settings(
        {
            "PATCHBAY_SBC_SETTINGS": '{"sip_workers": 8, "limits": {"ban_s": 7}}',
            "PATCHBAY_HOOK_SETTINGS": '{"log_level": "DEBUG"}',
        }
    )

    sbc = make_sbc_settings(settings)
    assert (sbc.sip_workers, sbc.limits.ban_s, sbc.limits.max_contacts) == (8, 7, 10)
    assert make_hook_settings(settings, enrolled=ENROLLED)["log_level"] == "DEBUG"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"PATCHBAY_SIP_PORT": "many"}, "PATCHBAY_SIP_PORT: expected a number"),
        ({"PATCHBAY_RTP_PORTS": "2000"}, "PATCHBAY_RTP_PORTS: expected a range"),
        ({"PATCHBAY_RTP_PORTS": "3000-2000"}, "PATCHBAY_RTP_PORTS: expected a range"),
        ({"PATCHBAY_SBC_SETTINGS": "[]"}, "PATCHBAY_SBC_SETTINGS: expected a JSON object"),
        ({"PATCHBAY_HOOK_SETTINGS": "{"}, "PATCHBAY_HOOK_SETTINGS: "),
        ({"PATCHBAY_CERTIFICATE_NAMES": "sip.example"}, "PATCHBAY_CERTIFICATE_EMAIL: needed"),
        ({"PATCHBAY_PEER_ADDRESS": ""}, "PATCHBAY_PEER_ADDRESS: goes together"),
        ({"PATCHBAY_REGION": ""}, "PATCHBAY_REGION: needed"),
        ({"PATCHBAY_DRAIN_LIMIT_S": "7201"}, "PATCHBAY_DRAIN_LIMIT_S: at most 7200"),
        ({"PATCHBAY_INTERFACE_ID": ""}, "PATCHBAY_INTERFACE_ID: goes together"),
        ({"PATCHBAY_ELASTIC_IPS": "eipalloc-1=198.51.100.1"}, "PATCHBAY_ELASTIC_IPS: expected allocation=public"),
    ],
)
def test_a_value_that_cant_be_used_is_named(change: dict[str, str], message: str) -> None:
    with pytest.raises(NodeSettingsError, match=message):
        read_node_settings({**TWO, **change})
