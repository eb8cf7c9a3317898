"""The county file: a GeoPackage written and read through SQLAlchemy."""
