"""Divide the land of a village into cells that each hold enough households: balanced power diagrams over its buildings.

Pure: it knows of polygons, buildings and numbers, nothing of counties. Coordinates are those of the county (metres as a rule), arrays of
points float64 (n, 2).

1. `buildings`: households that share a place or a building are one atom, which no border parts.
2. `ground`: the land as faces, one around each building (the Voronoi diagram within the polygon), and which of them touch.
3. `power`: cells of nearly equal weight by a power diagram whose centres move to the middle of what they got.
4. `regions`: the cells as sets of faces: each of one piece, none below the floor where that can be had.
5. `exact`: every way to share out a few buildings, where searching has found none.
6. `borders`: the borders between the cells, drawn as straight as the buildings let them, and along roads and rivers (`lines`).
7. `recut`: pairs of neighbouring cells cut anew (`cuts`: along which straight line, road or river), for compact cells.
8. `proposal`: all of it, for one village.
"""
