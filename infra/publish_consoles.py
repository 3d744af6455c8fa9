"""``python -m infra.publish_consoles STAGE``: the built consoles into the stack's bucket, as CloudFront delivers them.

Runs on the operator's machine, in the product's virtualenv, with credentials for the account, after each deployment.
Files come before the pages that name them, and old files stay: an open page goes on working.
"""

from __future__ import annotations

import argparse
import mimetypes
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from infra.delivery import Delivery, read_delivery

DIST = Path(__file__).resolve().parent.parent / "consoles/dist"
PAGES = ("/*",)  # one path of an invalidation, whatever number of files it covers
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class Upload:
    key: str
    path: Path
    caching: str
    media_type: str


class PublishError(RuntimeError):
    """Nothing was published; the message says what to do."""


def plan_uploads(dist: Path, delivery: Delivery) -> list[Upload]:
    """In the order in which they may appear. Raises ``PublishError`` if the consoles aren't built."""
    missing = [entry for entry in delivery.entries if not (dist / entry / "index.html").is_file()]
    if missing:
        raise PublishError(f"{dist} has no {', '.join(missing)}: run make install, which builds the consoles")
    found = list(_files(dist, delivery))
    return sorted(found, key=lambda upload: (upload.key.endswith(".html"), upload.key))


def _files(dist: Path, delivery: Delivery) -> Iterator[Upload]:
    for path in dist.rglob("*"):
        key = path.relative_to(dist).as_posix()
        if path.is_file() and not path.name.startswith("."):
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            text = "; charset=utf-8" if kind.startswith("text/") else ""
            yield Upload(key, path, delivery.caching_of(f"/{key}"), kind + text)


def publish(uploads: list[Upload], *, bucket: str, distribution: str, s3: Any, cloudfront: Any) -> None:
    for upload in uploads:
        s3.put_object(
            Bucket=bucket,
            Key=upload.key,
            Body=upload.path.read_bytes(),
            CacheControl=upload.caching,
            ContentType=upload.media_type,
        )
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(PAGES), "Items": list(PAGES)},
            "CallerReference": f"patchbay-{time.time_ns()}",
        },
    )


def find_outputs(stage: str, client: Any) -> dict[str, str]:
    """Of the deployed stack."""
    stack = client.describe_stacks(StackName=f"patchbay-{stage}")["Stacks"][0]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.publish_consoles", description=__doc__)
    parser.add_argument("stage", help="dev, staging or production")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    options = parser.parse_args(arguments)
    uploads = plan_uploads(DIST, read_delivery(websocket_origins=()))
    outputs = find_outputs(options.stage, boto3.client("cloudformation", region_name=options.region))
    publish(
        uploads,
        bucket=outputs["ConsolesBucketName"],
        distribution=outputs["ConsolesDistributionId"],
        s3=boto3.client("s3", region_name=options.region),
        cloudfront=boto3.client("cloudfront", region_name=options.region),
    )
    sys.stdout.write(f"{len(uploads)} files; {outputs['ConsolesAddress']}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
