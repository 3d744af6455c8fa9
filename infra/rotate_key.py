"""``python -m infra.rotate_key STAGE token-key`` (or ``cursor-key``, ``edge-key``, ``master-key``): a new key on AWS.

Runs on the operator's machine, in the product's virtualenv, with credentials for the account: no function of the stack
may change a secret. What the key before signed holds until the next rotation; one that was stolen is rotated twice.
``master-key``: everything is sealed with it anew while the system runs; ``--check`` tells how far it is, ``--drop``
ends a former one. docs/deploy.md, "Rotate keys".
"""

from __future__ import annotations

import argparse
import os
import secrets
import string
import sys
from typing import Any

import boto3

from chalicelib.clients.secrets import SecretMovedError, SecretsManager, make_random_key, make_token_key
from infra.first_admin import take_settings
from infra.publish_consoles import find_outputs

MASTER, EDGE = "master-key", "edge-key"
MAKERS = {"token-key": make_token_key, "cursor-key": make_random_key}
EDGE_LETTERS = 48
CURRENT = "AWSCURRENT"


class ManagedSecrets(SecretsManager):
    """With the operator's rights."""

    def __init__(self, client: Any, *, prefix: str) -> None:
        super().__init__(client, prefix=prefix)
        self._manager, self._names = client, prefix

    def rotate(self, name: str, **value: Any) -> None:
        """``SecretBinary`` or ``SecretString``; the value in force becomes the previous one."""
        self._manager.put_secret_value(SecretId=self._names + name, **value)

    def replace(self, name: str, seen: bytes, value: bytes) -> None:
        """The stage moves from the very version that was compared, so of two who replace at once one is refused. Raises
        ``SecretMovedError``."""
        place = self._names + name
        before = self._manager.get_secret_value(SecretId=place, VersionStage=CURRENT)
        value_now = before["SecretBinary"] if "SecretBinary" in before else before["SecretString"].encode()
        if value_now != seen:
            raise SecretMovedError(name)
        pending = f"patchbay-{secrets.token_hex(8)}"  # of this attempt alone
        made = self._manager.put_secret_value(SecretId=place, SecretBinary=value, VersionStages=[pending])
        try:
            self._manager.update_secret_version_stage(
                SecretId=place,
                VersionStage=CURRENT,
                RemoveFromVersionId=before["VersionId"],
                MoveToVersionId=made["VersionId"],
            )
        except self._manager.exceptions.InvalidParameterException as error:
            raise SecretMovedError(name) from error
        finally:  # a version without a stage is deleted by and by
            self._manager.update_secret_version_stage(
                SecretId=place, VersionStage=pending, RemoveFromVersionId=made["VersionId"]
            )


def rotate_edge_key(store: ManagedSecrets, cloudfront: Any, distribution: str, *, header: str) -> bool:
    """Whether there is a new one: an earlier run may have died before CloudFront was told. The API takes the new key
    and the one before, so requests are believed while CloudFront's edges learn of it, which takes minutes."""
    found = cloudfront.get_distribution_config(Id=distribution)
    config = found["DistributionConfig"]
    headers = [
        one
        for origin in config["Origins"]["Items"]
        for one in origin.get("CustomHeaders", {}).get("Items", [])
        if one["HeaderName"].lower() == header
    ]
    if not headers:
        raise LookupError(f"distribution {distribution} sends no {header}")
    known = store.find(EDGE)
    is_new = known is None or all(one["HeaderValue"].encode() == known for one in headers)
    if is_new:
        letters = string.ascii_letters + string.digits
        value = "".join(secrets.choice(letters) for _ in range(EDGE_LETTERS))
        store.rotate(EDGE, SecretString=value)
        known = value.encode()
    for one in headers:
        one["HeaderValue"] = (known or b"").decode()
    cloudfront.update_distribution(Id=distribution, IfMatch=found["ETag"], DistributionConfig=config)
    return is_new


def _edge(store: ManagedSecrets, options: argparse.Namespace) -> None:
    from chalicelib.handlers.source import EDGE_HEADER

    outputs = find_outputs(options.stage, boto3.client("cloudformation", region_name=options.region))
    cloudfront = boto3.client("cloudfront", region_name=options.region)
    made = rotate_edge_key(store, cloudfront, outputs["ConsolesDistributionId"], header=EDGE_HEADER)
    said = "new" if made else "the one that an earlier run has made"
    sys.stdout.write(f"{EDGE} is {said}; CloudFront tells it to the API within minutes.\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.rotate_key", description=__doc__)
    parser.add_argument("stage", help="dev, staging or production")
    parser.add_argument("name", choices=sorted([*MAKERS, EDGE, MASTER]))
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    from local.master_key import add_options, only_for_master_key, run

    add_options(parser)
    options = parser.parse_args(arguments)
    client = boto3.client("secretsmanager", region_name=options.region)
    store = ManagedSecrets(client, prefix=f"patchbay/{options.stage}/")
    if options.name == MASTER:
        os.environ.update(take_settings(options.stage, options.region))
        return run(options, store)
    only_for_master_key(parser, options)
    if options.name == EDGE:
        _edge(store, options)
    else:
        store.rotate(options.name, SecretBinary=MAKERS[options.name]())
        sys.stdout.write(f"{options.name} is new; running functions take it up within five minutes.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
