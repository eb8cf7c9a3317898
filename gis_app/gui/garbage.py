"""When Python looks for garbage: not among what lives as long as the county that is open.

Python's collector now and then walks through every object there is. With a county open that takes 100 to 130 ms, during which the
window does not answer, and it finds nothing: what a county is made of stays until it is closed. So these objects are spared.
"""

import gc


def spare() -> None:
    """Spare everything there is now from collections to come; takes no time."""
    gc.freeze()


def settle() -> None:
    """Collect what is garbage now (what the county before has left, above all), and spare the rest. May run in any thread."""
    gc.collect()
    gc.freeze()


def unspare() -> None:
    """Let everything be collected again, because a county was closed."""
    gc.unfreeze()
