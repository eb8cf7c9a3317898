"""Open a county file in a real QGIS and let its own checks look at every division: `python -m benchmarks.qgis_check COUNTY.gpkg`.

Needs `qgis`, `python3-qgis` and `xvfb` of Debian (QGIS 3.22). For each layer of cells (the published plan, and every other plan in the
file) QGIS's validity check (both its methods) and its Topology Checker (no gaps, overlaps, invalid geometries, duplicates) are run. A copy
with one vertex pulled out of place shows that they would find something.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import shapely

from gis_app.bootstrap import open_county
from gis_app.county.changes import Edit, Outcome, RowChange
from gis_app.county.content import objects
from gis_app.county.state import CountyState
from gis_app.grid.coverage import polygons
from gis_app.language import msg
from gis_app.progress import Progress, Steps

PROFILE = "[Plugins]\nlibtopolplugin=true\n"
RULES = ("must not have gaps", "must not overlap", "must not have invalid geometries", "must not have duplicates")

INSIDE = """
import json, os, sqlite3, traceback
import processing
from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QAction, QDockWidget, QTableView, QToolButton
from qgis.utils import iface

WANTED = json.loads(%(wanted)r)


def layers():
    with sqlite3.connect("file:" + WANTED["county"] + "?mode=ro", uri=True) as county:
        plans = [row[0] for row in county.execute("SELECT DISTINCT plan FROM plan_units ORDER BY plan")]
    yield "units", "level = 3"
    for plan in plans:
        yield "plan_units", "level = 3 AND plan = %%d" %% plan


def check(name, chosen):
    layer = QgsVectorLayer(WANTED["county"] + "|layername=" + name, name, "ogr")
    layer.setSubsetString(chosen)
    project = QgsProject.instance()
    project.removeAllMapLayers()
    project.addMapLayer(layer)
    cells = sum(1 for _ in layer.getFeatures())
    found = {"layer": name, "filter": chosen, "valid": layer.isValid(), "cells": cells, "crs": layer.crs().authid()}
    for method, title in ((1, "validity (QGIS)"), (2, "validity (GEOS)")):
        done = processing.run(
            "qgis:checkvalidity",
            {"INPUT_LAYER": layer, "METHOD": method, "IGNORE_RING_SELF_INTERSECTION": False,
             "VALID_OUTPUT": "memory:", "INVALID_OUTPUT": "memory:", "ERROR_OUTPUT": "memory:"},
        )
        found[title] = done["ERROR_COUNT"]
    project.writeEntry("Topol", "/testCount", len(WANTED["rules"]))
    for number, rule in enumerate(WANTED["rules"]):
        project.writeEntry("Topol", "/testname_%%d" %% number, rule)
        project.writeEntry("Topol", "/tolerance_%%d" %% number, "0")
        project.writeEntry("Topol", "/layer1_%%d" %% number, layer.id())
        project.writeEntry("Topol", "/layer2_%%d" %% number, "No layer")
    window = iface.mainWindow()
    action = next(a for a in window.findChildren(QAction) if a.text() == "Topology Checker")
    if not action.isChecked():
        action.trigger()
    QgsApplication.processEvents()
    dock = next(d for d in window.findChildren(QDockWidget) if "Topology Checker" in d.windowTitle())
    next(b for b in dock.findChildren(QToolButton) if b.toolTip() == "Validate All").click()
    for _ in range(50):
        QgsApplication.processEvents()
    rows = dock.findChild(QTableView).model()
    errors = {}
    for row in range(rows.rowCount()):
        text = str(rows.data(rows.index(row, 0)))
        errors[text] = errors.get(text, 0) + 1
    found["topology"] = errors
    action.trigger()
    return found


def run():
    try:
        answer = [check(*layer) for layer in layers()]
    except Exception:
        answer = traceback.format_exc()
    with open(WANTED["answer"], "w") as file:
        json.dump(answer, file, ensure_ascii=False)
    os._exit(0)


QTimer.singleShot(3000, run)
"""


def qgis_says(county: Path, folder: Path) -> list[dict[str, Any]]:
    """Return what QGIS finds in a county file, one entry a division."""
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    settings = folder / "profile" / "profiles" / "default" / "QGIS"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "QGIS3.ini").write_text(PROFILE)
    code = folder / "check.py"
    code.write_text(INSIDE % {"wanted": json.dumps({"county": str(county), "answer": str(answer), "rules": RULES})})
    command = ["xvfb-run", "-a", "qgis", "--nologo", "--noversioncheck", "--profiles-path", str(folder / "profile"), "--code", str(code)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    if not answer.exists():
        raise SystemExit(said.stderr[-2000:])
    found = json.loads(answer.read_text())
    if isinstance(found, str):
        raise SystemExit(found)
    return list(found)


def damage(path: Path) -> None:
    """Pull a vertex of one cell out of place in the published plan, past every check of ours."""

    def plan(state: CountyState) -> Steps[Outcome]:
        yield Progress(0.5, msg("Changing settings"))
        cell, shape = next(iter(polygons(state.coverage).items()))
        ring = shapely.get_coordinates(shape.geoms[0].exterior)
        ring[[0, -1]] += (0.5, 0.5)
        moved = shapely.MultiPolygon([shapely.Polygon(ring, shape.geoms[0].interiors), *list(shape.geoms)[1:]])
        return Outcome((RowChange("units", update={"id": objects([cell]).astype("int64"), "geom": objects([moved])}),))

    county = open_county(path)
    county.perform(Edit(msg("Change settings"), plan))
    county.close()


def main() -> int:
    """Check a county file and a damaged copy; the exit code is 0 where the one is clean and the other is not."""
    path = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy, damaged = folder / "county.gpkg", folder / "damaged.gpkg"
        shutil.copy(path, copy)
        shutil.copy(path, damaged)
        open_county(copy).close()  # brings an older file up to date
        found = qgis_says(copy, folder)
        for layer in found:
            print(json.dumps(layer, ensure_ascii=False))
        clean = all(
            entry["valid"] and not entry["topology"] and not entry["validity (QGIS)"] and not entry["validity (GEOS)"] for entry in found
        )
        damage(damaged)
        control = qgis_says(damaged, folder)[0]
        print("damaged on purpose:", json.dumps(control, ensure_ascii=False))
    return 0 if clean and (control["topology"] or control["validity (GEOS)"]) else 1


if __name__ == "__main__":
    sys.exit(main())
