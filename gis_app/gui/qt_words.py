"""Qt's own words, in file dialogs and in the menus of text fields, in the language of the window."""

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication


def translate_qt(app: QApplication, language: str) -> None:
    """Let Qt speak `language` from now on: "zh_CN" from the catalogue that comes with Qt; English is what it speaks by itself."""
    spoken = app.findChild(QTranslator, "words")
    if spoken is None:
        spoken = QTranslator(app)
        spoken.setObjectName("words")
    app.removeTranslator(spoken)
    if language != "en" and spoken.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(spoken)
