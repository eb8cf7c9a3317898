"""Counties for the tests of this room."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from gis_app.county.changes import Columns
from gis_app.county.county import County
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from tests.output import made


class MadeStore:
    """A store that holds one made state, and one text for every whistle."""

    name = "made"

    def __init__(self, state: CountyState) -> None:
        self._state = state

    def load(self) -> CountyState:
        return self._state

    def rows(self, table: str, ids: NDArray[np.int64] | None = None, columns: Sequence[str] | None = None) -> Columns:
        assert ids is not None
        if table == "households":
            assert columns == ["head"]
            return {"id": ids, "head": np.array([made.HEAD] * len(ids), object)}
        assert (table, columns) == ("cases", ["text"])
        text = f"{made.WORKER}说利丰小区有违建, {made.HEAD}电话 {made.PHONE}"
        return {"id": ids, "text": np.array([text] * len(ids), object)}

    def close(self) -> None:
        pass


def opened(state: CountyState) -> County:
    """Return a county that is open on a made state."""
    return County(cast(CountyStore, MadeStore(state)))


@pytest.fixture
def county() -> County:
    """Return the small made county."""
    return opened(made.small_state())
