"""Pages drawn with Qt: PDF, PNG and SVG."""
