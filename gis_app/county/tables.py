"""The tables of a county file, as plain data: the one place that names their columns.

Storage makes database tables of them; `RowChange` speaks of their columns. How a column looks in memory (one numpy array or list a column):

| type | in memory | in the file |
|---|---|---|
| INTEGER | int64 | INTEGER |
| REFERENCE | int64, 0 for none | INTEGER, NULL for none |
| REAL | float64, NaN for none | DOUBLE, NULL for none |
| BOOLEAN | bool | BOOLEAN |
| TEXT | object array of str, "" for none | TEXT |
| DATE | object array of datetime.date or None | DATE |
| DATETIME | datetime64[s] in UTC, NaT for none | DATETIME, ISO 8601 with Z, NULL for none |
| BLOB | object array of bytes or None | BLOB |
| JSON | object array of dict, list or None | TEXT |
| POINT | float64 (n, 2), NaN for none | GeoPackage POINT, NULL for none |
| MULTIPOLYGON | object array of shapely MultiPolygon or None | GeoPackage MULTIPOLYGON |
"""

from collections.abc import Mapping
from enum import Enum, auto


class ColumnType(Enum):
    """The type of a column; see the table above."""

    INTEGER = auto()
    REFERENCE = auto()
    REAL = auto()
    BOOLEAN = auto()
    TEXT = auto()
    DATE = auto()
    DATETIME = auto()
    BLOB = auto()
    JSON = auto()
    POINT = auto()
    MULTIPOLYGON = auto()


_T = ColumnType
Table = Mapping[str, ColumnType]
"""Column name → type; every table also has `id`, a positive INTEGER primary key."""

_UNIT: Table = {
    "level": _T.INTEGER,
    "kind": _T.TEXT,
    "code": _T.TEXT,
    "name": _T.TEXT,
    "pinyin": _T.TEXT,  # initials of the name, lower case: what the search box matches
    "parent": _T.REFERENCE,
    "valid_from": _T.DATE,
    "valid_to": _T.DATE,
    "remark": _T.TEXT,
    "locked": _T.BOOLEAN,  # planners may not change it, nor what lies in it
}

_HOUSEHOLD: Table = {
    "geom": _T.POINT,
    "code": _T.TEXT,  # the id that the household has in the office's own register
    "head": _T.TEXT,
    "pinyin": _T.TEXT,
    "address": _T.TEXT,
    "phone": _T.TEXT,
    "members": _T.INTEGER,
    "resident": _T.BOOLEAN,
    "flags": _T.TEXT,  # words separated by commas; `Settings.flags` says what they weigh
    "cell": _T.REFERENCE,
    "pinned": _T.BOOLEAN,
    "reason": _T.INTEGER,  # grid.households.Unassigned
    "distance": _T.REAL,
    "datum": _T.TEXT,  # of the coordinates as they came
    "building": _T.TEXT,  # households of one building are never parted by a proposed grid
    "notes": _T.TEXT,
}

TABLES: Mapping[str, Table] = {
    "units": {"geom": _T.MULTIPOLYGON, **_UNIT},  # geom of cells only; townships and villages are the unions of their cells
    "households": _HOUSEHOLD,
    "retired_households": {  # who moved away, died out or was a duplicate of another; the id is the one that the household had
        **_HOUSEHOLD,
        "retired": _T.DATE,
        "why": _T.TEXT,
        "merged_into": _T.REFERENCE,
    },
    "workers": {
        "geom": _T.POINT,
        "code": _T.TEXT,
        "name": _T.TEXT,
        "pinyin": _T.TEXT,
        "phone": _T.TEXT,
        "village": _T.REFERENCE,
        "cell": _T.REFERENCE,
        "skills": _T.TEXT,  # languages and skills, words separated by commas
        "capacity": _T.INTEGER,  # load at most, in households; 0: what the settings say
        "since": _T.DATE,  # first day of work
        "until": _T.DATE,  # last day of work
        "substitute": _T.REFERENCE,  # the worker who stands in for him
        "absent_from": _T.DATE,
        "absent_until": _T.DATE,
        "notes": _T.TEXT,
        "more_cells": _T.JSON,  # ids of further cells that he looks after
    },
    "bodies": {
        "kind": _T.TEXT,
        "name": _T.TEXT,
        "pinyin": _T.TEXT,
        "code": _T.TEXT,
        "category": _T.TEXT,
        "unit": _T.REFERENCE,
        "receiver": _T.TEXT,
        "receiver_phone": _T.TEXT,
        "leader": _T.TEXT,
        "leader_phone": _T.TEXT,
    },
    "categories": {
        "code": _T.TEXT,
        "name": _T.TEXT,
        "name_en": _T.TEXT,
        "keywords": _T.TEXT,  # words separated by commas that speak for it in a whistle's text
    },
    "rules": {
        "category": _T.REFERENCE,
        "kind": _T.TEXT,
        "body": _T.REFERENCE,
        "unit_kind": _T.TEXT,  # the kind of the village, community or direct unit
        "urgency": _T.INTEGER,
        "unit": _T.REFERENCE,  # holds in this township or village alone: devolution
        "step": _T.TEXT,  # cases.bodies.Step: which step of the ladder, where it names no body
        "valid_from": _T.DATE,
        "valid_to": _T.DATE,
        "note": _T.TEXT,
    },
    "cases": {
        "geom": _T.POINT,
        "number": _T.TEXT,  # what people call it: 20200501-007, or the id it had in the system it came from
        "text": _T.TEXT,
        "address": _T.TEXT,
        "result": _T.TEXT,
        "whistler": _T.TEXT,  # worker, resident or helper
        "accuracy": _T.REAL,
        "border": _T.REAL,
        "kind": _T.INTEGER,
        "category": _T.REFERENCE,
        "state": _T.INTEGER,
        "body": _T.REFERENCE,
        "cell": _T.REFERENCE,
        "household": _T.REFERENCE,
        "worker": _T.REFERENCE,
        "unit": _T.REFERENCE,
        "blown": _T.DATETIME,
        "arrived": _T.DATETIME,
        "picked_up": _T.DATETIME,
        "done": _T.DATETIME,
        "deadline": _T.DATETIME,
        "urged": _T.BOOLEAN,
        "source": _T.TEXT,  # the file it came from
        "original": _T.JSON,  # its fields there
        "urgency": _T.INTEGER,
        "duplicate": _T.REFERENCE,  # the case that it repeats
        "contact": _T.TEXT,  # who called, where it was no worker
        "phone": _T.TEXT,
    },
    "events": {
        "case_id": _T.REFERENCE,
        "kind": _T.TEXT,
        "time": _T.DATETIME,
        "actor": _T.TEXT,
        "body": _T.REFERENCE,
        "target": _T.REFERENCE,
        "note": _T.TEXT,
        "deadline": _T.DATETIME,
        "attitude": _T.INTEGER,
        "speed": _T.INTEGER,
        "outcome": _T.INTEGER,
        "data": _T.JSON,  # what else belongs to it, see cases.case.Event
    },
    "limits": {"category": _T.REFERENCE, "urgency": _T.INTEGER, "hours": _T.REAL},
    "messages": {  # what bodies were, or are to be, told: cases.outbox
        "case_id": _T.REFERENCE,
        "kind": _T.TEXT,
        "body": _T.REFERENCE,
        "arrived": _T.DATETIME,  # when the case reached that body: which of its stays it is about
        "deadline": _T.DATETIME,  # which promised deadline, or end of a suspension, it is about
        "due": _T.DATETIME,
        "recipient": _T.TEXT,
        "phone": _T.TEXT,
        "text": _T.TEXT,
        "channel": _T.TEXT,
        "state": _T.TEXT,
        "attempts": _T.INTEGER,
        "next_try": _T.DATETIME,
        "sent": _T.DATETIME,
        "error": _T.TEXT,
    },
    "attachments": {
        "case_id": _T.REFERENCE,
        "name": _T.TEXT,
        "media_type": _T.TEXT,
        "size": _T.INTEGER,  # bytes
        "added": _T.DATETIME,
        "note": _T.TEXT,
        "content": _T.BLOB,
    },
    "tasks": {  # what county, townships and villages ask of the workers of cells
        "body": _T.REFERENCE,
        "title": _T.TEXT,
        "text": _T.TEXT,
        "actor": _T.TEXT,
        "created": _T.DATETIME,
        "due": _T.DATETIME,
        "closed": _T.DATETIME,
    },
    "task_cells": {
        "task": _T.REFERENCE,
        "cell": _T.REFERENCE,
        "worker": _T.REFERENCE,
        "reported": _T.DATETIME,
        "done": _T.BOOLEAN,
        "note": _T.TEXT,
    },
    "talks": {  # who answered for what: talks held by the superior body, the discipline and the organisation bodies
        "body": _T.REFERENCE,
        "case_id": _T.REFERENCE,
        "month": _T.TEXT,  # 2020-05
        "time": _T.DATETIME,
        "held_by": _T.TEXT,
        "actor": _T.TEXT,
        "note": _T.TEXT,
    },
    "saved_filters": {"name": _T.TEXT, "content": _T.JSON},
    "feeds": {  # servers that whistles are fetched from, and where the last fetching stopped
        "name": _T.TEXT,
        "address": _T.TEXT,
        "options": _T.JSON,
        "resume": _T.JSON,
        "fetched": _T.DATETIME,
    },
    "periods": {"name": _T.TEXT, "name_en": _T.TEXT, "start": _T.DATETIME, "end": _T.DATETIME},
    "settings": {"key": _T.TEXT, "value": _T.JSON},
    "plans": {
        "name": _T.TEXT,
        "status": _T.TEXT,  # grid.plans.PlanStatus
        "base": _T.REFERENCE,  # the plan that it was copied from
        "created": _T.DATETIME,
        "valid_from": _T.DATE,
        "valid_to": _T.DATE,
        "note": _T.TEXT,
    },
    # How drafts divide the county and archived plans divided it. The id of a row is `plan << 32 | id` of its unit, household, worker, case.
    "plan_units": {"geom": _T.MULTIPOLYGON, "plan": _T.REFERENCE, **_UNIT},
    "plan_pins": {"plan": _T.REFERENCE, "household": _T.REFERENCE, "cell": _T.REFERENCE, "pinned": _T.BOOLEAN},
    "plan_workers": {
        "plan": _T.REFERENCE,
        "worker": _T.REFERENCE,
        "village": _T.REFERENCE,
        "cell": _T.REFERENCE,
        "more_cells": _T.JSON,
    },
    "plan_cases": {"plan": _T.REFERENCE, "case_id": _T.REFERENCE, "cell": _T.REFERENCE},
    "closed_units": {"plan": _T.REFERENCE, **_UNIT},  # units that a later plan did away with; `plan` is the last that had them
    "reference_layers": {
        "name": _T.TEXT,
        "kind": _T.TEXT,
        "source": _T.TEXT,
        "visible": _T.BOOLEAN,
        "opacity": _T.REAL,
        "options": _T.JSON,
    },
    "former_grids": {  # networks of other offices that the county's grid takes the place of
        "name": _T.TEXT,
        "office": _T.TEXT,
        "source": _T.TEXT,  # the file it came from
        "loaded": _T.DATETIME,
        "visible": _T.BOOLEAN,
        "colour": _T.TEXT,  # #RRGGBB
        "note": _T.TEXT,
    },
    "former_units": {
        "geom": _T.MULTIPOLYGON,  # as it came; its errors are its own
        "grid": _T.REFERENCE,
        "code": _T.TEXT,
        "name": _T.TEXT,
        "pinyin": _T.TEXT,
        "contact": _T.TEXT,
        "phone": _T.TEXT,
        "remark": _T.TEXT,
    },
    "crosswalk": {  # where each former unit went: one row for each pair of former unit and cell that share land or households
        "grid": _T.REFERENCE,
        "former_unit": _T.REFERENCE,
        "plan": _T.REFERENCE,
        "cell": _T.REFERENCE,
        "area": _T.REAL,  # m²
        "area_share": _T.REAL,  # of the former unit
        "households": _T.INTEGER,
        "household_share": _T.REAL,
    },
    "ignored_problems": {"key": _T.TEXT, "note": _T.TEXT, "time": _T.DATETIME},
}
"""All tables that an edit can change. Storage adds its own (gpkg_*, alembic_version, history)."""

PLAN_TABLES: Mapping[str, str] = {"plan_units": "units", "plan_pins": "households", "plan_workers": "workers", "plan_cases": "cases"}
"""Tables that hold the divisions of plans → the table whose rows they speak of."""

NUMBERED: frozenset[str] = frozenset({"events", "messages", "attachments", "tasks", "task_cells", "talks", "crosswalk"})
"""Tables that the state does not hold: the store gives a row inserted with the id 0 the next free one, and keeps ids unique."""
