"""The map on a Qt surface: painter and canvas."""
