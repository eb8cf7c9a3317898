"""What an import did, row by row where something was wrong."""

from dataclasses import dataclass, field
from typing import Any

from gis_app.language import Message, tr


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not imported (its number as the user's own program shows it), and why."""

    row: int
    problem: Message


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that was mended: a row (0: between rows) and what was done to it; `area` in m² where it changed hands."""

    row: int
    what: Message
    area: float = 0.0

    def __str__(self) -> str:
        return tr("row {row}: {problem}", row=self.row, problem=self.what) if self.row else str(self.what)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    `known` rows were there already; `issues` are defects that remain (`grid.checks.Issue`); `notes` say what was decided. Of whistles:
    `updated` were there, and something new happened to them or is said of them; `routed` says how many new ones each body receives
    ("" for nobody), the most first; `outside` of the new ones lie in no cell; `kept` were changed at their source, but corrected here, and
    stay as they are here. `dry_run`: nothing was written, this is what would be.
    """

    read: int
    imported: int
    rejected: tuple[Rejection, ...] = ()
    repaired: tuple[Repair, ...] = ()
    known: int = 0
    issues: tuple[Any, ...] = field(default=())
    notes: tuple[Message, ...] = field(default=())
    updated: int = 0
    routed: tuple[tuple[str, int], ...] = ()
    outside: int = 0
    kept: int = 0
    dry_run: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the report as plain data for `--json`."""
        return {
            "read": self.read,
            "imported": self.imported,
            "rejected": [{"row": rejection.row, "problem": str(rejection.problem)} for rejection in self.rejected],
            "repaired": [{"row": repair.row, "what": str(repair.what), "area": round(repair.area, 3)} for repair in self.repaired],
            "known": self.known,
            "issues": len(self.issues),
            "notes": [str(note) for note in self.notes],
            "updated": self.updated,
            "routed": dict(self.routed),
            "outside": self.outside,
            "kept": self.kept,
            "dry_run": self.dry_run,
        }
