"""The panel that takes a map to a meeting."""
