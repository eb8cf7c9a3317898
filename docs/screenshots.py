"""Make the pictures of the guide: the real window on the demo county, both languages, both themes (`make screenshots`)."""

import os
import sys
import tempfile
from pathlib import Path

from gis_app import bootstrap, language
from gis_app.progress import finish

PICTURES = Path(__file__).parent / "pictures"


def main() -> None:
    """Build the demo county once and write a picture of each workspace in each language and theme."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gis_app.gui.start import screenshot

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        county = Path(folder) / "county.gpkg"
        finish(bootstrap.building_demo(county))
        for lang in language.LANGUAGES:
            for theme in ("light", "dark"):
                for workspace in ("plan", "cases"):
                    target = PICTURES / f"{workspace}-{lang}-{theme}.png"
                    screenshot(county, target, workspace=workspace, size=(1600, 900), lang=lang, theme=theme)
                    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
