"""`python -m app` is the `tributary` command."""

import sys

try:
    from app.cli import main
except KeyboardInterrupt:  # interrupted while the command's modules were still being loaded
    sys.exit(130)

if __name__ == "__main__":
    main()
