"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2): requests and services in JSON or XML, as rows of a table of cases."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.files import case_history, open311_xml
from gis_app.files.dates import as_times
from gis_app.files.errors import FileError
from gis_app.files.rows import FileRows
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

Request = Mapping[str, Any]
"""One service request with the fields of the specification, values as JSON has them."""

FIELDS = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long",
    "media_url",
)  # fmt: skip
"""The fields of a request, in the order of the specification."""

OWN = ("kind", "urgency", "whistler", "worker", "contact", "phone", "unit", "household", "accuracy")
"""What our own exports say beside them, in `extended_attributes`."""

_LISTS = ("service_requests", "requests", "services", "request", "service")


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of request that a server takes."""

    code: str
    name: str
    group: str = ""
    keywords: str = ""


def format_of(path: Path) -> str:
    """Return "open311" for a file that holds requests as the specification writes them, "table" for another (or none)."""
    suffix = path.suffix.lower()
    if suffix not in (".json", ".xml"):
        return "table"
    try:
        with path.open("rb") as file:
            beginning = file.read(4000)
    except OSError:
        return "table"
    return "open311" if b"service_request" in beginning or suffix == ".xml" else "table"


def reading_requests(path: Path, encoding: str = "") -> Steps[FileRows]:
    """Read a file of requests. Raises `FileError`."""
    yield Progress(0.0, msg("Reading {file}", file=path.name))
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise FileError(msg("{file} does not exist; check the path.", file=str(path))) from error
    except OSError as error:
        text = msg("{file} may not be read; check its permissions, or close the program that holds it.", file=path.name)
        raise FileError(text) from error
    if encoding:
        try:
            content = content.decode(encoding).encode()
        except (LookupError, UnicodeDecodeError) as error:
            raise FileError(msg("There is no encoding {encoding}; use for example UTF-8 or GB18030.", encoding=encoding)) from error
    yield Progress(0.3, msg("Reading {file}", file=path.name))
    return rows_of(requests_in(content, path.name), path.name)


def requests_in(content: bytes, name: str) -> list[Request]:
    """Return the requests of an answer or file, JSON or XML by its content; `name` is what sentences call it. Raises `FileError`."""
    return [item for item in _items(content, name) if "service_request_id" in item or "requested_datetime" in item]


def services_in(content: bytes, name: str) -> list[Service]:
    """Return the services of an answer. Raises `FileError`."""
    found = []
    for item in _items(content, name):
        code, called = _plain(item.get("service_code")), _plain(item.get("service_name"))
        if code or called:
            keywords = item.get("keywords")
            words = ",".join(map(str, keywords)) if isinstance(keywords, list) else _plain(keywords)
            found.append(Service(code, called, _plain(item.get("group")), words))
    return found


def complaint_in(content: bytes) -> str:
    """Return what an answer says went wrong, in the server's words; "" where it says nothing that can be read."""
    try:
        found = _decoded(content, "")
    except FileError:
        return ""
    return _complaint(found if isinstance(found, list) else [found])


def _complaint(items: Sequence[Any]) -> str:
    said = (
        _plain(item[key]) for item in items if isinstance(item, Mapping) for key in ("description", "message", "error") if item.get(key)
    )
    return next(said, "")


def _items(content: bytes, name: str) -> list[Mapping[str, Any]]:
    """Return the list that an answer holds. Raises `FileError` for one that says an error, or is neither JSON nor XML."""
    found = _decoded(content, name)
    if isinstance(found, Mapping):
        found = next((found[key] for key in _LISTS if isinstance(found.get(key), list)), [found])
    if not isinstance(found, list):
        raise _no_requests(name)
    items = [item for item in found if isinstance(item, Mapping)]
    if found and not any(key in item for item in items for key in ("service_request_id", "requested_datetime", "service_code")):
        said = _complaint(items)
        raise FileError(msg("{file} says: {problem}", file=name, problem=said)) if said else _no_requests(name)
    return items


def _decoded(content: bytes, name: str) -> Any:
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise FileError(msg("{file} is empty.", file=name))
    return _from_xml(text, name) if text[:1] == b"<" else _from_json(text, name)


def _no_requests(name: str) -> FileError:
    return FileError(msg("{file} holds no requests as Open311 (GeoReport v2) writes them; check the address or the file.", file=name))


def _from_json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FileError(msg("{file} is damaged: its JSON cannot be read ({problem}).", file=name, problem=str(error))) from error


def _from_xml(content: bytes, name: str) -> Any:
    try:
        root = open311_xml.parse(content)
    except open311_xml.XmlProblem as error:
        raise FileError(msg("{file} is damaged: its XML cannot be read ({problem}).", file=name, problem=error.reason)) from error
    if len(root) == 0:
        return []
    return [open311_xml.value(child) for child in root]


def rows_of(requests: Sequence[Request], name: str, services: Mapping[str, Service] | None = None) -> FileRows:
    """Return requests as the rows of a table whose headers are the fields of the specification; `originals` are the requests themselves.

    Of a request that comes twice the one that was updated last counts. `services` name those that only give a code. Coordinates that
    cannot be on earth are none.
    """
    kept = _latest(requests)
    warnings: tuple[Message, ...] = ()
    if len(kept) < len(requests):
        count = len(requests) - len(kept)
        warnings = (msg("{count} requests come more than once; the one that was updated last counts.", count=count),)
    flat = [_flat(requests[at], services or {}) for at in kept]
    names = [field for field in (*FIELDS, *OWN) if field in FIELDS or any(row.get(field) for row in flat)]
    columns = {field: _column([row.get(field, "") for row in flat]) for field in names}
    originals = tuple(dict(requests[at]) for at in kept)
    return FileRows(name, columns, np.array(kept, np.int64) + 1, None, "", warnings, originals)


def _latest(requests: Sequence[Request]) -> list[int]:
    """Return the positions of the requests that count, in their order."""
    if not requests:
        return []
    texts = [_plain(request.get("updated_datetime")) or _plain(request.get("requested_datetime")) for request in requests]
    times, _ = as_times(_column(texts), "UTC")
    best: dict[str, int] = {}
    unnamed = []
    for at, request in enumerate(requests):
        key = _plain(request.get("service_request_id"))
        if not key:
            unnamed.append(at)
        elif key not in best or not times[at] < times[best[key]]:
            best[key] = at
    return sorted([*best.values(), *unnamed])


def _flat(request: Request, services: Mapping[str, Service]) -> dict[str, str]:
    """Return the fields of a request as text, and our own attributes beside them."""
    row = {field: _plain(request.get(field)) for field in FIELDS}
    if not row["service_name"] and row["service_code"] in services:
        row["service_name"] = services[row["service_code"]].name
    if not _on_earth(row["lat"], row["long"]):
        row["lat"] = row["long"] = ""
    attributes = request.get("extended_attributes")
    ours = attributes.get(case_history.KEY) if isinstance(attributes, Mapping) else None
    return row | {field: _plain(ours.get(field)) for field in OWN} if isinstance(ours, Mapping) else row


def _on_earth(latitude: str, longitude: str) -> bool:
    try:
        y, x = float(latitude), float(longitude)
    except ValueError:
        return False
    return math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90 and (x, y) != (0, 0)


def _plain(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _column(values: Sequence[str]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array
