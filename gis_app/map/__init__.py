"""The map view without Qt: viewport, scene, layers, style, labels, tools."""
