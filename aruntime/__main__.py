"""The installed command, and ``python -m aruntime``: Ctrl-C ends it with 130, however early."""

try:
    import gc
    import signal
    import sys

    # A command is short-lived: looking for garbage while its modules load would only take time.
    gc.set_threshold(100_000)
    from aruntime import cli
except KeyboardInterrupt:
    raise SystemExit(130) from None


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = cli.run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the work is done, and its code is known
        gc.freeze()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
