"""``python -m infra.synth [STAGE ..]``: each stage's template, for an example domain, in ``build/cdk/<stage>``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from aws_cdk import App

from infra.application import Application, read_application
from infra.config import STAGES, StageConfig, example_config
from infra.rules import check_rules
from infra.stack import PatchbayStack

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build/cdk"
BUILD = ROOT / "build/infra"


def synthesise(config: StageConfig, application: Application, target: Path) -> Path:
    """Writes the stack into ``target``, with its assets; the template's path."""
    shutil.rmtree(target, ignore_errors=True)  # what an earlier one left is no asset of this one
    app = App(outdir=str(target), analytics_reporting=False)
    check_rules(app)
    stack = PatchbayStack(app, config=config, application=application)
    app.synth()
    return target / stack.template_file


def synthesise_built(config: StageConfig, target: Path) -> Path:
    """With the package that Lambda gets."""
    return synthesise(config, read_application(BUILD), target)


def main() -> None:
    for stage in sys.argv[1:] or STAGES:
        template = synthesise_built(example_config(stage), TARGET / stage)
        sys.stdout.write(f"{template.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
