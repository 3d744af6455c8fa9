"""An embedded database apart from that of the other tests, with secrets of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import DYNOXIDE, select_nothing
from tests.ports import free_port

TABLE = "patchbay-embedded"
Json = dict[str, Any]


@dataclass(frozen=True)
class OwnDatabase:
    client: Any
    environment: dict[str, str]
    secrets: Path

    def items(self) -> list[Json]:
        found: list[Json] = []
        start: Json = {}
        while True:
            page = self.client.scan(TableName=TABLE, ConsistentRead=True, **start)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def put(self, items: list[Json]) -> None:
        for item in items:
            self.client.put_item(TableName=TABLE, Item=item)


@contextmanager
def own_database(directory: Path) -> Iterator[OwnDatabase]:
    """Empty, with the table."""
    from chalicelib.storage.schema import create_table

    port = free_port()
    command = [DYNOXIDE, "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = _client(f"http://127.0.0.1:{port}")
        _wait(client)
        create_table(client, TABLE)
        yield OwnDatabase(client, _environment(directory, port), directory / "secrets")
    finally:
        process.kill()
        process.wait()


def _environment(directory: Path, port: int) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "PATCHBAY_DYNAMODB_ENDPOINT": f"http://127.0.0.1:{port}",
        "PATCHBAY_SECRETS_DIR": str(directory / "secrets"),
        "PATCHBAY_MAIL_DIR": str(directory / "mail"),
        "PATCHBAY_FILES_DIR": str(directory / "files"),
        "PATCHBAY_QUEUE_DIR": str(directory / "queue"),
        "PATCHBAY_DNS_ADAPTER": "file",
        "PATCHBAY_DNS_FILE": str(directory / "dns.json"),
        "PATCHBAY_ALLOW_PRIVATE_GATEWAYS": "true",
        "PATCHBAY_EXPOSE_DB_COST": "true",
        "PATCHBAY_UNIFORM_ANSWER_MS": "0",
        "PATCHBAY_MIGRATION_DELAY_S": "0",
    }


def _client(endpoint: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        "dynamodb", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="embedded",
        aws_secret_access_key="embedded", config=Config(retries={"max_attempts": 2}),
    )  # fmt: skip


def _wait(client: Any) -> None:
    from botocore.exceptions import EndpointConnectionError

    for _ in range(200):
        try:
            client.list_tables()
        except EndpointConnectionError:
            select_nothing()
        else:
            return
    raise AssertionError("the database didn't start")
