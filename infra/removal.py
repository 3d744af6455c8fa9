"""What becomes of what holds data when its stack, or its place in the stack, is taken away."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

from infra.config import StageConfig


def removal_of(config: StageConfig) -> RemovalPolicy:
    """Kept data outlives the stack. What a first deployment made that then failed holds none, and would be in the way
    of the second by its name."""
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if config.keep_data else RemovalPolicy.DESTROY
