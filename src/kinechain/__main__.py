"""`python -m kinechain` is the command `kinechain`."""

from kinechain.cli import main

main()
