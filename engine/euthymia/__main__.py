"""`python -m euthymia` is the command `euthymia`."""

from euthymia.cli import main

if __name__ == "__main__":
    main()
