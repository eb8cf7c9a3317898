"""How long the cases of a county may take."""

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.limits import limit_hours
from gis_app.county.state import CountyState


def hours_of(state: CountyState) -> NDArray[np.float64]:
    """Return the hours that each case may take where no deadline was promised, (n,)."""
    return limit_hours(state.cases, state.limits.values(), state.settings.overdue_hours)
