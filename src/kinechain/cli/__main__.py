"""Makes ``python -m kinechain.cli`` the same as ``kinechain``."""

from kinechain.cli import main

if __name__ == "__main__":
    main(prog_name="kinechain")
