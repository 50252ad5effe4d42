"""``python -m aruntime``."""

from aruntime.cli import main

main()
