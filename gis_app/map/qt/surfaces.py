"""Hotspots: the density of whistles as a soft surface, and cells that are significantly hot or cold."""

from collections.abc import Iterator

from gis_app.map.qt.target import Target


def painting_density(target: Target) -> Iterator[None]:
    """Draw the density of the whistles shown."""
    yield None


def painting_gi_star(target: Target) -> Iterator[None]:
    """Fill the cells whose whistles pile up, or are missing, beyond chance."""
    yield None
