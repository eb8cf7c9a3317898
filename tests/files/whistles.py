"""A county of six cells and files of whistles for it, in the manner of other systems."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis_app.county.county import County
from gis_app.files.boundaries import BoundaryOptions, boundary_edit
from gis_app.grid.datum import from_county
from gis_app.grid.units import Level
from tests.files.conftest import MakeCounty, perform, squares, write_map

CODES = [f"2302252012{village:02}{cell:03}" for village in (1, 2) for cell in (1, 2, 3)]


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude (WGS 84) of a place of the county."""
    lon, lat = from_county(np.array([x]), np.array([y]), "EPSG:4550")
    return round(float(lon[0]), 7), round(float(lat[0]), 7)


HERE, THERE = lonlat(500_500, 5_299_500), lonlat(502_500, 5_298_500)


def six_cells(folder: Path, make_county: MakeCounty) -> County:
    """Return a county of two villages with three cells each."""
    county = make_county(crs="EPSG:4550")
    path = folder / "cells.gpkg"
    if not path.exists():
        write_map(path, squares(3, 2), {"code": CODES}, crs="EPSG:4550")
    perform(county, boundary_edit(path, BoundaryOptions(Level.CELL, code="code")))
    return county


@pytest.fixture
def county(tmp_path: Path, make_county: MakeCounty) -> County:
    """Return the county of `six_cells`."""
    return six_cells(tmp_path, make_county)


def table(path: Path, header: list[str], *rows: list[Any]) -> Path:
    """Write a table of text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def cells(county: County) -> list[str]:
    """Return the code of the cell of every case, "" for none."""
    return [county.state.units[cell].code if cell else "" for cell in county.state.cases.cell.tolist()]


def kinds(county: County, number: str) -> list[str]:
    """Return what happened to the case of a number, oldest first."""
    rows = county.store.rows("cases", columns=["number"])
    case = int(rows["id"][rows["number"].tolist().index(number)])
    return [str(kind) for kind in county.store.events(case)["kind"].tolist()]


BALTIMORE = [
    "SRRecordID", "ServiceRequestNum", "SRType", "MethodReceived", "CreatedDate", "SRStatus", "StatusDate", "DueDate", "CloseDate",
    "Agency", "LastActivity", "LastActivityDate", "Outcome", "Address", "ZipCode", "Neighborhood", "CouncilDistrict", "PoliceDistrict",
    "Latitude", "Longitude",
]  # fmt: skip
"""Headers of Open Baltimore's 311 Customer Service Requests."""


def baltimore(path: Path, *requests: dict[str, Any]) -> Path:
    """Write requests as Open Baltimore does; what is not given is empty."""
    return table(path, BALTIMORE, *([request.get(name, "") for name in BALTIMORE] for request in requests))
