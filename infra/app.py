"""``python -m infra.app``: what the CDK's command line runs (``cdk.json``). Its context is the configuration."""

from __future__ import annotations

import sys

from aws_cdk import App

from infra.application import read_application
from infra.config import ConfigError, load_config
from infra.rules import check_rules
from infra.stack import PatchbayStack
from infra.synth import BUILD


def main() -> int:
    app = App()
    try:
        config = load_config(app.node.get_all_context())
    except ConfigError as error:
        sys.stderr.write(f"infra: {error}\n")
        return 1
    check_rules(app)
    PatchbayStack(app, config=config, application=read_application(BUILD))
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
