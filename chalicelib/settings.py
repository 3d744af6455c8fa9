"""Settings of the control plane: one typed model, read once; a wrong one fails at start by name."""

from __future__ import annotations

import os
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str = Field(default="embedded", pattern=r"^[a-z][a-z0-9-]{0,19}$")
    table_name: str = Field(default="patchbay-embedded", min_length=11)  # Dynoxide takes no shorter one
    region: str = "us-east-1"
    dynamodb_endpoint: str | None = None
    platform_domain: str = "patchbay.localhost"
    public_url: str = "http://localhost:8080"
    mail_adapter: Literal["ses", "mailbox", "smtp"] = "mailbox"
    mail_from: str = "Patchbay <noreply@patchbay.localhost>"
    mail_dir: str = "var/mail"
    smtp_url: str | None = None
    secrets_adapter: Literal["secretsmanager", "file"] = "file"
    secrets_dir: str = "var/secrets"
    files_adapter: Literal["s3", "directory"] = "directory"
    files_dir: str = "var/files"
    files_bucket: str = Field(default="", validate_default=True)
    upload_link_s: int = Field(default=900, ge=60, le=3600)
    upload_kept_s: int = Field(default=24 * 3600, ge=3600)  # time to look at a dry run before the real import
    result_kept_s: int = Field(default=3600, ge=60, le=24 * 3600)  # results of imports hold new passwords
    job_kept_days: int = Field(default=90, ge=1)
    active_jobs: int = Field(default=5, ge=1)  # of a tenant: queued or running
    uploads_per_tenant: int = Field(default=100, ge=1)  # per window of attempts
    node_queues_adapter: Literal["sqs", "none"] = "none"  # none: SBC nodes ask the API what has changed
    enrolment_s: int = Field(default=24 * 3600, ge=300, le=7 * 86400)  # how long a node's one-time key is valid
    queue_adapter: Literal["sqs", "directory"] = "directory"
    queue_dir: str = "var/queue"
    work_queue_url: str = Field(default="", validate_default=True)
    speech_adapter: Literal["polly", "espeak"] = "espeak"
    polly_engine: Literal["neural", "standard"] = "neural"  # some regions have the standard one alone
    dns_adapter: Literal["resolver", "file"] = "resolver"
    dns_file: str = "var/dns.json"
    allow_private_gateways: bool = False
    access_token_s: int = Field(default=900, ge=60, le=3600)
    refresh_token_s: int = Field(default=30 * 86400, ge=3600)
    link_s: int = Field(default=24 * 3600, ge=60)  # signup and password links; also an onboarding's token
    invitation_s: int = Field(default=7 * 86400, ge=3600)
    onboarding_days: int = Field(default=30, ge=1)  # how long an unfinished onboarding and its namespace are kept
    behind_edge: bool = False  # requests come through a CDN, which shows the secret edge-key
    attempts_window_s: int = Field(default=900, ge=10)
    login_attempts: int = Field(default=10, ge=1)  # failed ones per login and window
    source_attempts: int = Field(default=100, ge=1)  # failed ones per source address and window
    mails_per_address: int = Field(default=5, ge=1)  # per address, purpose and window
    uniform_answer_ms: int = Field(default=400, ge=0)  # no sooner is a password reset answered, known user or not
    cdr_retention_days: int = Field(default=396, ge=1)
    migration_delay_s: int = Field(default=300, ge=0)  # until no instance of the release before is at work any more
    expose_db_cost: bool = False  # adds X-Db-Operations and X-Db-Read-Units to every answer

    @field_validator("files_bucket")
    @classmethod
    def _needs_bucket(cls, bucket: str, info: ValidationInfo) -> str:
        if info.data.get("files_adapter") == "s3" and not bucket:
            raise ValueError("the s3 adapter needs a bucket")
        return bucket

    @field_validator("work_queue_url")
    @classmethod
    def _needs_url(cls, url: str, info: ValidationInfo) -> str:
        if info.data.get("queue_adapter") == "sqs" and not url:
            raise ValueError("the sqs adapter needs the queue's URL")
        return url


PREFIX = "PATCHBAY_"
ON_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
EMBEDDED = "embedded"
#: What stands in for a service of AWS on one machine; elsewhere it would lose data, or tell it to nobody, in silence.
STAND_INS = {
    "mail_adapter": "mailbox",
    "secrets_adapter": "file",
    "files_adapter": "directory",
    "queue_adapter": "directory",
    "speech_adapter": "espeak",
    "dns_adapter": "file",
}
#: What has a default that is right on one machine alone.
NAMED_BY_STAGE = ("table_name", "platform_domain", "public_url", "mail_from")


class SettingsError(RuntimeError):
    """A setting is wrong; the message names its environment variable."""


@cache
def settings() -> Settings:
    given = {
        name: os.environ[PREFIX + name.upper()] for name in Settings.model_fields if PREFIX + name.upper() in os.environ
    }
    try:
        found = Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(str(first["loc"][0]), first["msg"]) from error
    if found.stage != EMBEDDED:
        _check_deployed(found)
    elif ON_LAMBDA:
        raise _wrong("stage", "a function of AWS Lambda is of no embedded system")
    return found


def _check_deployed(found: Settings) -> None:
    for name, stand_in in STAND_INS.items():
        if getattr(found, name) == stand_in:
            raise _wrong(name, f"{stand_in!r} is for the embedded system, not for stage {found.stage!r}")
    for name in NAMED_BY_STAGE:
        if name not in found.model_fields_set:
            raise _wrong(name, f"stage {found.stage!r} needs a value")


def _wrong(name: str, message: str) -> SettingsError:
    return SettingsError(f"{PREFIX}{name.upper()}: {message}")


if ON_LAMBDA:
    settings()  # a wrong one stops the function's start, not its first request
