"""Files of requests as Open311 writes them, in XML and JSON, and what is not accepted."""

import json
from pathlib import Path

import pytest

from gis_app.cases.case import State
from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.files import open311, open311_xml
from gis_app.files.points import PointOptions, point_edit
from gis_app.files.preview import guess_mapping, preview
from tests.files import whistles
from tests.files.conftest import perform
from tests.files.whistles import CODES, HERE, THERE, cells, kinds

county = whistles.county

XML = f"""<?xml version="1.0" encoding="utf-8"?>
<service_requests xmlns="http://wiki.open311.org/GeoReport_v2">
  <request>
    <service_request_id>638344</service_request_id>
    <status>closed</status>
    <status_notes>Duplicate request.</status_notes>
    <service_name>Sidewalk and Curb Issues</service_name>
    <service_code>006</service_code>
    <description>Kerb &amp; gutter</description>
    <agency_responsible/>
    <service_notice></service_notice>
    <requested_datetime>2010-04-14T06:37:38-08:00</requested_datetime>
    <updated_datetime>2010-04-15T06:37:38-08:00</updated_datetime>
    <expected_datetime>2010-04-15T06:37:38-08:00</expected_datetime>
    <address>8TH AVE and JUDAH ST</address>
    <address_id>545483</address_id>
    <zipcode>94122</zipcode>
    <lat>{HERE[1]}</lat>
    <long>{HERE[0]}</long>
    <media_url>http://city.gov/media/638344.jpg</media_url>
  </request>
  <request>
    <service_request_id>638349</service_request_id>
    <status>open</status>
    <service_name>Sidewalk and Curb Issues</service_name>
    <service_code>006</service_code>
    <requested_datetime>2010-04-19T06:37:38Z</requested_datetime>
    <updated_datetime>2010-04-19T06:37:38Z</updated_datetime>
    <lat></lat>
    <long></long>
  </request>
</service_requests>
"""


def test_requests_in_xml(tmp_path: Path, county: County) -> None:
    path = tmp_path / "requests.xml"
    path.write_text(XML, encoding="utf-8")
    report = perform(county, point_edit(path, "cases", None, county.store))
    assert (report.read, report.imported, report.rejected) == (2, 2, ())
    assert "1 categories are not known, so their whistles have none: Sidewalk and Curb Issues." in map(str, report.notes)
    assert cells(county) == [CODES[0], ""]
    assert county.state.cases.state.tolist() == [State.DONE, State.WAITING]
    assert [str(time) for time in county.state.cases.blown] == ["2010-04-14T14:37:38", "2010-04-19T06:37:38"]
    assert str(county.state.cases.done[0]) == "2010-04-15T14:37:38"
    stored = county.store.rows("cases")
    assert stored["text"].tolist() == ["Kerb & gutter", ""]
    assert stored["result"].tolist()[0] == "Duplicate request."
    assert stored["source"].tolist() == ["requests.xml"] * 2
    assert stored["original"][0]["media_url"] == "http://city.gov/media/638344.jpg"


def test_requests_in_json_with_what_servers_add(tmp_path: Path, county: County) -> None:
    requests = [
        {
            "service_request_id": 7,
            "status": "open",
            "service_name": "Pothole",
            "service_code": 4,
            "description": None,
            "requested_datetime": "2020-05-01T12:20:00+08:00",
            "updated_datetime": None,
            "lat": THERE[1],
            "long": THERE[0],
            "extended_attributes": {"channel": "phone", "photos": ["a.jpg"]},
        }
    ]
    path = tmp_path / "requests.json"
    path.write_text("\ufeff" + json.dumps(requests), encoding="utf-8")
    options = PointOptions(create_categories=True, source="city")
    assert perform(county, point_edit(path, "cases", options, county.store)).imported == 1
    assert cells(county) == [CODES[5]]
    (category,) = county.state.categories.values()
    assert (category.name, category.code) == ("Pothole", "4")
    assert county.store.rows("cases")["original"][0] == requests[0]
    requests[0] |= {"status": "closed", "updated_datetime": "2020-05-03T17:37:00+08:00", "service_name": "", "status_notes": "filled"}
    path.with_name("newer.json").write_text(json.dumps({"service_requests": requests}), encoding="utf-8")
    report = perform(county, point_edit(path.with_name("newer.json"), "cases", options, county.store))
    assert (report.imported, report.updated) == (0, 1)
    assert kinds(county, "7") == ["blown", "done"]


def test_categories_are_found_by_name_before_code(tmp_path: Path, county: County) -> None:
    first = whistles.table(tmp_path / "c.csv", ["编号", "类别", "吹哨时间"], ["0", "Pothole", "2020-04-01"], ["1", "006", "2020-04-01"])
    perform(county, point_edit(first, "cases", None, county.store))
    named = {"service_request_id": "1", "service_name": "Pothole", "service_code": "006", "requested_datetime": "2020-05-01T00:00:00Z"}
    coded = {"service_request_id": "2", "service_code": "006", "requested_datetime": "2020-05-01T00:00:00Z"}
    path = tmp_path / "r.json"
    path.write_text(json.dumps([named, coded]))
    perform(county, point_edit(path, "cases", None, county.store))
    names = {key: category.name for key, category in county.state.categories.items()}
    assert [names[key] for key in county.state.cases.category.tolist()] == ["Pothole", "006", "Pothole", "006"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('<!DOCTYPE r [<!ENTITY x "y">]><service_requests>&x;</service_requests>', "a document type (DOCTYPE) is not accepted"),
        ("<service_requests>" + "<a>" * 30 + "</a>" * 30 + "</service_requests>", "elements are nested too deeply"),
        ("<service_requests><request></service_requests>", "mismatched tag"),
        ("<service_requests>&undefined;</service_requests>", "undefined entity"),
        ("", "r.xml is empty"),
        (
            "<errors><error><code>404</code><description>jurisdiction_id not found</description></error></errors>",
            "jurisdiction_id not found",
        ),
    ],
)
def test_xml_that_is_not_accepted(content: str, sentence: str, tmp_path: Path, county: County) -> None:
    path = tmp_path / "r.xml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        perform(county, point_edit(path, "cases", None, county.store))
    assert sentence in str(caught.value)
    assert not len(county.state.cases)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, county: County) -> None:
    with pytest.raises(UserError, match="does not exist"):
        perform(county, point_edit(tmp_path / "no.xml", "cases", PointOptions(format="open311"), county.store))


def test_geojson_of_cases_stays_a_map_file(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    assert open311.format_of(path) == "table"


def test_an_empty_list_is_no_error() -> None:
    assert open311.requests_in(b"[]", "server") == []
    assert open311.requests_in(b"<service_requests/>", "server") == []


def test_services_with_their_keywords() -> None:
    content = b"""<services><service><service_code>001</service_code><service_name>Cans left out</service_name><metadata>true</metadata>
        <type>realtime</type><keywords>lorem, ipsum</keywords><group>sanitation</group></service></services>"""
    assert open311.services_in(content, "server") == [open311.Service("001", "Cans left out", "sanitation", "lorem, ipsum")]


def test_external_entities_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    content = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]><r>&x;</r>'.encode()
    with pytest.raises(open311_xml.XmlProblem, match="DOCTYPE"):
        open311_xml.parse(content)


def test_a_file_of_requests_can_be_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "requests.xml"
    path.write_text(XML, encoding="utf-8")
    found = preview(path, county_crs="EPSG:4550")
    assert (found.format, found.count, found.geometry_type, found.crs.crs) == ("Open311 XML", 2, "", "EPSG:4326")
    assert dict(zip(found.columns, found.rows[0], strict=True))["description"] == "Kerb & gutter"
    assert guess_mapping(found, "cases", remembered=False)["blown"] == "requested_datetime"
    for content, said in (("<service_requests/>", "holds no rows"), ("", "is empty"), ("<a><b/></a>", "no requests as Open311")):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(UserError, match=said):
            preview(path)
