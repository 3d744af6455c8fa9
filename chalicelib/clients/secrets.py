"""Named secrets: AWS Secrets Manager, or one file each (mode 0600) in a directory. Made on first use, never logged.

``token-key`` and ``cursor-key`` can be rotated: what the one before signed holds on until the next rotation, and
running processes take up the new one within ``READ_AGAIN_S`` (docs/operations.md, "Rotate a key"). ``master-key`` is a
ring of keys: ``master_keys.py``.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from chalicelib.clients.patience import short_patience
from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.settings import settings

READ_AGAIN_S = 300.0
SOONEST_S = 10.0  # after a reading that brought nothing new, however often something unknown is asked for


class Secrets(Protocol):
    """Raises ``try_again`` when they can't be read or kept."""

    def find(self, name: str) -> bytes | None: ...

    def find_previous(self, name: str) -> bytes | None:
        """The value before the last rotation."""

    def put_new(self, name: str, value: bytes) -> bytes:
        """Store the value unless there is one already; the value that counts."""


class SecretMovedError(Exception):
    """Somebody else has changed the secret since it was read."""


class ChangeableSecrets(Secrets, Protocol):
    """With a right that no function of the API has: commands of an operator have it."""

    def replace(self, name: str, seen: bytes, value: bytes) -> None:
        """Raises ``SecretMovedError`` if the value in force isn't ``seen`` any more."""


class FileSecrets:
    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)

    def find(self, name: str) -> bytes | None:
        try:
            return (self._directory / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreachable() from error

    def find_previous(self, name: str) -> bytes | None:
        return self.find(f"{name}.previous")

    def rotate(self, name: str, value: bytes) -> None:
        """The value in force becomes the previous one."""
        current = self.find(name)
        if current is not None:
            self._write(current).replace(self._directory / f"{name}.previous")
        self._write(value).replace(self._directory / name)

    def replace(self, name: str, seen: bytes, value: bytes) -> None:
        with (self._directory / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.find(name) != seen:
                raise SecretMovedError(name)
            self._write(value).replace(self._directory / name)

    def _write(self, value: bytes) -> Path:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._directory / f".new.{os.getpid()}.{os.urandom(4).hex()}"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(value)
        return temporary

    def put_new(self, name: str, value: bytes) -> bytes:
        try:
            return self._put_new(name, value)
        except OSError as error:
            raise _unreachable() from error

    def _put_new(self, name: str, value: bytes) -> bytes:
        temporary = self._write(value)
        try:
            os.link(temporary, self._directory / name)  # fails if another process was first
        except FileExistsError:
            return (self._directory / name).read_bytes()
        finally:
            temporary.unlink()
        return value


class SecretsManager:
    """``client``: a boto3 ``secretsmanager`` client; ``prefix``: of the names there."""

    def __init__(self, client: Any, *, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def find(self, name: str) -> bytes | None:
        return self._find(name, "AWSCURRENT")

    def find_previous(self, name: str) -> bytes | None:
        return self._find(name, "AWSPREVIOUS")

    def _find(self, name: str, stage: str) -> bytes | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._client.get_secret_value(SecretId=self._prefix + name, VersionStage=stage)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        except (BotoCoreError, ClientError) as error:
            raise _unreachable() from error
        value: bytes | None = found.get("SecretBinary")
        return found["SecretString"].encode() if value is None else value  # text: made by the stack, not by the code

    def put_new(self, name: str, value: bytes) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.create_secret(Name=self._prefix + name, SecretBinary=value)
        except self._client.exceptions.ResourceExistsException as error:
            found = self.find(name)
            if found is None:  # being deleted
                raise _unreachable() from error
            return found
        except (BotoCoreError, ClientError) as error:
            raise _unreachable() from error
        return value


def _unreachable() -> PatchbayError:
    return PatchbayError("try_again", say("secrets_silent"))


@cache
def secrets() -> Secrets:
    if settings().secrets_adapter == "file":
        return FileSecrets(settings().secrets_dir)
    import boto3

    client = boto3.client("secretsmanager", region_name=settings().region, config=short_patience())
    return SecretsManager(client, prefix=f"patchbay/{settings().stage}/")


@cache
def random_secret(name: str) -> bytes:
    """32 random bytes, the same for every process of the installation."""
    return secrets().find(name) or secrets().put_new(name, os.urandom(32))


@dataclass(frozen=True, slots=True)
class _Ring:
    """``missed_at``: when something unknown was asked for and reading again brought nothing new."""

    keys: tuple[bytes, ...]
    read_at: float
    missed_at: float


_rings: dict[str, _Ring] = {}


def token_keys(*, again: bool = False) -> tuple[bytes, ...]:
    """The ES256 private keys (PEM) of access tokens: the one that signs, and the one before it. ``again``: read them
    anew, since something was signed by none of them."""
    return _ring("token-key", make_token_key, again=again)


def cursor_keys(*, again: bool = False) -> tuple[bytes, ...]:
    """As ``token_keys``, 32 bytes each, for the cursors of lists."""
    return _ring("cursor-key", make_random_key, again=again)


def edge_keys(*, again: bool = False) -> tuple[bytes, ...]:
    """As ``token_keys``, what a CDN in front of the API shows as a proof that it is the one; none without a CDN. The
    stack makes it, because the CDN has to know it too."""
    return _ring("edge-key", make_random_key, again=again) if settings().behind_edge else ()


def make_random_key() -> bytes:
    return os.urandom(32)


def make_token_key() -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _ring(name: str, make: Callable[[], bytes], *, again: bool) -> tuple[bytes, ...]:
    """What another process signed a second after a rotation must be understood, however short ago these keys were
    read; what nobody signed mustn't make every request read them."""
    now, known = time.monotonic(), _rings.get(name)
    if known is not None and (now - known.missed_at < SOONEST_S if again else now - known.read_at < READ_AGAIN_S):
        return known.keys
    try:
        keys = _read_ring(name, make)
    except PatchbayError:
        if known is None:
            raise
        keys = known.keys  # those that were read before still hold
    missed = again and known is not None and keys == known.keys
    _rings[name] = _Ring(keys, now, now if missed else -SOONEST_S)
    return keys


def _read_ring(name: str, make: Callable[[], bytes]) -> tuple[bytes, ...]:
    current = secrets().find(name) or secrets().put_new(name, make())
    previous = secrets().find_previous(name)
    return (current,) if previous is None else (current, previous)
