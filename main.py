"""Start the program: `python main.py` is the `gis-app` command."""

from gis_app.cli import main

if __name__ == "__main__":
    main()
