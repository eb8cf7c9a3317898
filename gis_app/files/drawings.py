"""What a CAD drawing says beside its lines: texts that stand in an area are its name."""

from dataclasses import replace

import numpy as np
import shapely

from gis_app.files.report import Rejection
from gis_app.files.rows import FileRows

LABEL = "label"
"""The column that holds the text standing in an area."""


def is_drawing(rows: FileRows) -> bool:
    """Tell whether rows come from a DXF file, by the columns that GDAL gives it."""
    return {"Layer", "SubClasses", "EntityHandle", "Text"} <= set(rows.columns)


def with_labels(rows: FileRows) -> FileRows:
    """Return the rows of a drawing with a column `label`: the texts in each area; other files stay as they are."""
    if not is_drawing(rows) or rows.geometry is None:
        return rows
    texts = rows.texts("Text")
    points = np.flatnonzero((shapely.get_type_id(rows.geometry) == 0) & (texts != ""))
    areas = np.flatnonzero(shapely.get_type_id(rows.geometry) != 0)
    labels = np.empty(len(rows), dtype=object)
    labels[:] = ""
    if len(points) and len(areas):
        whole = np.array(
            [shapely.Polygon(s) if s is not None and s.geom_type == "LineString" and s.is_closed else s for s in rows.geometry[areas]]
        )
        area, point = shapely.STRtree(rows.geometry[points]).query(whole, predicate="intersects")
        for a, p in sorted(zip(area.tolist(), point.tolist(), strict=True)):
            at = areas[a]
            labels[at] = f"{labels[at]} {texts[points[p]]}".strip()
    return replace(rows, columns={**rows.columns, LABEL: labels})


def is_label(rows: FileRows, rejection: Rejection) -> bool:
    """Tell whether a rejected row is a text of a drawing, which is no unit and no fault."""
    if not is_drawing(rows) or rows.geometry is None:
        return False
    at = int(np.searchsorted(rows.numbers, rejection.row))
    return bool(rows.texts("Text")[at]) and rows.geometry[at] is not None and rows.geometry[at].geom_type == "Point"
