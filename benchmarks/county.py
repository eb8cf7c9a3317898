"""The demo county that every benchmark measures on: built once a run."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_app import bootstrap
from gis_app.progress import finish


@contextmanager
def demo_file(size: str = "county") -> Iterator[Path]:
    """Lend the path of a demo county: the first argument of the command if there is one, else one that is built and thrown away."""
    given = [Path(argument) for argument in sys.argv[1:] if Path(argument).is_file()]
    if given and size == "county":
        yield given[0]
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "county.gpkg"
        finish(bootstrap.building_demo(path, size))
        yield path
