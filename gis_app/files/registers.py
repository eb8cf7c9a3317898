"""Registers of other systems that are known by their headers: the open data of New York's and Baltimore's 311, and Open311.

Headers of New York: NYC Open Data, "311 Service Requests"; of Baltimore: Open Baltimore, "311 Customer Service Requests"; of Open311:
the fields of GeoReport v2 (https://wiki.open311.org/GeoReport_v2), as tables and our own exports write them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gis_app.files.mapping import Mapped, normalised


@dataclass(frozen=True, slots=True)
class Register:
    """A register of cases whose numbers are given once and never again.

    `marks` are the headers that tell it, `columns` field → headers, the likeliest first; both normalised. `source` is what its cases are
    said to come from ("": the name of the file). Times without a zone are local ones of `timezone`. `makes_categories`: what nobody knows
    is made without being asked for.
    """

    name: str
    marks: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    timezone: str = ""
    datum: str = ""
    source: str = ""
    makes_categories: bool = True

    def mapping(self, columns: Sequence[str]) -> Mapped:
        """Return field → column, as the file writes it, for the fields that the file holds."""
        plain = {normalised(column): column for column in columns}
        found = {field: next((plain[header] for header in headers if header in plain), "") for field, headers in self.columns.items()}
        return {field: column for field, column in found.items() if column}


OPEN311 = Register(
    "Open311",
    frozenset({"servicerequestid", "requesteddatetime"}),
    {
        "id": ("servicerequestid",),
        "category": ("servicename",),
        "category_code": ("servicecode",),
        "body": ("agencyresponsible",),
        "text": ("description",),
        "address": ("address",),
        "blown": ("requesteddatetime",),
        "updated": ("updateddatetime",),
        "done": ("closeddatetime",),
        "state": ("casestate", "status"),  # ours says more than open and closed
        "result": ("statusnotes",),
        "x": ("long",),
        "y": ("lat",),
        **{field: (field,) for field in ("kind", "urgency", "whistler", "worker", "contact", "phone", "unit", "household", "accuracy")},
    },
    datum="wgs84",
    makes_categories=False,
)
NEW_YORK = Register(
    "New York 311",
    frozenset({"uniquekey", "createddate", "closeddate", "agency", "complainttype", "descriptor"}),
    {
        "id": ("uniquekey",),
        "category": ("complainttype",),
        "body": ("agency",),
        "text": ("descriptor",),
        "address": ("incidentaddress",),
        "blown": ("createddate",),
        "done": ("closeddate",),
        "result": ("resolutiondescription",),
        "state": ("status",),
        "updated": ("resolutionactionupdateddate",),
        "whistler": ("opendatachanneltype",),
        "x": ("longitude",),
        "y": ("latitude",),
    },
    timezone="America/New_York",
    datum="wgs84",
    source="NYC 311",
)
BALTIMORE = Register(
    "Baltimore 311",
    frozenset({"servicerequestnum", "srtype", "srstatus", "createddate"}),
    {
        "id": ("servicerequestnum", "srrecordid"),
        "category": ("srtype",),
        "body": ("agency",),
        "address": ("address",),
        "blown": ("createddate",),
        "done": ("closedate",),
        "result": ("outcome",),
        "state": ("srstatus",),
        "updated": ("statusdate",),
        "whistler": ("methodreceived",),
        "x": ("longitude",),
        "y": ("latitude",),
    },
    timezone="America/New_York",
    datum="wgs84",
    source="Baltimore 311",
)
REGISTERS = (OPEN311, NEW_YORK, BALTIMORE)
"""The registers that are known."""


def recognised(columns: Sequence[str]) -> Register | None:
    """Return the register that a table with these headers is an export of, None for another table."""
    plain = {normalised(column) for column in columns}
    return next((register for register in REGISTERS if register.marks <= plain), None)
