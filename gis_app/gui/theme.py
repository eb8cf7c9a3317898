"""The look of the window: one style sheet and one Qt palette, both made from the roles of `gis_app.map.palette`."""

from dataclasses import asdict
from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from gis_app.language import RESOURCES
from gis_app.map.palette import Palette

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei")
BASE, SMALL, TITLE, BIG = 13, 12, 16, 18
STYLES = RESOURCES / "styles"


def font(size: int = BASE, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the interface font at a size in pixels, with figures of one width."""
    made = QFont()
    made.setFamilies(list(FONTS))
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def style_sheet(palette: Palette) -> str:
    """Return the style sheet in the colours of a theme."""
    template = Template((STYLES / "window.qss").read_text(encoding="utf-8"))
    return template.substitute(asdict(palette), styles=STYLES.as_posix(), hover=_mix(palette.panel, palette.text, 0.05))


def _mix(first: str, second: str, share: float) -> str:
    """Return the colour at `share` of the way from the first to the second."""
    a, b = QColor(first), QColor(second)
    return QColor(*(round(x + (y - x) * share) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True))).name()  # type: ignore[index]


def qt_palette(palette: Palette) -> QPalette:
    """Return Qt's own palette in the colours of a theme, for what the style sheet does not reach."""
    roles = {
        QPalette.ColorRole.Window: palette.window,
        QPalette.ColorRole.Base: palette.panel,
        QPalette.ColorRole.AlternateBase: palette.window,
        QPalette.ColorRole.Text: palette.text,
        QPalette.ColorRole.WindowText: palette.text,
        QPalette.ColorRole.ButtonText: palette.text,
        QPalette.ColorRole.Button: palette.panel,
        QPalette.ColorRole.Highlight: palette.accent_tint,
        QPalette.ColorRole.HighlightedText: palette.text,
        QPalette.ColorRole.ToolTipBase: palette.panel,
        QPalette.ColorRole.ToolTipText: palette.text,
        QPalette.ColorRole.PlaceholderText: palette.secondary,
        QPalette.ColorRole.Link: palette.accent,
        QPalette.ColorRole.Mid: palette.hairline,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
        if role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.disabled))
    return result


def apply(app: QApplication, palette: Palette) -> None:
    """Give the whole application the fonts and colours of a theme. Windows set the style sheet themselves: only on what they still show."""
    if app.property("theme") is None:
        app.setStyle("Fusion")
        app.setFont(font())
    if app.property("theme") != palette.name:
        app.setProperty("theme", palette.name)
        app.setPalette(qt_palette(palette))
