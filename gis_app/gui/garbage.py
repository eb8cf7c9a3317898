"""When Python looks for garbage: not among what lives as long as the county that is open.

Python's collector now and then walks through every object there is. With a county open that takes 100 to 130 ms, during which the
window does not answer, and it finds nothing: what a county is made of stays until it is closed. So these objects are spared.
"""

import ctypes
import gc
import sys
from contextlib import suppress


def spare() -> None:
    """Spare everything there is now from collections to come; takes no time."""
    gc.freeze()


def settle() -> None:
    """Collect what is garbage now (what the county before has left, above all), and spare the rest. May run in any thread."""
    gc.collect()
    gc.freeze()
    give_back()


def give_back() -> None:
    """Give memory that long work has left free back to the system: the C library of Linux keeps it, 50 to 130 MB after a large edit.

    Takes some ten milliseconds; other systems do it by themselves.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def unspare() -> None:
    """Let everything be collected again, because a county was closed."""
    gc.unfreeze()
