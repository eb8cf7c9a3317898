"""What every test shares: offscreen Qt, a place for real data, and the language."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No test asserts a time, so no example has a deadline either: machines are noisy.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# CI judges a change, so it tries the same examples every time; everywhere else chance goes on looking for new ones.
settings.register_profile("ci", parent=settings.get_profile("patient"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "patient")

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data; a test that asks for it is skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not on this machine")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Let every test begin and end in English."""
    from gis_app import language

    language.use("en")
    yield
    language.use("en")
