"""Time limits: how long a case may take where nobody promised a deadline, by its urgency and category."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases, Urgency


@dataclass(frozen=True, slots=True)
class Limit:
    """So many hours for cases of a category (0: any) and an urgency (`NOT_SAID`: any)."""

    id: int
    category: int = 0
    urgency: int = 0
    hours: float = 168.0


DEFAULT_HOURS: Mapping[int, float] = {Urgency.EMERGENCY: 2.0, Urgency.URGENT: 24.0, Urgency.NORMAL: 168.0, Urgency.LOW: 360.0}
"""The hours that an urgency gives where the county says nothing else."""


def hours_for(limits: Iterable[Limit], category: int, urgency: int, otherwise: float) -> float:
    """Return the hours of the most specific limit: category and urgency, category, urgency; then the default of the urgency.

    `otherwise` is for a case whose urgency nobody said.
    """
    fitting = [limit for limit in limits if limit.category in (0, category) and limit.urgency in (0, urgency)]
    fitting = [limit for limit in fitting if limit.category or limit.urgency]
    if fitting:
        return min(fitting, key=lambda limit: (limit.category == 0, limit.urgency == 0, limit.id)).hours
    return DEFAULT_HOURS.get(urgency, otherwise)


def limit_hours(cases: Cases, limits: Iterable[Limit], otherwise: float) -> NDArray[np.float64]:
    """Return the hours that each case may take, (n,)."""
    known = tuple(limits)
    keys, which = np.unique(cases.category * (max(Urgency) + 1) + cases.urgency, return_inverse=True)
    hours = [hours_for(known, key // (max(Urgency) + 1), key % (max(Urgency) + 1), otherwise) for key in keys.tolist()]
    found: NDArray[np.float64] = np.array(hours, np.float64)[which]
    return found
