"""What the program remembers of its user: language, theme, sizes of panels, recent counties."""

import json
from pathlib import Path

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from gis_app.language import LANGUAGES, current
from gis_app.map.palette import PALETTES, Palette

APP = "gis-app"

FOLLOWING = ("location", "keeper", "ask")
"""Where pinned households, workers and open whistles go after a split or merge: by location, to the cell that keeps its number, ask."""


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

    @property
    def following(self) -> str:
        """The rule for what a split or merge leaves open, one of `FOLLOWING`."""
        rule = str(self._settings.value("following", FOLLOWING[0]))
        return rule if rule in FOLLOWING else FOLLOWING[0]

    @following.setter
    def following(self, rule: str) -> None:
        self._settings.setValue("following", rule)

    def body_of(self, county: str) -> int:
        """Return the body that this computer works for in a county, 0 for none."""
        return int(self._numbers("bodies").get(county, 0))

    def remember_body(self, county: str, body: int) -> None:
        """Remember which body this computer works for in a county (0: none)."""
        self._remember_number("bodies", county, body)

    def line_of(self, county: str) -> dict[str, object]:
        """Return what was kept of the line that a leader watches in a county, as plain values; empty for none."""
        found = self._kept("lines").get(county, {})
        return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}

    def remember_line(self, county: str, content: dict[str, object]) -> None:
        """Keep the line that a leader watches in a county, in plain values."""
        known = {path: kept for path, kept in self._kept("lines").items() if path != county and Path(path).is_file()}
        self._settings.setValue("lines", json.dumps({**known, county: content}, ensure_ascii=False))

    def guides_of(self, county: str) -> dict[str, bool]:
        """Return which layers somebody wanted the borders of proposed grids to follow in a county, and which not, by their keys."""
        found = self._kept("guides").get(county, {})
        return {str(key): value is True for key, value in found.items()} if isinstance(found, dict) else {}

    def remember_guides(self, county: str, chosen: dict[str, bool]) -> None:
        """Remember which layers the borders of proposed grids are to follow in a county."""
        known = {path: kept for path, kept in self._kept("guides").items() if path != county and Path(path).is_file()}
        self._settings.setValue("guides", json.dumps({**known, county: chosen}, ensure_ascii=False))

    def _kept(self, name: str) -> dict[str, object]:
        """Return the plain values that are kept of counties by their paths."""
        try:
            found = json.loads(str(self._settings.value(name, "{}")))
        except ValueError:  # somebody wrote into the file
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def alarm(self) -> bool:
        """Whether the window says so when something falls due."""
        return str(self._settings.value("alarm", "true")).lower() == "true"

    @alarm.setter
    def alarm(self, alarm: bool) -> None:
        self._settings.setValue("alarm", alarm)

    @property
    def actor(self) -> str:
        """Who records steps of whistles at this computer."""
        return str(self._settings.value("actor", ""))

    @actor.setter
    def actor(self, actor: str) -> None:
        self._settings.setValue("actor", actor)

    def draft_of(self, county: str) -> int:
        """Return the draft that was open when a county was closed, 0 for none."""
        return int(self._numbers("drafts").get(county, 0))

    def remember_draft(self, county: str, plan: int) -> None:
        """Remember which draft of a county is open (0: none)."""
        self._remember_number("drafts", county, plan)

    def _remember_number(self, name: str, county: str, number: int) -> None:
        known = {path: kept for path, kept in self._numbers(name).items() if path != county and Path(path).is_file()}
        if number:
            known[county] = number
        self._settings.setValue(name, json.dumps(known, ensure_ascii=False))

    def _numbers(self, name: str) -> dict[str, int]:
        """Return what is remembered of counties by their paths."""
        try:
            found = json.loads(str(self._settings.value(name, "{}")))
            return {str(path): int(number) for path, number in found.items()}
        except (ValueError, AttributeError, TypeError):  # somebody wrote into the file
            return {}

    def save(self) -> None:
        """Write everything to the file now."""
        self._settings.sync()
