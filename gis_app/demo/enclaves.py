"""What makes a division real: cells that are cut off find a village, and a few lie in another's land on purpose."""

from collections import Counter

import numpy as np
import shapely

from gis_app.demo import tessellation
from gis_app.demo.tessellation import Ints, Points
from gis_app.demo.units import VillagePlan
from gis_app.grid.units import UnitKind


def _adjacency(borders: tessellation.Borders) -> dict[int, dict[int, float]]:
    beside: dict[int, dict[int, float]] = {}
    for one, other, length in tessellation.neighbours(borders):
        beside.setdefault(one, {})[other] = length
        beside.setdefault(other, {})[one] = length
    return beside


def connected(owner: Ints, borders: tessellation.Borders, villages: list[VillagePlan]) -> Ints:
    """Give cells that are cut off from their village to the neighbour that they touch most, within the township if they can."""
    beside, owner = _adjacency(borders), owner.copy()
    for village in range(len(villages)):
        left, pieces = set(np.flatnonzero(owner == village).tolist()), []
        while left:
            piece, front = set(), [left.pop()]
            while front:
                cell = front.pop()
                piece.add(cell)
                reached = left & beside[cell].keys()
                left -= reached
                front.extend(reached)
            pieces.append(piece)
        for piece in sorted(pieces, key=lambda p: (-len(p), min(p)))[1:]:
            for cell in sorted(piece):
                touched: Counter[int] = Counter()
                for other, length in beside[cell].items():
                    if owner[other] != village:
                        same = villages[owner[other]].spec is villages[village].spec
                        touched[int(owner[other])] += int(length * (100 if same else 1)) + 1
                if touched:
                    owner[cell] = touched.most_common(1)[0][0]
    return owner


def with_enclaves(owner: Ints, borders: tessellation.Borders, villages: list[VillagePlan]) -> Ints:
    """Give two cells in the middle of other villages to a village nearby, one of them to another township where there is one."""
    beside, owner = _adjacency(borders), owner.copy()
    touched: set[int] = set()
    for abroad in (True, False):
        for cell in range(len(owner)):
            host = int(owner[cell])
            if host in touched or villages[host].kind != UnitKind.VILLAGE or any(owner[n] != host for n in beside[cell]):
                continue
            near = {int(owner[m]) for n in beside[cell] for m in beside[n]} - {host}
            near = {v for v in near if villages[v].kind == UnitKind.VILLAGE}
            guests = [v for v in sorted(near) if (villages[v].spec is not villages[host].spec) == abroad]
            # the enclave must not touch its own village even at a corner
            guests = [v for v in guests if all(owner[n] != v for n in beside[cell])]
            if guests:
                owner[cell] = guests[0]
                touched |= {host, guests[0]}
                break
    return owner


def with_islands(
    parts: list[list[shapely.Polygon]], seeds: Points, owner: Ints, villages: list[VillagePlan], rng: np.random.Generator
) -> tuple[list[list[shapely.Polygon]], Points, Ints]:
    """Cut two islands out of the two roomiest village cells: one is a cell of another village, one a second part of a cell elsewhere."""
    rural = np.array([villages[v].kind == UnitKind.VILLAGE for v in owner])
    room = np.array([p[0].exterior.distance(shapely.Point(s)) for p, s in zip(parts, seeds, strict=True)])
    room[~rural] = 0
    hosts: list[int] = []
    for cell in np.argsort(-room).tolist():
        if all(owner[cell] != owner[h] for h in hosts):
            hosts.append(cell)
        if len(hosts) == 2:
            break
    for number, host in enumerate(hosts):
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        wave = 1 + 0.12 * np.sin(3 * angle + rng.uniform(0, 6)) + rng.normal(0, 0.03, len(angle))
        ring = seeds[host] + np.column_stack([np.cos(angle), np.sin(angle)]) * (wave * room[host] * 0.45)[:, None]
        island = shapely.Polygon(np.round(ring, 3))
        parts[host] = [shapely.Polygon(parts[host][0].exterior, [island.exterior.coords[::-1]])]
        others = np.flatnonzero(rural & (owner[: len(rural)] != owner[host]))
        guest = int(others[np.hypot(*(seeds[others] - seeds[host]).T).argmin()])
        if number == 0:
            parts.append([island])
            seeds, owner = np.vstack([seeds, seeds[host]]), np.append(owner, owner[guest])
        else:
            parts[guest] = [*parts[guest], island]
        # the people of the host cell live beside the island
        seeds[host] = seeds[host] + (0.75 * room[host], 0.0)
    return parts, seeds, owner
