"""What the program remembers of its user: language, theme, sizes of panels, recent counties."""

from pathlib import Path

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from gis_app.language import LANGUAGES, current
from gis_app.map.palette import PALETTES, Palette

APP = "gis-app"


class Preferences:
    """The remembered choices, kept in one small file in the user's configuration folder (or in `path`).

    `asked` is the language asked for on the command line: it holds until another one is chosen in the window, and is not remembered.
    """

    def __init__(self, path: Path | None = None, asked: str | None = None) -> None:
        file = path or Path(platformdirs.user_config_dir(APP)) / "window.ini"
        file.parent.mkdir(parents=True, exist_ok=True)
        self._asked = asked if asked in LANGUAGES else None
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def language(self) -> str:
        """The language of the window: what was asked for this time, else chosen last, else that of the process."""
        if self._asked is not None:
            return self._asked
        language = str(self._settings.value("language", current()))
        return language if language in LANGUAGES else current()

    @language.setter
    def language(self, language: str) -> None:
        self._asked = None
        self._settings.setValue("language", language)

    @property
    def theme(self) -> str:
        """The theme of the window, "light" or "dark"."""
        theme = str(self._settings.value("theme", "light"))
        return theme if theme in PALETTES else "light"

    @theme.setter
    def theme(self, theme: str) -> None:
        self._settings.setValue("theme", theme)

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        return PALETTES[self.theme]

    @property
    def recent(self) -> list[str]:
        """Paths of the counties that were opened last and still exist, newest first."""
        found = self._settings.value("recent", [])
        paths = [found] if isinstance(found, str) else list(found or [])  # type: ignore[call-overload]
        return [path for path in paths if Path(path).is_file()]

    def remember_county(self, path: str) -> None:
        """Put a county at the head of the recent ones."""
        self._settings.setValue("recent", [path, *(p for p in self.recent if p != path)][:8])

    def sizes(self, name: str) -> QByteArray | None:
        """Return the remembered state of a splitter, or None."""
        value = self._settings.value(f"sizes/{name}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def remember_sizes(self, name: str, state: QByteArray) -> None:
        """Remember the state of a splitter or the geometry of the window."""
        self._settings.setValue(f"sizes/{name}", state)

    def is_folded(self, panel: str) -> bool:
        """Tell whether a panel was folded away."""
        return str(self._settings.value(f"folded/{panel}", "false")).lower() == "true"

    def remember_folded(self, panel: str, folded: bool) -> None:
        """Remember whether a panel is folded away."""
        self._settings.setValue(f"folded/{panel}", folded)

    def save(self) -> None:
        """Write everything to the file now."""
        self._settings.sync()
