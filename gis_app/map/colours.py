"""Colours of fills: sequential ramps for both themes, made of ColorBrewer's hues and told apart by the colour-blind."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gis_app.map.palette import Palette

SEQUENTIAL = {
    "light": ("#F7F4EC", "#E5ECDE", "#C5DED1", "#93C5BF", "#5FA5AF", "#3B7F8F"),
    "dark": ("#2B3137", "#2C3F42", "#2E5355", "#34696C", "#3F8588", "#5BA6A8"),
}
"""From a warm near-white to teal, dark on light; from slate to teal, light on dark."""

WHISTLES = {
    "light": ("#F7F4EC", "#FDE0C5", "#FBBE94", "#F2935F", "#D9682F", "#B1440F"),
    "dark": ("#2B3137", "#46352B", "#6B4229", "#96552B", "#C56E35", "#F0904C"),
}
"""For counts of whistles: ColorBrewer's Oranges, muted."""

CATEGORIES = {
    "light": ("#0B6E75", "#D9682F", "#5B5EA6", "#C2185B", "#4C8C2B", "#8A5A2B", "#1976D2", "#7B8794", "#B8860B", "#8E3B8E"),
    "dark": ("#4FC3C9", "#FF9A62", "#A9ABF0", "#F48FB1", "#9CCC65", "#D7A877", "#64ABF5", "#A3AFBA", "#E6C34A", "#D99ADB"),
}
"""Categories of whistles in the order of their ids; the last is taken again where there are more."""


def ramp(palette: Palette, count: int, hues: Mapping[str, tuple[str, ...]] = SEQUENTIAL) -> tuple[str, ...]:
    """Return `count` colours (#RRGGBB) from low to high, interpolated where there are more classes than hues."""
    stops = hues[palette.name]
    if count <= 5:
        chosen = {1: (3,), 2: (1, 4), 3: (0, 2, 4), 4: (0, 2, 3, 4), 5: (0, 1, 2, 3, 4)}.get(count, ())
        return tuple(stops[i] for i in chosen)
    known = np.array([rgb(stop) for stop in stops], np.float64)
    at = np.linspace(0, len(stops) - 1, count)
    channels = [np.interp(at, np.arange(len(stops)), known[:, i]) for i in range(3)]
    return tuple("#{:02X}{:02X}{:02X}".format(*(round(float(channel[i])) for channel in channels)) for i in range(count))


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue (0 to 255) of #RRGGBB."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(one: str, other: str, share: float) -> str:
    """Return `one` with a share (0 to 1) of another colour mixed in."""
    return "#{:02X}{:02X}{:02X}".format(*(round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True)))


def alpha_ramp(colour: str, shares: NDArray[np.float64], strongest: float) -> NDArray[np.uint32]:
    """Return premultiplied ARGB pixels: a colour whose opacity grows with `shares` (0 to 1) up to `strongest`."""
    alpha = np.clip(shares, 0, 1) * strongest
    red, green, blue = rgb(colour)
    channels: Sequence[NDArray[np.float64]] = (alpha * 255, alpha * red, alpha * green, alpha * blue)
    pixels = np.zeros(shares.shape, np.uint32)
    for channel in channels:
        pixels = (pixels << np.uint32(8)) | np.round(channel).astype(np.uint32)
    return pixels
