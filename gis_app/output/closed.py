"""folium pages that need no network: every script and style sheet that folium would link to is written into the page.

County networks are closed. folium links its scripts to content networks; here each address that it may use is mapped to a file of an
installed package, and any other address is an error instead of a page that is blank at the county office.
"""

import base64
import html
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, Link
from xstatic.pkg import leaflet

LEAFLET_JS = ("leaflet", "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js")
LEAFLET_CSS = ("leaflet_css", "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css")
HEAT_JS = "https://cdn.jsdelivr.net/gh/python-visualization/folium@main/folium/templates/leaflet_heat.min.js"


class UnmappedAddressError(LookupError):
    """A page wants a file from the network that no installed package is known to hold: a bug of this program, not of its user."""


def installed_files() -> Mapping[str, Path]:
    """Return address → installed file for everything that a page may link to."""
    folder = Path(leaflet.BASE_DIR)
    heat = Path(str(resources.files(folium) / "templates" / "leaflet_heat.min.js"))
    return {LEAFLET_JS[1]: folder / "leaflet.js", LEAFLET_CSS[1]: folder / "leaflet.css", HEAT_JS: heat}


def inlined(link: Link, files: Mapping[str, Path]) -> Element:
    """Return the element that holds what a link points at; raises `UnmappedAddressError` for an address that is not in `files`."""
    path = files.get(link.url)
    if path is None:
        raise UnmappedAddressError(f"{link.url} is not mapped to an installed file")
    text = path.read_text(encoding="utf-8")
    if isinstance(link, JavascriptLink):
        return _raw("script", re.sub(r"//# sourceMappingURL=\S+", "", text).replace("</script", "<\\/script"))
    if isinstance(link, CssLink):
        return _raw("style", with_pictures(text, path.parent))
    raise UnmappedAddressError(f"{link.url} is neither a script nor a style sheet")


def with_pictures(style: str, folder: Path) -> str:
    """Return a style sheet with its pictures written into it as data addresses."""

    def picture(match: re.Match[str]) -> str:
        return f"url(data:image/png;base64,{base64.b64encode((folder / match[1]).read_bytes()).decode()})"

    return re.sub(r"url\((images/[\w.-]+\.png)\)", picture, style)


class ClosedFigure(Figure):
    """The frame of a folium page; when it is rendered, every link in its head is replaced by what it points at."""

    language = "en"

    def render(self, **kwargs: Any) -> str:
        """Return the page as HTML; raises `UnmappedAddressError`."""
        for child in self._children.values():
            child.render(**kwargs)
        files = installed_files()
        for name, element in list(self.header._children.items()):
            if isinstance(element, Link):
                self.header._children[name] = inlined(element, files)
        page = str(self._template.render(this=self, kwargs=kwargs))
        return page.replace("<html>", f'<html lang="{self.language}">', 1)


def closed_map(title: str, language: str, **options: Any) -> folium.Map:
    """Return a folium map with Leaflet alone and no tiles, on a `ClosedFigure`."""
    page = folium.Map(tiles=None, **options)
    page.default_js, page.default_css = [LEAFLET_JS], [LEAFLET_CSS]
    figure = ClosedFigure(title=html.escape(title))
    figure.language = language
    figure.add_child(page)
    return page


def _raw(tag: str, text: str) -> Element:
    """Return an element that holds a text as it is (branca takes a text for a template)."""
    return Element("{% raw %}<" + tag + ">" + text + "</" + tag + ">{% endraw %}")
