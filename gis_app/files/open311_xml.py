"""XML of Open311 servers, read without trusting it: no document type, no entities, no endless nesting."""

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from gis_app.language import Message, msg

DEEPEST = 20
"""Elements within one another; the specification needs five."""


class XmlProblem(ValueError):
    """The text is no XML that is read here; `reason` says why in a few words (those of the parser are English)."""

    def __init__(self, reason: Message | str) -> None:
        super().__init__(str(reason))
        self.reason = reason


def parse(content: bytes) -> Element:
    """Return the root of an XML document, names without namespaces. Raises `XmlProblem`.

    A document type is refused before anything of it is read: entities are how XML reads other files and grows without bounds.
    """
    builder, parser, depth = TreeBuilder(), expat.ParserCreate(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise XmlProblem(msg("elements are nested too deeply"))
        builder.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(":")[2])

    def doctype(*_: Any) -> None:
        raise XmlProblem(msg("a document type (DOCTYPE) is not accepted"))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise XmlProblem(str(error)) from error
    return builder.close()


def value(element: Element) -> Any:
    """Return an element as JSON has it: text, or its children by name; several of one name, or of a plural, are a list."""
    children = list(element)
    if not children:
        return (element.text or "").strip()
    names = {child.tag for child in children}
    if len(names) == 1 and (len(children) > 1 or element.tag == f"{children[0].tag}s"):
        return [value(child) for child in children]
    return {child.tag: value(child) for child in children}
