"""Shares and averages that say how sure they are: few ratings are shown as few."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z = 1.959964
"""The standard score of a confidence of 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; `value` is None where there is nothing to divide by."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Return the share, 0 to 1."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % confidence interval of the share (`wilson`)."""
        return wilson(self.part, self.whole)


@dataclass(frozen=True, slots=True)
class Average:
    """The mean number of stars of `count` ratings; None where there are none. One to five stars each."""

    total: int
    count: int

    @property
    def value(self) -> float | None:
        """Return the mean, 1 to 5."""
        return self.total / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return a 95 % confidence interval of the mean that holds whatever the ratings are.

        Stars are brought to 0 … 1 and treated as a share (`wilson`): no ratings with this mean can vary more than those that are all one or
        five stars (Bhatia and Davis 2000), so that it is never too narrow, and never empty where few agree.
        """
        found = wilson((self.total - self.count) / 4, self.count)
        return None if found is None else (1 + 4 * found[0], 1 + 4 * found[1])


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 90th percentile of `count` durations in seconds; None where there are none."""

    median: float | None
    p90: float | None
    count: int


def wilson(part: float, whole: int) -> tuple[float, float] | None:
    """Return the 95 % score interval of a share (Wilson 1927): it stays within 0 … 1 and holds for small numbers; None for none."""
    if not whole:
        return None
    share, squared = part / whole, Z * Z
    centre = (share + squared / (2 * whole)) / (1 + squared / whole)
    half = Z * float(np.sqrt(share * (1 - share) / whole + squared / (4 * whole * whole))) / (1 + squared / whole)
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))  # rounding must not leave the share outside


def spreads(part: NDArray[np.int64], parts: int, durations: NDArray[np.timedelta64]) -> list[Spread]:
    """Return the spread of the known durations of each part (`part`: its number, one a duration)."""
    known = ~np.isnat(durations)
    seconds = durations[known].astype("timedelta64[s]").astype(np.float64)
    order = np.lexsort((seconds, part[known]))
    ordered = seconds[order]
    edges = np.searchsorted(part[known][order], np.arange(parts + 1))
    counts = np.diff(edges)
    median, p90 = (_quantiles(ordered, edges[:-1], counts, share) for share in (0.5, 0.9))
    return [
        Spread(half if count else None, most if count else None, count)
        for half, most, count in zip(median.tolist(), p90.tolist(), counts.tolist(), strict=True)
    ]


def _quantiles(ordered: NDArray[np.float64], begins: NDArray[np.int64], counts: NDArray[np.int64], share: float) -> NDArray[np.float64]:
    """Return a quantile of every run of ordered values, interpolated as numpy does; 0 for an empty run."""
    if not len(ordered):
        return np.zeros(len(counts))
    at = share * np.maximum(counts - 1, 0)
    low = np.minimum(begins + np.floor(at).astype(np.int64), len(ordered) - 1)
    high = np.minimum(begins + np.ceil(at).astype(np.int64), len(ordered) - 1)
    return np.asarray(ordered[low] + (ordered[high] - ordered[low]) * (at - np.floor(at)), np.float64)
