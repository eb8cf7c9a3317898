"""ARCHITECTURE.md tells the truth: every name in its list of who offers what is in the module that it stands behind."""

import importlib
import re
from pathlib import Path

import pytest

SECTION = (Path(__file__).parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## 3. ")[1]
LINES: dict[str, str] = dict(re.findall(r"^- `([\w.]+)`: (.*)$", SECTION, re.MULTILINE))


@pytest.mark.parametrize("module", LINES)
def test_what_a_module_is_said_to_offer_is_there(module: str) -> None:
    told = re.sub(r" \([^()]*\)", "", LINES[module]).split("; ")[0]  # what stands in brackets, or after a semicolon, is prose
    names = re.findall(r"`(\w+)[^`]*`", told)
    offered = importlib.import_module(f"gis_app.{module}")
    assert names and not [name for name in names if not hasattr(offered, name)]
