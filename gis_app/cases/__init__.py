"""Whistles: cases, their events, routing to the responsible, figures and hotspots (no Qt, no storage)."""
