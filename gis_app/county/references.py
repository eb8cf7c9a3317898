"""Reference layers: maps of other people that lie under or over the county for tracing; the county file names them, and holds none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath, PureWindowsPath


class ReferenceKind(StrEnum):
    """What a reference layer is."""

    VECTOR = "vector"  # lines, areas and points of a map file: roads, rivers, buildings, old borders
    PICTURE = "picture"  # a scanned map: GeoTIFF, or a picture with a world file
    TILES = "tiles"  # an MBTiles file, or a folder of tiles
    SERVER = "server"  # a tile server of the user's settings


RASTERS = (ReferenceKind.PICTURE, ReferenceKind.TILES, ReferenceKind.SERVER)
"""What lies below the cells; everything else is drawn over their fills."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference layer; a row of the table `reference_layers`.

    `source` is a path, relative to the folder of the county file where that is possible, or the name of a tile server. `options` are:
    `order` (number; higher is drawn later), `layer` and `encoding` (of a file with several), `crs` (a system or datum that the user named,
    "" to trust the file), `datum` ("gcj02" for tiles of such a map), `colour` ("#RRGGBB"), `tms` (tile rows count from the south).
    """

    id: int
    name: str
    kind: ReferenceKind
    source: str
    visible: bool = True
    opacity: float = 1.0
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def order(self) -> float:
        """Return where it stands among its like; equal ones are drawn in the order of their ids."""
        value = self.options.get("order", 0)
        return float(value) if isinstance(value, (int, float)) else 0.0

    @property
    def is_raster(self) -> bool:
        """Tell whether it lies below the cells."""
        return self.kind in RASTERS

    def option(self, name: str) -> str:
        """Return an option as text, "" for none."""
        value = self.options.get(name)
        return value if isinstance(value, str) else ""


def stored_path(path: Path, folder: Path) -> str:
    """Return how the county file names a path: relative to its folder where both lie on one drive and not far apart, with slashes."""
    path, folder = path.expanduser().absolute(), folder.absolute()
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    if len(folder.parts) > 2 and path.is_relative_to(folder.parent):  # a neighbouring folder moves along with the county's
        return (PurePosixPath("..") / path.relative_to(folder.parent).as_posix()).as_posix()
    return str(path)


def real_path(source: str, folder: Path) -> Path:
    """Return where a stored path leads, seen from the folder of the county file."""
    if PureWindowsPath(source).drive or source.startswith(("/", "\\")):
        return Path(source)
    return folder / Path(source.replace("\\", "/"))


def drawn_order(references: Mapping[int, Reference]) -> tuple[Reference, ...]:
    """Return reference layers in the order of drawing: pictures and tiles first, then lines; each kind by its `order`."""
    return tuple(sorted(references.values(), key=lambda reference: (not reference.is_raster, reference.order, reference.id)))
