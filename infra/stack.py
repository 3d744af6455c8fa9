"""The whole deployment: one stack, composed of a construct per concern."""

from __future__ import annotations

from typing import Any

from aws_cdk import Environment, Stack, Tags
from constructs import Construct

from infra.config import StageConfig
from infra.table import Table


class PatchbayStack(Stack):
    """Everything of one stage. Each concern is an attribute, so that later ones can refer to earlier ones."""

    def __init__(self, scope: Construct, *, config: StageConfig, **options: Any) -> None:
        super().__init__(
            scope,
            config.name,
            stack_name=config.name,
            description=f"Patchbay, {config.stage}: the whole of it",
            env=Environment(account=config.account or None, region=config.region),
            termination_protection=config.keep_data,
            **options,
        )
        self.config = config
        Tags.of(self).add("patchbay:stage", config.stage)
        self.data = Table(self, "Data", config=config)
        # self.sbc = Sbc(..): infra/sbc.py
        # self.observability = Observability(..): infra/observability.py
