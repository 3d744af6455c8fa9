"""What a node is told: its environment (``sbc/node/settings.py``), and what its machine needs to become its host."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence

from aws_cdk import aws_logs as logs

from infra.config import StageConfig
from infra.sbc_network import Identity
from infra.sbc_plan import PEER_PORTS, RTP_PORTS, SIP_PORT, TLS_PORT

ENDS_WITHIN_S = 1800  # a machine whose calls are over: its last container, EC2's own shutdown
METRICS_S = 60.0  # between two lines of a node's figures for CloudWatch


def enrolment_parameter(config: StageConfig, node: str) -> str:
    """Where the operator puts the node's one-time key."""
    return f"/patchbay/{config.stage}/sbc/{config.sbc_name}/{node}/enrolment-key"


def node_domain(config: StageConfig, node: str) -> str:
    return f"{node}.{config.sbc_domain}"


def node_environment(config: StageConfig, own: Identity, all_nodes: Sequence[Identity]) -> dict[str, str]:
    others = [each for each in all_nodes if each is not own]
    found = {
        "PATCHBAY_API_URL": f"https://{config.api_domain}",
        "PATCHBAY_ENROLMENT_PARAMETER": enrolment_parameter(config, own.plan.name),
        "PATCHBAY_REGION": config.region,
        "PATCHBAY_SIP_ADDRESS": own.public,
        "PATCHBAY_SIP_PORT": str(SIP_PORT),
        "PATCHBAY_TLS_PORT": str(TLS_PORT),
        "PATCHBAY_WSS_PORT": str(config.sbc_websocket_port),
        "PATCHBAY_RTP_PORTS": "-".join(map(str, RTP_PORTS)),
        "PATCHBAY_ORIGINS": config.public_url,
        "PATCHBAY_CERTIFICATE_NAMES": f"{config.sbc_domain},{node_domain(config, own.plan.name)}",
        "PATCHBAY_CERTIFICATE_EMAIL": config.certificate_email,
        "PATCHBAY_DRAIN_LIMIT_S": str(config.sbc_drain_s),
        "PATCHBAY_HOOK_SETTINGS": json.dumps({"emf_interval_s": METRICS_S, "stage": config.stage}),
        "PATCHBAY_INTERFACE_ID": own.interface.ref,
        "PATCHBAY_ELASTIC_IPS": ",".join(_elastic_ips(own, all_nodes)),
    }
    if others:
        found |= {
            "PATCHBAY_PEERS": ",".join(each.plan.address for each in others),
            "PATCHBAY_PEER_ADDRESS": own.plan.address,
            "PATCHBAY_PEER_PORT": str(PEER_PORTS[0]),
            "PATCHBAY_PEER_HOOK_PORT": str(PEER_PORTS[1]),
            "PATCHBAY_SERVICE_ADDRESSES": ",".join(each.public for each in all_nodes),
        }
    return found


def log_environment(own: Identity, log_groups: Mapping[str, logs.ILogGroup]) -> dict[str, str]:
    """For a node that no log driver serves."""
    return {
        "PATCHBAY_LOG_GROUPS": ",".join(f"{program}={group.log_group_name}" for program, group in log_groups.items()),
        "PATCHBAY_LOG_STREAM": own.plan.name,
    }


def _elastic_ips(own: Identity, all_nodes: Sequence[Identity]) -> list[str]:
    others = [each for each in all_nodes if each.plan.name == own.plan.stands_by_for]
    return [
        f"{own.allocation_id}={own.public}={own.plan.mapped}",
        *(f"{each.allocation_id}={each.public}={own.plan.standby}={each.plan.address}" for each in others),
    ]


def host_environment(config: StageConfig, own: Identity, all_nodes: Sequence[Identity]) -> dict[str, str]:
    """Of ``sbc/image/prepare-host.sh``."""
    return {
        "REGION": config.region,
        "INTERFACE_ID": own.interface.ref,
        "VOLUME_ID": own.volume.volume_id,
        "NODE_ADDRESS": own.plan.address,
        "SUBNET": own.plan.subnet,
        "GATEWAY": own.plan.gateway,
        "MAPPED_ADDRESSES": f"{own.plan.mapped} {own.plan.standby}",
        "PUBLIC_ADDRESSES": " ".join(each.public for each in all_nodes),
        # the next machine is started at once, while the one before still drains
        "PATCHBAY_PATIENCE_S": str(config.sbc_drain_s + ENDS_WITHIN_S),
    }


def file_of(variables: Mapping[str, str]) -> str:
    """As shells and systemd read it."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
