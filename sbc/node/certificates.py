"""Keeps the certificate of the node's TLS listeners in force: made here until there is another, then by certbot.

certbot proves the names by TXT records in Route 53 (RFC 8555 8.4), so that it needs no port of its own and a name that
two nodes share is proven by each. What it has fetched is installed and Kamailio told to read it (RPC ``tls.reload``):
new connections get it, those that exist go on.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sbc.files import replace_secret
from sbc.hook.kamailio_rpc import RpcError, RpcRefusedError
from sbc.node.drain import kamailio_rpc
from sbc.node.own_certificate import make_own_certificate
from sbc.node.settings import NodeSettings

log = logging.getLogger(__name__)

LINEAGE = "node"
#: certbot renews 30 days before the end; the authority allows five failures an hour.
LOOK_S, AFTER_FAILURE_S = 12 * 3600.0, 3600.0
CERTBOT_S = 900.0
_RENEW_OWN_DAYS = 30
_EXPIRES_SOON_DAYS = 7


class CertificateError(RuntimeError):
    """What certbot left can't be used."""


async def keep_certificates(settings: NodeSettings) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    told = Told()
    while not stop.is_set():
        good = await renew(settings, told)
        pause_s = (LOOK_S if good else AFTER_FAILURE_S) * random.uniform(0.9, 1.1)  # noqa: S311 (no secret)
        await asyncio.wait([asyncio.ensure_future(stop.wait())], timeout=pause_s)
    return 0


@dataclass(slots=True)
class Told:
    """``certificate``: what Kamailio has been told to read, and has read."""

    certificate: bytes = b""


async def renew(settings: NodeSettings, told: Told) -> bool:
    """One round: False if it must be tried again soon."""
    try:
        if settings.certificate_names:
            await asyncio.to_thread(run_certbot, settings)
            install(settings, read_lineage(settings))
        else:
            ensure_certificate(settings, now=datetime.now(UTC))
        renewed = True
    except (CertificateError, OSError, subprocess.SubprocessError) as error:
        log.warning("certificate not renewed: %s", error)
        renewed = False
    return await _bring_into_force(settings, told) and renewed


async def _bring_into_force(settings: NodeSettings, told: Told) -> bool:
    try:
        certificate = settings.certificate.read_bytes()
    except OSError as error:
        log.warning("certificate not read: %s", error)
        return False
    if certificate == told.certificate:
        return True
    if not await tell_kamailio(settings):
        return False
    told.certificate = certificate
    return True


def certbot_command(settings: NodeSettings) -> list[str]:
    """Fetches a certificate, or renews it when it is due, or does nothing."""
    names = [argument for name in settings.certificate_names for argument in ("-d", name)]
    scratch = settings.run_dir / "certbot"
    return [
        "certbot", "certonly", "--non-interactive", "--agree-tos", "--email", settings.certificate_email,
        "--dns-route53", "--keep-until-expiring", "--renew-with-new-domains", "--cert-name", LINEAGE, *names,
        "--config-dir", str(settings.state_dir / "certbot"), "--work-dir", str(scratch), "--logs-dir", str(scratch),
        *(["--server", settings.certificate_server] if settings.certificate_server else []),
    ]  # fmt: skip


def run_certbot(settings: NodeSettings) -> None:
    """Raises CertificateError with what it said."""
    command = certbot_command(settings)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=CERTBOT_S)  # noqa: S603
    if done.returncode != 0:
        raise CertificateError(f"certbot: {done.stdout}{done.stderr}".strip())


def read_lineage(settings: NodeSettings) -> bytes:
    """The key and the chain that certbot holds."""
    live = settings.state_dir / "certbot" / "live" / LINEAGE
    return (live / "privkey.pem").read_bytes() + (live / "fullchain.pem").read_bytes()


def install(settings: NodeSettings, pem: bytes) -> bool:
    """False if it is there already. Raises CertificateError unless key and certificate belong together."""
    if settings.certificate.exists() and settings.certificate.read_bytes() == pem:
        return False
    try:
        certificate, key = x509.load_pem_x509_certificate(pem), load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise CertificateError(f"not PEM: {error}") from error
    if certificate.public_key() != key.public_key():
        raise CertificateError("key and certificate don't belong together")
    settings.certificate.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_secret(settings.certificate, pem)
    log.info("certificate installed, good until %s", certificate.not_valid_after_utc)
    return True


def ensure_certificate(settings: NodeSettings, *, now: datetime) -> bool:
    """Makes one if there is none, or if it is of our own making and about to end."""
    found = _read_certificate(settings)
    if found is not None:
        own = found.issuer == found.subject
        if not own or found.not_valid_after_utc - now > timedelta(days=_RENEW_OWN_DAYS):
            return False
    names = settings.certificate_names or (settings.sip_address,)
    return install(settings, make_own_certificate(names, now=now))


def is_in_force(settings: NodeSettings, *, now: datetime) -> bool:
    found = _read_certificate(settings)
    return found is not None and found.not_valid_after_utc - now > timedelta(days=_EXPIRES_SOON_DAYS)


def _read_certificate(settings: NodeSettings) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(settings.certificate.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


async def tell_kamailio(settings: NodeSettings) -> bool:
    """Whether it has read the certificate: one that it goes on without would end in use."""
    try:
        async with kamailio_rpc(settings) as rpc:
            await rpc.call("tls.reload")
    except (RpcError, RpcRefusedError) as error:
        log.warning("certificate not reloaded: %s", error)
        return False
    return True
