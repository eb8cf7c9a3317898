"""The figures of all whistles that the filter leaves, with their definitions as tips, beside the map of the workspace Analyse."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent

from gis_app.cases.chains import Trails
from gis_app.cases.measures import Defined, Form, Measures, figures_defined, measured
from gis_app.cases.shares import Average, Share
from gis_app.county.case_figures import basis_of
from gis_app.gui.figure_rows import written
from gis_app.gui.session import Session
from gis_app.gui.widgets import Section, clear, facts, label
from gis_app.language import format_number, tr

REST = 200
"""Milliseconds after which the figures follow a filter that moves, as with the time slider."""


class FiguresPanel(Section):
    """Every figure of `cases.measures` for what the map shows."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Figures"), session.palette)
        self._session = session
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self.refresh)
        for signal in (session.filter_changed, session.county_changed, session.trails.arrived):
            signal.connect(self._later)

    def _later(self, _: object = None) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        self._rest.start()

    def refresh(self) -> None:
        """Work the figures out, if the panel is seen."""
        session = self._session
        if not self.isVisible():
            return
        trails, wanted = session.trails.ask(), session.filter
        basis = basis_of(session.state, trails if trails is not None else Trails.empty())
        (whole,) = measured(basis, start=wanted.start, end=wanted.end, where=session.shown_cases(at_any_time=True))
        defined = figures_defined(basis.minutes)
        clear(self.body)
        pairs = [(str(figure.name), written(figure, whole, known=trails is not None)) for figure in defined]
        self.body.addLayout(facts(pairs, {str(figure.name): tip(figure, whole) for figure in defined}))
        self.body.addWidget(label(tr("In brackets: of how many."), "secondary", wrap=True))


def tip(figure: Defined, measures: Measures) -> str:
    """Return what a figure counts, and how sure it is."""
    found = figure.of(measures)
    if not isinstance(found, Share | Average) or found.interval is None:
        return str(figure.definition)
    low, high = (f"{bound:.1f}" if figure.form == Form.STARS else f"{bound:.1%}" for bound in found.interval)
    count = format_number(found.whole if isinstance(found, Share) else found.count)
    sure = tr("Of {count}; with a confidence of 95 % between {low} and {high}.", count=count, low=low, high=high)
    return f"{figure.definition}\n{sure}"
