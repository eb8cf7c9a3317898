"""A small county file, made once, copied for every test."""

import shutil
from pathlib import Path

import pytest

from tests.county.samples import make


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a county file that nobody may change."""
    path = tmp_path_factory.mktemp("sample") / "county.gpkg"
    make(path).close()
    return path


@pytest.fixture
def path(sample: Path, tmp_path: Path) -> Path:
    """Return a copy of the county file."""
    return Path(shutil.copy(sample, tmp_path / "county.gpkg"))
