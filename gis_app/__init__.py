"""The county grid map: boundaries, households, grid workers and whistles of one county."""

__version__ = "0.1.0"
