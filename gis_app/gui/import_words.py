"""What targets, fields and datums of an import are called."""

from collections.abc import Mapping

from gis_app.files.mapping import Target
from gis_app.language import Message, msg

TARGETS: Mapping[Target, Message] = {
    Target.CELL: msg("Boundaries of cells"),
    Target.VILLAGE: msg("Boundaries of villages and communities"),
    Target.TOWNSHIP: msg("Boundaries of townships"),
    Target.FORMER: msg("Grid of another office"),
    Target.HOUSEHOLDS: msg("Households"),
    Target.WORKERS: msg("Grid workers"),
    Target.DEPARTMENTS: msg("Departments"),
    Target.CASES: msg("Whistles"),
}
BOUNDARIES = (Target.CELL, Target.VILLAGE, Target.TOWNSHIP)

FIELD_NAMES: Mapping[str, Message] = {
    "code": msg("Code"),
    "name": msg("Name"),
    "kind": msg("Kind"),
    "parent": msg("Code of the upper unit"),
    "village_code": msg("Village code"),
    "village_name": msg("Village name"),
    "township_code": msg("Township code"),
    "township_name": msg("Township name"),
    "x": msg("X or longitude"),
    "y": msg("Y or latitude"),
    "head": msg("Head of household"),
    "address": msg("Address"),
    "building": msg("Building"),
    "phone": msg("Phone"),
    "members": msg("Members"),
    "resident": msg("Lives here"),
    "flags": msg("Flags"),
    "village": msg("Village"),
    "cell": msg("Cell"),
    "skills": msg("Languages and skills"),
    "capacity": msg("Load at most"),
    "since": msg("First day of work"),
    "until": msg("Last day of work"),
    "substitute": msg("Substitute"),
    "absent_from": msg("Absent from"),
    "absent_until": msg("Absent until"),
    "notes": msg("Notes"),
    "category": msg("Category"),
    "receiver": msg("Receiver"),
    "receiver_phone": msg("Phone of the receiver"),
    "leader": msg("Leader"),
    "leader_phone": msg("Phone of the leader"),
    "id": msg("Number"),
    "body": msg("Receiving body"),
    "text": msg("What it is about"),
    "blown": msg("Time blown"),
    "picked_up": msg("Time picked up"),
    "done": msg("Time completed"),
    "result": msg("Result"),
    "whistler": msg("Blown by"),
    "unit": msg("Unit"),
    "household": msg("Household"),
    "urgency": msg("Urgency"),
    "contact": msg("Contact"),
    "remark": msg("Remark"),
    "state": msg("State"),
    "updated": msg("Time of the last change"),
}

DATUMS: tuple[tuple[str, Message], ...] = (
    ("", msg("As the numbers say")),
    ("cgcs2000", msg("CGCS2000 (degrees)")),
    ("wgs84", msg("WGS 84 (GPS)")),
    ("gcj02", msg("GCJ-02 (Amap, Tencent, phones)")),
    ("bd09", msg("BD-09 (Baidu)")),
)

ENCODINGS = ("", "utf-8", "gb18030", "utf-16", "big5", "latin-1")
