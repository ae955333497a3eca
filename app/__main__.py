"""The `tributary` command, and `python -m app`."""

import os
import signal


def main() -> None:
    """Loads the command and runs it."""
    # Raised in the middle of an import, an interrupt can get lost or end in a traceback.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from app.cli import main as run  # noqa: PLC0415 - not before interrupts are looked after

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
