"""Running the command line as a user does: in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


def gis_app(*arguments: object, code: int = 0, language: str = "en") -> str:
    """Run one command; its exit code must be `code`. Return what it printed."""
    environment = {**os.environ, "GIS_APP_LANG": language, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *map(str, arguments)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout if code != 2 else done.stderr


def report(*arguments: object, code: int = 0) -> dict[str, Any]:
    """Run one command with --json and return its report."""
    found: dict[str, Any] = json.loads(gis_app(*arguments, "--json", code=code))
    return found
