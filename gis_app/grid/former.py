"""Former grids: the networks of other offices (party, civil affairs, police …) that the county's grid takes the place of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FormerGrid:
    """One network as an office had it: named, with its own units, contacts and errors; `loaded` is UTC."""

    id: int
    name: str
    office: str = ""
    source: str = ""
    loaded: datetime | None = None
    visible: bool = True
    colour: str = ""
    note: str = ""
