"""Deploys a synthesised stack into the local cloud, as the CDK's command line would: assets, template, events."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.checks.cloud import ACCOUNT, Cloud, CloudError
from infra.checks.local_gaps import fit

MADE_WITHIN_S = 300


@dataclass(frozen=True, slots=True)
class Deployed:
    """``changed``: what of the template is otherwise than on AWS, by logical id (``local_gaps``)."""

    name: str
    outputs: dict[str, str]
    made: dict[str, str]  # type by logical id
    changed: dict[str, str]


def make_zone(cloud: Cloud, domain: str) -> str:
    """The public zone that an operator has before the first deployment; its id."""
    made = cloud.client("route53").create_hosted_zone(Name=domain, CallerReference=f"check-{time.time_ns()}")
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def deploy(cloud: Cloud, template: Path) -> Deployed:
    """``template`` with its assets beside it. Raises ``CloudError`` with the events that failed."""
    name = template.name.removesuffix(".template.json")
    _bootstrap(cloud)
    bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{cloud.region}"
    cloud.client("s3").create_bucket(Bucket=bucket)
    _publish_assets(cloud, template, bucket)
    unknown = _unknown_types(cloud, f"{cloud.url}/{bucket}/{_key_of(template)}")
    fitted, changed = fit(json.loads(template.read_text()), port=cloud.port, unknown=unknown)
    cloud.client("s3").put_object(Bucket=bucket, Key="fitted.json", Body=json.dumps(fitted).encode())
    cloud.client("cloudformation").create_stack(
        StackName=name,
        TemplateURL=f"{cloud.url}/{bucket}/fitted.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    stack = _wait(cloud, name)
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    made = {key: str(one["Type"]) for key, one in fitted["Resources"].items()}
    return Deployed(name, outputs, made, changed)


def destroy(cloud: Cloud, deployed: Deployed) -> None:
    """The stack can be taken down too. Raises ``CloudError``."""
    client = cloud.client("cloudformation")
    client.update_termination_protection(StackName=deployed.name, EnableTerminationProtection=False)
    stack_id = client.describe_stacks(StackName=deployed.name)["Stacks"][0]["StackId"]
    client.delete_stack(StackName=deployed.name)
    _wait(cloud, stack_id, wanted="DELETE_COMPLETE")


def _bootstrap(cloud: Cloud) -> None:
    """What ``cdk bootstrap`` leaves in an account, as far as a template asks for it."""
    cloud.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")


def _publish_assets(cloud: Cloud, template: Path, bucket: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        for asset in _assets(template):
            source = template.parent / asset["source"]["path"]
            if asset["source"]["packaging"] == "zip":
                source = Path(shutil.make_archive(f"{directory}/{source.name}", "zip", source))
            for destination in asset["destinations"].values():
                cloud.client("s3").upload_file(str(source), bucket, destination["objectKey"])


def _assets(template: Path) -> list[dict[str, Any]]:
    listed = json.loads(template.with_name(template.name.replace(".template.", ".assets.")).read_text())
    return list(listed["files"].values())


def _key_of(template: Path) -> str:
    """Under which the template itself is among the assets."""
    [found] = [one for one in _assets(template) if one["source"]["path"] == template.name]
    return str(next(iter(found["destinations"].values()))["objectKey"])


def _unknown_types(cloud: Cloud, url: str) -> set[str]:
    """The cloud says itself which types of resources it can't make."""
    from botocore.exceptions import ClientError

    try:
        cloud.client("cloudformation").validate_template(TemplateURL=url)
    except ClientError as error:
        found = re.search(r"Unrecognized resource types: \[([^]]+)\]", str(error))
        if found is None:
            raise
        return {name.strip() for name in found[1].split(",")}
    return set()


def _wait(cloud: Cloud, name: str, *, wanted: str = "CREATE_COMPLETE") -> Any:
    client = cloud.client("cloudformation")
    until = time.monotonic() + MADE_WITHIN_S
    while time.monotonic() < until:
        stack = client.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] == wanted:
            return stack
        if not stack["StackStatus"].endswith("_IN_PROGRESS") or "ROLLBACK" in stack["StackStatus"]:
            break
        time.sleep(0.2)
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    told = "\n".join(
        f"  {one['LogicalResourceId']} ({one['ResourceType']}): {one.get('ResourceStatusReason', '')}" for one in failed
    )
    raise CloudError(f"{cloud.last_lines(20)}\nthe stack is {stack['StackStatus']} and not {wanted}:\n{told}")
