"""Edits of the coverage: one verb, one file, one pure function `(Coverage, …) → Edited | Refusal`.

An edit knows nothing of undo, storage, households or windows. Coordinates are those of the county, arrays of points are float64 (n, 2) and
are moved to the 1 mm grid; ids of new cells are the caller's to give. What an edit returns is sound: it has been checked.
"""
