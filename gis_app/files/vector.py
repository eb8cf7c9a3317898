"""Map files through GDAL (pyogrio): layers, columns and geometries, with errors that a person can read."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.files.errors import FileError
from gis_app.files.sources import Source, format_name
from gis_app.language import msg

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class VectorInfo:
    """What a layer says about itself: columns, number of features (-1 if unknown), geometry type and coordinate system ("" for none)."""

    columns: tuple[str, ...]
    count: int
    geometry_type: str
    crs: str


@contextmanager
def _gdal(name: str, driver: str) -> Iterator[None]:
    """Turn what GDAL says into one sentence; its warnings repeat what is checked here."""
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

    try:
        with warnings.catch_warnings(), np.errstate(invalid="ignore"):
            warnings.simplefilter("ignore")
            yield
    except (DataSourceError, DataLayerError, FeatureError, GeometryError) as error:
        detail = str(error).split("; It might help")[0].rstrip(".")
        if "not recognized" in detail or "/" in detail:  # names a temporary file, and says no more than the sentence
            text = msg(
                "{file} is damaged or no {format} file, and cannot be read; fetch the file again.", file=name, format=format_name(driver)
            )
            raise FileError(text) from error
        raise FileError(
            msg(
                "{file} is damaged or no {format} file, and cannot be read ({detail}); fetch the file again.",
                file=name,
                format=format_name(driver),
                detail=detail,
            )
        ) from error
    except UnicodeDecodeError as error:
        raise FileError(
            msg("{file} is not in the encoding {encoding}; name another one, for example GB18030.", file=name, encoding=error.encoding)
        ) from error


def _encoding(source: Source) -> str | None:
    """Only a shapefile has to be told; every other text is UTF-8 by the time GDAL opens it.

    A drawing names a code page in its header, or none; GDAL would believe it, so it is told as well.
    """
    if source.driver == "DXF":
        import pyogrio

        pyogrio.set_gdal_config_options({"DXF_ENCODING": "UTF-8"})
        return "UTF-8"
    return source.encoding if source.driver == "ESRI Shapefile" and source.encoding else None


def layer_names(path: Path, driver: str, name: str) -> list[str]:
    """Return the names of the layers of a map file; those with geometry first."""
    import pyogrio

    with _gdal(name, driver):
        layers = pyogrio.list_layers(path)
    tables = [str(layer) for layer, kind in layers if kind is None]
    return [str(layer) for layer, kind in layers if kind is not None] + [t for t in tables if not t.startswith("gpkg_")]


def info(source: Source) -> VectorInfo:
    """Read what a layer says about itself."""
    import pyogrio

    with _gdal(source.name, source.driver):
        found = pyogrio.read_info(source.data, layer=source.inner, encoding=_encoding(source))
    return VectorInfo(tuple(map(str, found["fields"])), int(found["features"]), str(found["geometry_type"] or ""), str(found["crs"] or ""))


def read(source: Source, first: int | None = None) -> tuple[dict[str, Array], NDArray[np.object_] | None, str]:
    """Read (columns, geometries in two dimensions or None, coordinate system or "") of all features, or the first so many."""
    import pyogrio.raw
    import shapely

    with _gdal(source.name, source.driver):
        meta, _, blobs, fields = pyogrio.raw.read(
            source.data, layer=source.inner, encoding=_encoding(source), max_features=first, force_2d=True,
            datetime_as_string=True,
        )  # fmt: skip
        geometry = None if blobs is None else shapely.from_wkb(blobs, on_invalid="ignore")
    columns = dict(zip(map(str, meta["fields"]), fields, strict=True))
    return columns, geometry, str(meta["crs"] or "")
