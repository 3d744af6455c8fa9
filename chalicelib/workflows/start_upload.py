"""A place for a file of a tenant, and the one request that fills it."""

from __future__ import annotations

from chalicelib.clients.files import Files, SignedUpload, files
from chalicelib.settings import settings
from chalicelib.storage.attempts import Limit, take_attempt
from chalicelib.storage.scope import TenantScope
from chalicelib.storage.uploads import Upload, put_upload


def start_upload(
    scope: TenantScope, *, size: int, purpose: str, store: Files | None = None
) -> tuple[Upload, SignedUpload]:
    """Raises ``too_many_attempts``: storage is paid for by the platform."""
    config = settings()
    take_attempt([Limit(f"upload:{scope.tenant_id}", config.uploads_per_tenant)])
    upload = put_upload(scope, size=size, purpose=purpose, lifetime_s=config.upload_kept_s)
    signed = (store or files()).sign_upload(
        upload.file_key, size=size, media_type="text/csv", lifetime_s=config.upload_link_s
    )
    return upload, signed
