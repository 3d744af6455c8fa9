"""An image: its files in a root, and what its Dockerfile says of starting it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.image.dockerfile import Copy, Run, Stage, read_dockerfile
from tests.image.root import DebianRoot


@dataclass(frozen=True)
class Image:
    root: DebianRoot
    stage: Stage


def build(base: DebianRoot, dockerfile: Path) -> dict[str, Image]:
    """The images of all its stages by name; the last one's is "" too."""
    images: dict[str, Image] = {}
    for stage in read_dockerfile(dockerfile):
        below = images.get(stage.base)
        assert below or stage.base == "debian:bookworm-slim", stage.base
        root = (below.root if below else base).copy(base.path.parent / f"{dockerfile.parent.name}-{stage.name}")
        root.build(stage, others={name: image.root for name, image in images.items()})
        images[stage.name] = images[""] = Image(root=root, stage=stage)
    return images


def build_instance(base: DebianRoot, like: Image) -> Image:
    """A Debian that cloud-init has made a node, without containers: the files of ``like``, and its units' command."""
    code = [step for step in like.stage.steps if isinstance(step, Copy) and not step.stage]
    install = Run(f"bash {like.stage.directory}/sbc/image/install-node.sh")
    stage = Stage(base="", name="instance", steps=[*code, install], directory=like.stage.directory)
    root = base.copy(base.path.parent / "instance")
    root.build(stage, others={})
    unit = root.inside("/etc/systemd/system/patchbay@.service").read_text()
    found = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    stage.user = found["User"]
    stage.command = found["ExecStart"].split()
    stage.health = [*stage.command[:-1], "health"]
    stage.environment = dict(pair.split("=", 1) for pair in found["Environment"].split() if "%i" not in pair)
    root.environment = stage.environment
    return Image(root=root, stage=stage)
