"""Requests to AWS, signed with the credentials of this machine (Signature Version 4).

By ``awscrt``, AWS's own C library: it finds credentials as every AWS SDK does (environment, profile, web identity, ECS
task, EC2 instance) and renews them before they expire. It is imported only where a queue is set.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from awscrt.auth import AwsCredentialsProvider

SIGNING_S = 10.0  # fetching credentials from the machine's metadata included


class SigningError(OSError):
    """There are no credentials now."""


class AwsSigner:
    def __init__(self, *, endpoint: str, region: str, service: str) -> None:
        self._host = urlsplit(endpoint).netloc
        self._region = region
        self._service = service
        self._credentials = _find_credentials()

    async def sign(self, method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
        """All headers to be sent but Host and Content-Length. Raises ``SigningError``."""
        from awscrt import auth, exceptions, http

        asked = http.HttpRequest(method, target, http.HttpHeaders([("Host", self._host), *headers.items()]))
        config = auth.AwsSigningConfig(
            algorithm=auth.AwsSigningAlgorithm.V4,
            signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
            credentials_provider=self._credentials,
            region=self._region,
            service=self._service,
            signed_body_value=hashlib.sha256(body).hexdigest(),
        )
        try:
            async with asyncio.timeout(SIGNING_S):
                signed = await asyncio.wrap_future(auth.aws_sign_request(asked, config))
        except (exceptions.AwsCrtError, TimeoutError) as error:
            raise SigningError(f"no credentials: {error or 'too slow'}") from error
        return {name: value for name, value in signed.headers if name != "Host"}


def _find_credentials() -> AwsCredentialsProvider:
    from awscrt import auth, io

    threads = io.EventLoopGroup(1)
    return auth.AwsCredentialsProvider.new_default_chain(io.ClientBootstrap(threads, io.DefaultHostResolver(threads)))
