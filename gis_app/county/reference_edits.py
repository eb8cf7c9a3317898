"""Edits of the reference layers of a county: added, removed, shown, faded, put in order, pointed to another file."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.references import Reference, ReferenceKind, drawn_order
from gis_app.county.state import CountyState
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

TABLE = "reference_layers"


def add_references(layers: Sequence[Reference]) -> Edit:
    """Add reference layers on top of their like (ids and `order` are given anew). Report: the ids. Refusals "no_name", "no_source"."""
    names = ", ".join(layer.name.strip() for layer in layers)

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Adding the reference layer"))
        if not all(layer.name.strip() for layer in layers):
            return Refusal("no_name", msg("A reference layer needs a name; write one."))
        if not all(layer.source.strip() for layer in layers):
            return Refusal("no_source", msg("A reference layer needs a file or a tile server; choose one."))
        first = max(state.references, default=0) + 1
        order = max((reference.order for reference in state.references.values()), default=0.0) + 1
        ids = np.arange(first, first + len(layers), dtype=np.int64)
        row = {
            "id": ids,
            "name": objects([layer.name.strip() for layer in layers]),
            "kind": objects([str(layer.kind) for layer in layers]),
            "source": objects([layer.source for layer in layers]),
            "visible": np.array([layer.visible for layer in layers], np.bool_),
            "opacity": np.array([layer.opacity for layer in layers], np.float64),
            "options": objects([{**layer.options, "order": order + at} for at, layer in enumerate(layers)]),
        }
        return Outcome((RowChange(TABLE, insert=row),), report=tuple(ids.tolist()))

    return Edit(msg("Add the reference layer {name}", name=names), plan)


def add_reference(name: str, kind: ReferenceKind, source: str, *, opacity: float = 1.0, **options: object) -> Edit:
    """Add one reference layer; see `add_references` (options: see `Reference`)."""
    return add_references([Reference(0, name, kind, source, True, opacity, options)])


def remove_reference(reference: int, name: str = "") -> Edit:
    """Remove a reference layer from the county (its file stays where it is). Refusal "no_reference"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Removing the reference layer"))
        if reference not in state.references:
            return _unknown(reference)
        title = msg("Remove the reference layer {name}", name=state.references[reference].name)
        return Outcome((RowChange(TABLE, delete=np.array([reference], np.int64)),), title=title)

    return Edit(msg("Remove the reference layer {name}", name=name or reference), plan)


def show_reference(reference: int, visible: bool) -> Edit:
    """Show a reference layer, or hide it. Refusal "no_reference"."""
    title = msg("Show the reference layer {name}") if visible else msg("Hide the reference layer {name}")
    return _change(title, reference, visible=np.array([visible]))


def fade_reference(reference: int, opacity: float) -> Edit:
    """Draw a reference layer more or less opaque (0 to 1). Refusals "no_reference", "opacity"."""
    if not 0 <= opacity <= 1:
        return _refusing(msg("Opacity lies between 0 and 100 %."), "opacity")
    return _change(msg("Change the opacity of the reference layer {name}"), reference, opacity=np.array([opacity]))


def rename_reference(reference: int, name: str) -> Edit:
    """Give a reference layer another name. Refusals "no_reference", "no_name"."""
    if not name.strip():
        return _refusing(msg("A reference layer needs a name; write one."), "no_name")
    return _change(msg("Rename the reference layer {name}"), reference, name=objects([name.strip()]))


def point_reference(reference: int, source: str) -> Edit:
    """Take another file (or tile server) for a reference layer. Refusals "no_reference", "no_source"."""
    if not source.strip():
        return _refusing(msg("A reference layer needs a file or a tile server; choose one."), "no_source")
    return _change(msg("Choose another file for the reference layer {name}"), reference, source=objects([source]))


def set_reference_options(reference: int, **options: object) -> Edit:
    """Change options of a reference layer (see `Reference`; None takes one away). Refusal "no_reference"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Changing the reference layer"))
        if reference not in state.references:
            return _unknown(reference)
        known = state.references[reference]
        wanted = {name: value for name, value in {**known.options, **options}.items() if value is not None}
        if wanted == dict(known.options):
            return Outcome(())
        rows = RowChange(TABLE, update={"id": np.array([reference], np.int64), "options": objects([wanted])})
        return Outcome((rows,), title=msg("Change the reference layer {name}", name=known.name))

    return Edit(msg("Change a reference layer"), plan)


def move_reference(reference: int, steps: int) -> Edit:
    """Draw a reference layer later (positive) or earlier among its like: pictures and tiles, or lines. Refusal "no_reference"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Changing the reference layer"))
        if reference not in state.references:
            return _unknown(reference)
        moved = state.references[reference]
        like = [one for one in drawn_order(state.references) if one.is_raster == moved.is_raster]
        at = like.index(moved)
        like.insert(max(0, min(len(like) - 1, at + steps)), like.pop(at))
        changed = [(one, order) for order, one in enumerate(like, start=1) if one.order != order]
        if not changed or like.index(moved) == at:
            return Outcome(())
        rows = RowChange(
            TABLE,
            update={
                "id": np.array([one.id for one, _ in changed], np.int64),
                "options": objects([{**one.options, "order": order} for one, order in changed]),
            },
        )
        return Outcome((rows,), title=msg("Move the reference layer {name}", name=moved.name))

    return Edit(msg("Move a reference layer"), plan)


def _change(title: Message, reference: int, **columns: NDArray[np.generic]) -> Edit:
    """Change columns of one row; the history says the layer's name."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Changing the reference layer"))
        if reference not in state.references:
            return _unknown(reference)
        known = state.references[reference]
        if all(getattr(known, name) == array[0] for name, array in columns.items()):
            return Outcome(())
        rows = RowChange(TABLE, update={"id": np.array([reference], np.int64), **columns})
        return Outcome((rows,), title=Message(title.text, {"name": known.name}))

    return Edit(msg("Change a reference layer"), plan)


def _refusing(reason: Message, code: str) -> Edit:
    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Changing the reference layer"))
        return Refusal(code, reason)

    return Edit(msg("Change a reference layer"), plan)


def _unknown(reference: int) -> Refusal:
    return Refusal("no_reference", msg("There is no reference layer {id}; it may have been removed.", id=reference))
