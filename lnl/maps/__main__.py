"""``python -m lnl.maps STORE``: see ``lnl.maps.worker``; apps start it through ``MapMaker``."""

import sys

from lnl.maps.worker import main

if __name__ == "__main__":
    main(sys.argv[1])
