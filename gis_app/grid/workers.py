"""Grid workers and the cells that they look after."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worker:
    """One grid worker: belongs to a village, answers to its branch, looks after one cell in the ideal (`cell` 0: none)."""

    id: int
    code: str
    name: str
    phone: str = ""
    village: int = 0
    cell: int = 0
