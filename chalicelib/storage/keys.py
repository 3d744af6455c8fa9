"""Every key of the one table, in one place. docs/data-model.md lists who reads what by which key."""

from __future__ import annotations

from datetime import date
from zlib import crc32

from chalicelib.domain import ids
from chalicelib.domain.parts import subscriber_hash

PLATFORM = "PLATFORM"
META = "META"
LEDGER = "LEDGER#"
BALANCE = "BALANCE"
LEDGER_MARK = "LEDGERMARK"  # sorts behind the entries' prefix, which it doesn't have
LEDGER_WALK = "LEDGERWALK"
UNIQUE = "UNIQUE"
OUTBOX = "OUTBOX"
WATCH = "WATCH"
CONTACT = "CONTACT#"
JOBS = "JOBS"  # those that aren't finished, of all tenants
JOB = "JOB#"
FILES = "FILES"
MIGRATION = "MIGRATION#"
DELETED = "DELETED#"  # a deleted item moves below this prefix of its own partition for 30 days


def isp(isp_id: str) -> str:
    return f"ISP#{isp_id}"


def tenant(tenant_id: str) -> str:
    return f"TENANT#{tenant_id}"


def customer(customer_id: str) -> str:
    return f"CUSTOMER#{customer_id}"


def audit(isp_id: str) -> str:
    return f"ISP#{isp_id}#AUDIT"


def platform_audit() -> str:
    return "PLATFORM#AUDIT"


def subscriber_sk(subscriber_id: str) -> str:
    return f"SUB#{subscriber_hash(subscriber_id)}#{subscriber_id}"


def job_sk(job_id: str) -> str:
    return f"{JOB}{job_id}"


def migration_sk(number: int) -> str:
    return f"{MIGRATION}{number:04d}"


def upload_sk(upload_id: str) -> str:
    return f"UPLOAD#{upload_id}"


def file_end_sk(at_ms: int, file_key: str) -> str:
    return f"{at_ms:013d}#{file_key}"


def subscriber_name_sk(name: str) -> str:
    """Usernames and aliases of a tenant share one name space, so that neither can hide the other."""
    return f"NAME#{name.lower()}"


def live(tenant_id: str) -> str:
    """Who looks at the tenant, and what the nodes report meanwhile."""
    return f"TENANT#{tenant_id}#LIVE"


def contact_sk(sort_name: str, subscriber_id: str) -> str:
    """Subscribers by name; ``sort_name`` as ``domain/contacts.py`` makes it."""
    return f"{CONTACT}{sort_name}#{subscriber_id}"


def namespace(name: str) -> str:
    return f"NS#{name}"


def login(namespace_name: str, email: str) -> str:
    return f"LOGIN#{namespace_name}#{email.lower()}"


def sip_domain(domain: str) -> str:
    return f"DOMAIN#{domain.lower()}"


def link(token_hash: str) -> str:
    """Of a link sent by mail: signup, password or invitation."""
    return f"LINK#{token_hash}"


def onboarding(onboarding_id: str) -> str:
    return f"ONBOARDING#{onboarding_id}"


def session(session_id: str) -> str:
    return f"SESSION#{session_id}"


def attempts(subject: str) -> str:
    return f"ATTEMPTS#{subject}"


def idempotency(scope: str, key: str) -> str:
    return f"IDEMPOTENCY#{scope}#{key}"


def did(number: str) -> str:
    """Who has a number: one ISP on the whole platform."""
    return f"DID#{number}"


def tenant_sk(tenant_id: str) -> str:
    return f"TENANT#{tenant_id}"


def past_sk(owner_id: str) -> str:
    """An SBC or a customer that a tenant has had."""
    return f"PAST#{owner_id}"


def did_sk(number: str) -> str:
    return f"DID#{number}"


def sbc_index(sbc_id: str) -> str:
    """DOMAIN#<domain> and GATEWAY#<gateway id> entries of one SBC."""
    return f"SBC#{sbc_id}#INDEX"


def sbc_dids(sbc_id: str, shard: int) -> str:
    """<number>#<isp id> entries of one SBC, sharded like the part."""
    return f"SBC#{sbc_id}#DIDS#{shard:02d}"


def sbc_versions(sbc_id: str) -> str:
    return f"SBC#{sbc_id}#VERSIONS"


def sbc_changes(sbc_id: str) -> str:
    return f"SBC#{sbc_id}#CHANGES"


def sbc_nodes(sbc_id: str) -> str:
    return f"SBC#{sbc_id}#NODES"


def node_key(key_hash: str) -> str:
    return f"NODEKEY#{key_hash}"


def enrolment_key(key_hash: str) -> str:
    """Of a one-time key with which a node enrols."""
    return f"ENROLKEY#{key_hash}"


def deck(deck_id: str, version: int) -> str:
    return f"DECK#{deck_id}#{version}"


def deck_versions(deck_id: str) -> str:
    return f"DECK#{deck_id}"


def cdrs(tenant_id: str, call_id: str) -> str:
    """Call ids begin with their time, so the month's partition follows from the id and the id sorts by setup time."""
    return cdrs_of_month(tenant_id, month_of(ids.id_time_ms(call_id)))


def cdrs_of_month(tenant_id: str, month: str) -> str:
    return f"TENANT#{tenant_id}#CDR#{month}"


CDR_SHARDS = 4


def isp_cdrs(isp_id: str, call_id: str) -> str:
    """A light entry per call for the ISP's own list: sharded, or one partition would take every write of the ISP."""
    return isp_cdrs_of_month(isp_id, month_of(ids.id_time_ms(call_id)), crc32(call_id.encode()) % CDR_SHARDS)


def isp_cdrs_of_month(isp_id: str, month: str, shard: int) -> str:
    return f"ISP#{isp_id}#CDR#{month}#{shard}"


USAGE_SHARDS = 8


def isp_usage(isp_id: str) -> str:
    return f"ISP#{isp_id}#USAGE"


def tenant_usage(tenant_id: str) -> str:
    return f"TENANT#{tenant_id}#USAGE"


def usage_shard(call_id: str) -> int:
    return crc32(call_id.encode()) % USAGE_SHARDS


def usage_sk(day: date, shard: int, currency: str) -> str:
    return f"{day:%Y%m%d}#{shard}#{currency}"


def unrated(isp_id: str) -> str:
    """One entry per call with a leg that couldn't be priced, until it is."""
    return f"ISP#{isp_id}#UNRATED"


def month_of(at_ms: int) -> str:
    """``yyyymm`` in UTC."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y%m")


def ledger_sk(at_ms: int, key: str) -> str:
    """``at_ms``: when it is booked, so that a statement that was drawn up never changes."""
    return f"{LEDGER}{at_ms:013d}#{key}"


def ledger_findings(platform_pk: str) -> str:
    """Customers whose balance isn't the sum of their entries."""
    return f"{platform_pk}#LEDGERFINDINGS"


def booked_sk(key: str) -> str:
    """Stands for a ledger key that nothing else makes unique."""
    return f"BOOKED#{key}"
