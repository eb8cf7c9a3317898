"""The filters of whistles that an office has saved: kept by name, renamed, deleted. What a filter says is `gui.case_filter`'s business."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

TABLE = "saved_filters"


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """One saved filter: its name and, in plain JSON values, what it asks for."""

    id: int
    name: str
    content: Mapping[str, object]


def saved_filters(store: CountyStore) -> tuple[SavedFilter, ...]:
    """Read the saved filters of a county, in the order in which they were saved."""
    rows = store.rows(TABLE)
    columns = (rows["id"].tolist(), rows["name"].tolist(), rows["content"].tolist())
    return tuple(SavedFilter(id, name, content or {}) for id, name, content in zip(*columns, strict=True))


def save_filter(store: CountyStore, name: str, content: Mapping[str, object]) -> Edit:
    """Keep a filter under a name; one that has this name already is replaced. Report: `SavedFilter`. Refusals "no_name", "no_filter"."""
    called = name.strip()

    def plan(_: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Saving the filter"))
        if not called:
            return _no_name()
        if not content:
            return Refusal("no_filter", msg("This filter leaves all whistles; choose something to filter by first."))
        known = {saved.name: saved.id for saved in saved_filters(store)}
        row = {"id": np.array([known.get(called) or max(known.values(), default=0) + 1], np.int64), "content": objects([dict(content)])}
        report = SavedFilter(int(row["id"][0]), called, dict(content))
        if called in known:
            return Outcome((RowChange(TABLE, update=row),), report=report)
        return Outcome((RowChange(TABLE, insert={**row, "name": objects([called])}),), report=report)

    return Edit(msg("Save the filter {name}", name=called), plan)


def rename_filter(store: CountyStore, saved: int, name: str) -> Edit:
    """Give a saved filter another name. Refusals "no_name", "taken" (another one has it), "no_filter"."""
    called = name.strip()

    def plan(_: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Renaming the filter"))
        known = {one.id: one.name for one in saved_filters(store)}
        if saved not in known:
            return _unknown(saved)
        if not called:
            return _no_name()
        if called == known[saved]:
            return Outcome(())
        if called in known.values():
            return Refusal("taken", msg("Another filter is called {name}.", name=called))
        title = msg("Rename the filter {old} to {new}", old=known[saved], new=called)
        return Outcome((RowChange(TABLE, update={"id": np.array([saved], np.int64), "name": objects([called])}),), title=title)

    return Edit(msg("Rename a filter"), plan)


def delete_filter(store: CountyStore, saved: int) -> Edit:
    """Forget a saved filter; no whistle changes. Refusal "no_filter"."""

    def plan(_: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Deleting the filter"))
        known = {one.id: one.name for one in saved_filters(store)}
        if saved not in known:
            return _unknown(saved)
        title: Message = msg("Delete the filter {name}", name=known[saved])
        return Outcome((RowChange(TABLE, delete=np.array([saved], np.int64)),), title=title)

    return Edit(msg("Delete a filter"), plan)


def _no_name() -> Refusal:
    return Refusal("no_name", msg("A filter needs a name; write one."))


def _unknown(saved: int) -> Refusal:
    return Refusal("no_filter", msg("There is no saved filter {id}; it may have been deleted.", id=saved))
