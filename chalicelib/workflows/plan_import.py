"""What an uploaded table of subscribers would do, by the same rules as the API's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib.clients.seal import open_at_rest
from chalicelib.domain.csv_text import CsvTable
from chalicelib.domain.digest import ha1_md5
from chalicelib.domain.import_plan import plan_rows
from chalicelib.domain.import_rows import Existing, Fields, ImportTarget, PlannedRow
from chalicelib.schemas.subscribers import NewSubscriberBody, SubscriberBody, SubscriberFields
from chalicelib.storage.date_ranges import DATE_RANGE
from chalicelib.storage.records import Noun, all_records
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.security_groups import SECURITY_GROUP
from chalicelib.storage.subscribers import Subscriber, pages_of_subscribers
from chalicelib.workflows.check_alias import service_numbers

REFERENCES: dict[str, Noun[Any]] = {"security_group_id": SECURITY_GROUP, "date_range_id": DATE_RANGE}
DEFAULTS = {name: info.default for name, info in SubscriberFields.model_fields.items()}


def plan_import(scope: TenantScope, table: CsvTable) -> tuple[list[PlannedRow], int]:
    """The rows as planned, and how many subscribers there are before."""
    stored = {one.id: one for page in pages_of_subscribers(scope) for one in page}
    target = ImportTarget(
        existing={one.username.lower(): _existing(one) for one in stored.values()},
        references={field: _ids_by_name(scope, noun) for field, noun in REFERENCES.items()},
        defaults=DEFAULTS,
        find_wrong_fields=find_wrong_fields,
        has_password=lambda one, kind, password: _has_password(stored[one.subscriber_id], kind, password, scope.domain),
        is_service_number=service_numbers(scope),
    )
    return plan_rows(table, target), len(stored)


def find_wrong_fields(values: Fields) -> Sequence[str]:
    """Of a new subscriber, by its schema."""
    try:
        NewSubscriberBody.model_validate(values)
    except ValidationError as error:
        # what is wrong between fields has no place of its own: the schema has one such rule
        return [str(found["loc"][0]) if found["loc"] else "voicemail_to_email" for found in error.errors()]
    return ()


def _existing(subscriber: Subscriber) -> Existing:
    values = {name: getattr(subscriber, name) for name in SubscriberBody.model_fields}
    return Existing(subscriber.id, int(subscriber.version), values)


def _ids_by_name(scope: TenantScope, noun: Noun[Any]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for record in all_records(scope, noun):
        found.setdefault(record.name, []).append(record.id)
    return found


def _has_password(subscriber: Subscriber, kind: str, password: str, domain: str) -> bool:
    sealed = getattr(subscriber, f"{kind}_ha1")
    opened = open_at_rest(sealed, subscriber.username, domain)
    return opened == ha1_md5(subscriber.username, domain, password)
