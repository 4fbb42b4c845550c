"""The command `euthymia`, also as `python -m euthymia`."""

import sys


def main() -> None:
    """Run the command; an interruption is quiet from the very start."""
    try:
        from euthymia.cli import main as run  # noqa: PLC0415  loading the libraries can be interrupted too

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
