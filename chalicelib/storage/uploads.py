"""Files on their way in, and when each file is deleted."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.database import database
from chalicelib.storage.items import Item
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.transaction import Transaction


class Upload(Item, discriminator="Upload"):
    id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    size = NumberAttribute()
    file_key = UnicodeAttribute()


class FileEnd(Item, discriminator="FileEnd"):
    """The file is deleted once the instant that leads the sort key has passed. Written before the file is."""

    file_key = UnicodeAttribute()


def put_upload(scope: TenantScope, *, size: int, purpose: str, lifetime_s: int) -> Upload:
    tx = Transaction()
    upload_id = tx.new_id("upl")
    upload = Upload(
        pk=scope.pk,
        sk=keys.upload_sk(upload_id),
        id=upload_id,
        purpose=purpose,
        size=size,
        file_key=f"uploads/{scope.tenant_id}/{upload_id}.csv",
        ttl=tx.now_ms // 1000 + lifetime_s,
    )
    tx.put_new(upload)
    end_file(tx, upload.file_key, at_ms=tx.now_ms + lifetime_s * 1000)
    tx.commit()
    return upload


def find_upload(scope: TenantScope, upload_id: str) -> Upload | None:
    return database().find(Upload, scope.pk, keys.upload_sk(upload_id))


def delete_upload(tx: Transaction, upload: Upload) -> None:
    tx.delete(upload.pk, upload.sk)


def end_file(tx: Transaction, file_key: str, *, at_ms: int) -> None:
    """Delete the file then."""
    tx.put(FileEnd(pk=keys.FILES, sk=keys.file_end_sk(at_ms, file_key), file_key=file_key))


def ended_files(now_ms: int, *, limit: int = 100) -> list[FileEnd]:
    """Whose time has passed, the oldest first."""
    return database().page(FileEnd, keys.FILES, between=("0", keys.file_end_sk(now_ms, "")), limit=limit).items


def forget_file(end: FileEnd) -> None:
    database().delete_many([(end.pk, end.sk)])
