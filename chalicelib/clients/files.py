"""Files too large for the API: they come and go by signed links, in S3 or in a directory of the local machine."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from chalicelib.clients.file_links import FileLink, check_key, open_link, sign_link
from chalicelib.clients.patience import short_patience
from chalicelib.clients.secrets import random_secret
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.settings import settings


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """The one request that stores the file; it must carry ``headers`` and exactly the bytes that were announced.

    ``url``: absolute, or a path at the API's own address. ``expires_at``: milliseconds.
    """

    url: str
    headers: dict[str, str]
    expires_at: int
    method: str = "PUT"


class Files(Protocol):
    """Keys are names between slashes (``file_links.check_key``). Raises ``try_again`` when the store doesn't answer."""

    def put(self, key: str, data: bytes, *, media_type: str) -> None: ...

    def find(self, key: str) -> bytes | None: ...

    def find_size(self, key: str) -> int | None:
        """In bytes; None: there is no such file (yet)."""

    def delete(self, key: str) -> None:
        """No matter whether it exists."""

    def sign_upload(self, key: str, *, size: int, media_type: str, lifetime_s: int) -> SignedUpload: ...

    def sign_download(self, key: str, *, filename: str, media_type: str, lifetime_s: int) -> str:
        """The address to get the file from; a browser saves it and never shows it."""


class DirectoryFiles:
    """One file per key below ``directory``, for its owner alone. The local front serves the links."""

    def __init__(self, directory: str, *, secret: bytes) -> None:
        self._directory = Path(directory)
        self._secret = secret

    def put(self, key: str, data: bytes, *, media_type: str) -> None:  # noqa: ARG002 - the link says the type
        path = self._path(key)
        temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            temporary.replace(path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise _unreachable() from error

    def find(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def find_size(self, key: str) -> int | None:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def sign_upload(self, key: str, *, size: int, media_type: str, lifetime_s: int) -> SignedUpload:
        expires_at = int(time.time()) + lifetime_s
        link = FileLink("PUT", key, expires_at, size=size, media_type=media_type)
        return SignedUpload(sign_link(link, secret=self._secret), {"Content-Type": media_type}, expires_at * 1000)

    def sign_download(self, key: str, *, filename: str, media_type: str, lifetime_s: int) -> str:
        expires_at = int(time.time()) + lifetime_s
        link = FileLink("GET", key, expires_at, media_type=media_type, filename=filename)
        return sign_link(link, secret=self._secret)

    def open_link(self, method: str, path: str, query: str) -> FileLink | None:
        return open_link(method, path, query, secret=self._secret, now_s=time.time())

    def _path(self, key: str) -> Path:
        return self._directory / check_key(key)


class S3Files:
    """``client``: see ``s3_client``. The bucket's lifecycle rule is the second guard
    against files that nobody deletes."""

    def __init__(self, client: Any, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes, *, media_type: str) -> None:
        self._call("put_object", key, Body=data, ContentType=media_type)

    def find(self, key: str) -> bytes | None:
        answer = self._call("get_object", key)
        if answer is None:
            return None
        data: bytes = answer["Body"].read()
        return data

    def find_size(self, key: str) -> int | None:
        answer = self._call("head_object", key)
        return None if answer is None else int(answer["ContentLength"])

    def delete(self, key: str) -> None:
        self._call("delete_object", key)

    def sign_upload(self, key: str, *, size: int, media_type: str, lifetime_s: int) -> SignedUpload:
        """The length is among the signed headers: S3 refuses any other."""
        values = {"ContentLength": size, "ContentType": media_type}
        expires_at = int(time.time()) + lifetime_s
        return SignedUpload(
            self._sign("put_object", key, values, lifetime_s), {"Content-Type": media_type}, expires_at * 1000
        )

    def sign_download(self, key: str, *, filename: str, media_type: str, lifetime_s: int) -> str:
        values = {
            "ResponseContentDisposition": f'attachment; filename="{filename}"',
            "ResponseContentType": media_type,
            "ResponseCacheControl": "no-store",
        }
        return self._sign("get_object", key, values, lifetime_s)

    def _sign(self, operation: str, key: str, values: dict[str, Any], lifetime_s: int) -> str:
        url: str = self._client.generate_presigned_url(
            operation, Params={"Bucket": self._bucket, "Key": check_key(key), **values}, ExpiresIn=lifetime_s
        )
        return url

    def _call(self, operation: str, key: str, **values: Any) -> Any:
        """The answer; None if there is no such file."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, operation)(Bucket=self._bucket, Key=check_key(key), **values)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise _unreachable() from error
        except BotoCoreError as error:
            raise _unreachable() from error


def _unreachable() -> PatchbayError:
    return PatchbayError("try_again", say("files_silent"))


@cache
def directory_files() -> DirectoryFiles:
    return DirectoryFiles(settings().files_dir, secret=random_secret("file-key"))


@cache
def files() -> Files:
    config = settings()
    if config.files_adapter == "directory":
        return directory_files()
    return S3Files(s3_client(config.region), bucket=config.files_bucket)


def s3_client(region: str) -> Any:
    """Its links lead to the bucket's host in its region: by default they lead to a global one, which redirects, and the
    signature doesn't hold there; in us-east-1, where it does, the consoles' Content-Security-Policy knows no such host.
    """
    import boto3

    config = short_patience(
        signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
    )
    return boto3.client("s3", region_name=region, config=config)
