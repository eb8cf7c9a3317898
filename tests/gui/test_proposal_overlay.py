"""What is proposed, over the map: no names of cells below the numbers, none of the numbers on a name or on another."""

from dataclasses import replace

import numpy as np
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from pytestqt.qtbot import QtBot

from gis_app.gui.proposal_overlay import ProposalOverlay
from gis_app.gui.propose_panel import ProposePanel
from gis_app.gui.theme import font
from gis_app.gui.window import Window
from gis_app.map.qt.painter import paint_scene
from gis_app.map.scene import LayerKind, Scene
from gis_app.map.viewport import Viewport
from tests.gui.test_propose_panel import largest, opened, settle
from tests.map.reference.made import colours


def proposed(window: Window) -> ProposePanel:
    """A panel with cells proposed for the largest village, which fills the map."""
    assert window.session is not None
    village = largest(window)
    window.session.select("units", village)
    window.canvas.zoom_to_units((village,))
    panel = opened(window)
    panel.floor.setValue(20)
    panel.run()
    settle(window)
    window.canvas.wait_until_drawn()
    return panel


def overlay(window: Window) -> ProposalOverlay:
    (found,) = (one for one in window.canvas.findChildren(ProposalOverlay) if not one.isHidden())
    return found


def drawn(scene: Scene, viewport: Viewport) -> np.ndarray:
    image = QImage(viewport.width, viewport.height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for _ in paint_scene(painter, scene, viewport):
        pass
    painter.end()
    return colours(image)


def test_names_of_cells_give_way_to_what_is_proposed_and_come_back(window: Window) -> None:
    session = window.session
    assert session is not None
    panel = proposed(window)
    cells = {cell.id for cell in session.state.units.cells(largest(window))}
    assert session.scene.unnamed == cells
    view, scene = window.canvas.viewport, session.scene
    hidden = scene.with_layer(LayerKind.LABELS, visible=False)
    named = drawn(replace(scene, unnamed=frozenset()), view)
    without, none = drawn(scene, view), drawn(hidden, view)
    assert (named != without).any() and (without != none).any(), "names of cells are gone, that of the village is not"
    panel.close_panel()
    settle(window)
    assert session.scene.unnamed == frozenset()


def test_numbers_stand_beside_names_of_villages_and_not_on_each_other(window: Window, qtbot: QtBot) -> None:
    proposed(window)
    shown = overlay(window)
    names = shown.names()
    assert names, "the village has its name"
    boxes = [box for _, box in shown.placed_numbers(shown.loads, QFontMetricsF(font(12)))]
    assert len(boxes) > 3
    assert not any(box.intersects(name) for box in boxes for name in names)
    assert not any(one.intersects(other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])
    far = window.canvas.viewport
    window.canvas.set_viewport(Viewport(far.x, far.y, far.resolution * 30, far.width, far.height))
    window.canvas.wait_until_drawn()
    shown.grab()  # thin lines, no numbers


def test_what_is_too_few_is_written_first(window: Window) -> None:
    proposed(window)
    shown = overlay(window)
    few = [replace(one, few=at == 2) for at, one in enumerate(shown.loads)]
    first, _ = next(shown.placed_numbers(few, QFontMetricsF(font(12))))
    assert first.few
