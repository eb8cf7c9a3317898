"""The strongest hand-overs between bodies, as a list beside the map."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent

from gis_app.cases.chains import Flow
from gis_app.gui.session import Session
from gis_app.gui.widgets import Section, button, clear, counted, label
from gis_app.gui.words import body_name
from gis_app.language import format_number, tr
from gis_app.map.scene import LayerKind

MOST = 12
"""So many flows are listed."""


class FlowsPanel(Section):
    """What the layer of hand-overs shows, the strongest first; pressing one selects the body that hands over."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Hand-overs between bodies"), session.palette)
        self._session = session
        self._of: object = self
        self._rest = QTimer(self, singleShot=True, interval=200)
        self._rest.timeout.connect(self.refresh)
        session.scene_changed.connect(self._later)

    def _later(self, _: object = None) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        self._rest.start()

    def refresh(self) -> None:
        """List the flows of the present scene, if the panel is seen."""
        scene = self._session.scene
        layer = scene.layer(LayerKind.FLOWS)
        shown = layer is not None and layer.visible
        if not self.isVisible() or self._of == (shown, scene.flows):
            return
        self._of = (shown, scene.flows)
        clear(self.body)
        if not shown:
            self.body.addWidget(label(tr("Arrows show who hands whistles over to whom."), "secondary", wrap=True))
            show = button(tr("Show them on the map"), lambda: self._session.set_layer(LayerKind.FLOWS, visible=True), "link")
            self.body.addWidget(show, alignment=Qt.AlignmentFlag.AlignLeft)
        elif scene.flows is None:
            self.body.addWidget(label(tr("The steps of the whistles are being read …"), "secondary", wrap=True))
        elif not scene.flows.flows:
            self.body.addWidget(label(tr("Nothing was handed over."), "secondary", wrap=True))
        else:
            self._list(scene.flows.flows)

    def _list(self, flows: tuple[Flow, ...]) -> None:
        state = self._session.state
        for flow in flows[:MOST]:
            text = tr("{source} → {target}", source=body_name(state, flow.source), target=body_name(state, flow.target))
            count = label(format_number(flow.count), "value")
            self.body.addWidget(counted(text, count, partial(self._session.select, "bodies", flow.source), None, text))
        total = format_number(sum(flow.count for flow in flows))
        told = tr("{count} hand-overs on {ways} ways; passing up counts too.", count=total, ways=format_number(len(flows)))
        self.body.addWidget(label(told, "secondary", wrap=True))
