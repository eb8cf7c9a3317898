from pathlib import Path

import folium
import pytest
from branca.element import CssLink, JavascriptLink, Link

from gis_app.output.closed import HEAT_JS, LEAFLET_CSS, LEAFLET_JS, UnmappedAddressError, closed_map, inlined, installed_files


def test_every_mapped_address_has_its_file() -> None:
    for address, path in installed_files().items():
        assert path.is_file(), address


def test_the_addresses_are_those_that_folium_links_to() -> None:
    assert LEAFLET_JS in folium.folium._default_js
    assert LEAFLET_CSS in folium.folium._default_css
    assert HEAT_JS in [url for _, url in folium.plugins.HeatMap.default_js]


def test_a_page_links_to_nothing() -> None:
    text = closed_map("Karte", "en").get_root().render()
    assert "<script src" not in text
    assert "<link" not in text
    assert "url(images" not in text
    assert "sourceMappingURL" not in text
    assert "Leaflet 1.9.3" in text


def test_a_plug_in_that_wants_the_network_is_an_error() -> None:
    page = closed_map("Karte", "en")
    folium.plugins.MarkerCluster().add_to(page)
    with pytest.raises(UnmappedAddressError, match="markercluster"):
        page.get_root().render()


def test_an_ordinary_folium_map_would_want_the_network() -> None:
    page = closed_map("Karte", "en")
    page.default_js = folium.folium._default_js
    with pytest.raises(UnmappedAddressError, match="jquery"):
        page.get_root().render()


@pytest.mark.parametrize("kind", [JavascriptLink, CssLink, Link])
def test_an_unmapped_address_is_an_error(kind: type[Link]) -> None:
    with pytest.raises(UnmappedAddressError, match=r"else\.where"):
        inlined(kind("https://else.where/file"), installed_files())


def test_a_link_that_is_neither_script_nor_style_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnmappedAddressError, match="neither"):
        inlined(Link("a"), {"a": tmp_path / "file"})


def test_a_title_is_text() -> None:
    text = closed_map("<b>&", "zh-CN").get_root().render()
    assert "<title>&lt;b&gt;&amp;</title>" in text
    assert '<html lang="zh-CN">' in text
