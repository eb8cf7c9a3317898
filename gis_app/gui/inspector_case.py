"""The pages of the inspector about whistles: the card of one, with everything that belongs to it, and what several have in common."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtWidgets import QLayout, QWidget

from gis_app.county.case_edits import correct_case, record_event
from gis_app.gui import case_parts as parts
from gis_app.gui.attachment_list import AttachmentList
from gis_app.gui.case_timeline import Timeline, timeline
from gis_app.gui.case_view import CaseView, read_case, rows_of
from gis_app.gui.inspector import Inspector, heading
from gis_app.gui.inspector_whistles import whistle_links
from gis_app.gui.widgets import label, row
from gis_app.language import format_number, tr

Page = list[QWidget | QLayout]


def case_page(panel: Inspector, case: int) -> Page:
    """Show a whistle with everything that belongs to it."""
    view = read_case(panel.session, case)
    page: Page = [*parts.head(panel, view), parts.clocks(panel, view)]
    if view.standing.urged:
        page.append(panel.advice(tr("Marked for attention by a county leader.")))
    page += parts.doubts(panel, view, partial(_say_cell, panel, view), partial(_hand_over, panel, view))
    page += [parts.about(panel, view), row(panel.private_button(), None)]
    page += [heading(tr("What happened")), Timeline(panel.session.palette, timeline(panel, view))]
    page += parts.stays(panel, view)
    page += parts.people(panel, view)
    page += [heading(tr("Photos and documents")), AttachmentList(panel, case)]
    page += parts.why(panel, view)
    page.append(row(panel.zoom_button("cases", case), None))
    return page


def _say_cell(panel: Inspector, view: CaseView, cell: int) -> None:
    """Record in which of two cells an uncertain place lies."""
    note = tr("Decided in the service centre: the place is near a border.")
    panel.perform_step(correct_case(panel.session.county.store, view.case, note=note, actor=panel.actor, cell=cell))


def _hand_over(panel: Inspector, view: CaseView, body: int) -> None:
    """Hand a whistle over to the body that the rules name now."""
    from gis_app.cases.case import EventKind

    note = tr("The rules name this body.")
    panel.perform_step(
        record_event(panel.session.county.store, view.case, EventKind.HANDED_OVER, target=body, note=note, actor=panel.actor)
    )


def cases_page(panel: Inspector, cases: Sequence[int]) -> Page:
    """Show what several selected whistles have in common; their steps stand below."""
    session = panel.session
    rows = rows_of(session, cases)
    mine = np.zeros(len(session.state.cases), np.bool_)
    mine[rows] = True
    page: Page = [
        label(tr("Selected"), "secondary"),
        panel.title(tr("{count} whistles", count=format_number(len(rows)))),
        *whistle_links(panel, mine),
        label(
            tr("A step below is recorded for each of them that it is possible for; a click on a row selects one."), "secondary", wrap=True
        ),
    ]
    return page
