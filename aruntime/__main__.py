"""The installed command, and ``python -m aruntime``: a short life, in which no time goes into looking for garbage."""

import gc
import sys
from importlib import import_module


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(100_000)  # before anything is loaded: what loading makes stays to the end
    code = import_module("aruntime.cli").main()
    gc.freeze()  # what goes as a whole needs no last search
    sys.exit(code)


if __name__ == "__main__":
    main()
