"""An image: its files in a root, and what its Dockerfile says of starting it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.image.dockerfile import Stage, read_dockerfile
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
