"""What every test of channels needs: no proxy between the test and the server on this machine."""

import pytest


@pytest.fixture(autouse=True)
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask this machine directly, whatever proxy it has."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
