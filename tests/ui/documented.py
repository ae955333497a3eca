"""The chat over documents alone needs no Flink: `python -m tests.ui.documented HOME PORT`."""

from __future__ import annotations

import sys
from pathlib import Path

from app import settings, wiring
from app.ui.server import serve


def main() -> None:
    home, port = Path(sys.argv[1]), int(sys.argv[2])
    documents = home / "handbook"
    documents.mkdir(parents=True, exist_ok=True)
    with wiring.connect(settings.load(home=home, documents=(documents,))) as assistant:
        serve(assistant, port=port, on_ready=lambda url: print(url, flush=True))


if __name__ == "__main__":
    main()
