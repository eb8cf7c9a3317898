"""The import contracts hold, and a planted violation of each is found: a contract that cannot fail guards nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=root, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(root)}
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the code that a test may spoil."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "gis_app", root / "gis_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_code_keeps_its_contracts(copy: Path) -> None:
    result = _lint(copy)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("grid/units.py", "import gis_app.cases.case", "Imports point one way"),
        ("cases/case.py", "import gis_app.county.state", "Imports point one way"),
        ("county/county.py", "import gis_app.storage.geopackage", "Imports point one way"),
        ("storage/geopackage.py", "import gis_app.files.sniff", "Imports point one way"),
        ("channels/delivery.py", "import gis_app.storage.geopackage", "Imports point one way"),
        ("county/outbox_edits.py", "import gis_app.channels.delivery", "Imports point one way"),
        ("map/scene.py", "import gis_app.output.page", "Imports point one way"),
        ("bootstrap.py", "import gis_app.cli", "Imports point one way"),
        ("grid/coverage.py", "import PySide6.QtCore", "Qt only in gui, map.qt and output.qt"),
        ("map/scene.py", "import PySide6.QtGui", "Qt only in gui, map.qt and output.qt"),
        ("map/scene.py", "import shiboken6", "Qt only in gui, map.qt and output.qt"),
        ("output/page.py", "import PySide6.QtGui", "Qt only in gui, map.qt and output.qt"),
        ("county/county.py", "import sqlalchemy", "SQLAlchemy only in storage"),
        ("gui/__init__.py", "import sqlalchemy", "SQLAlchemy only in storage"),
        ("cases/case.py", "import alembic", "SQLAlchemy only in storage"),
    ],
)
def test_a_planted_violation_is_found(copy: Path, module: str, statement: str, contract: str) -> None:
    path = copy / "gis_app" / module
    original = path.read_text()
    path.write_text(original + f"\n{statement}\n")
    try:
        result = _lint(copy)
    finally:
        path.write_text(original)
    assert result.returncode != 0
    assert f"{contract} BROKEN" in " ".join(result.stdout.split())
