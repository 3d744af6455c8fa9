"""``python -m infra.first_admin STAGE --email ann@example.com``: the first admin and plan of a new platform.

Runs on the operator's machine, in the product's virtualenv, with credentials for the account: it takes the settings of
the deployed API and makes what is missing, as the embedded system does at its start. The password is shown once.
"""

from __future__ import annotations

import argparse
import os
import sys

import boto3


def take_settings(stage: str, region: str) -> dict[str, str]:
    """The environment of the deployed API's function."""
    client = boto3.client("lambda", region_name=region)
    found = client.get_function_configuration(FunctionName=f"patchbay-{stage}-api")
    return {name: value for name, value in found["Environment"]["Variables"].items() if name.startswith("PATCHBAY_")}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.first_admin", description=__doc__)
    parser.add_argument("stage", help="dev, staging or production")
    parser.add_argument("--email", required=True, help="of the platform's admin, who logs in to namespace platform")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    options = parser.parse_args(arguments)
    os.environ.update(take_settings(options.stage, options.region))

    from chalicelib.workflows.bootstrap_platform import bootstrap_platform

    made = bootstrap_platform(admin_email=options.email)
    if made.admin_password is None:
        sys.stdout.write(f"{options.email} is an admin of the platform already; nothing was changed\n")
    else:
        sys.stdout.write(f"namespace platform\ne-mail    {options.email}\npassword  {made.admin_password}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
