"""How the county is divided: units, codes, the coverage of cells, households and workers (no Qt, no storage)."""
