"""Named secrets: AWS Secrets Manager, or one file each (mode 0600) in a directory. Made on first use, never logged."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from chalicelib.domain.errors import PatchbayError
from chalicelib.domain.sentences import say
from chalicelib.settings import settings

NAMES = ("master-key", "cursor-key", "token-key", "file-key")


class Secrets(Protocol):
    """Raises ``try_again`` when they can't be read or kept."""

    def find(self, name: str) -> bytes | None: ...

    def put_new(self, name: str, value: bytes) -> bytes:
        """Store the value unless there is one already; the value that counts."""


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

    def put_new(self, name: str, value: bytes) -> bytes:
        try:
            return self._put_new(name, value)
        except OSError as error:
            raise _unreachable() from error

    def _put_new(self, name: str, value: bytes) -> bytes:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._directory / f".{name}.{os.getpid()}.{os.urandom(4).hex()}"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(value)
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
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._client.get_secret_value(SecretId=self._prefix + name)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        except (BotoCoreError, ClientError) as error:
            raise _unreachable() from error
        value: bytes = found["SecretBinary"]
        return value

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

    client = boto3.client("secretsmanager", region_name=settings().region)
    return SecretsManager(client, prefix=f"patchbay/{settings().stage}/")


@cache
def random_secret(name: str) -> bytes:
    """32 random bytes, the same for every process of the installation."""
    return secrets().find(name) or secrets().put_new(name, os.urandom(32))


@cache
def token_key() -> bytes:
    """The ES256 private key (PEM) that signs access tokens."""
    found = secrets().find("token-key")
    if found is not None:
        return found
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secrets().put_new("token-key", pem)
