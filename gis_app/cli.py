"""The command line: the same work as in the window."""


def main() -> None:
    """Run the command line."""
    raise SystemExit(0)
