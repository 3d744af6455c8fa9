"""The Lambda package, built once for Lambda and once for this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.package import build_package


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_package(tmp_path_factory.mktemp("package") / "arm64")


@pytest.fixture(scope="session")
def local_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_package(tmp_path_factory.mktemp("package") / "local", platform="local")
