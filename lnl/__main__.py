"""``python -m lnl``."""

import sys

from lnl.cli import main

if __name__ == "__main__":
    sys.exit(main())
