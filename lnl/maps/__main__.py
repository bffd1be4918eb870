"""``python -m lnl.maps STORE``: see ``lnl.maps.process``; apps start it through ``MapMaker``."""

import sys

from lnl.maps.process import main

if __name__ == "__main__":
    main(sys.argv[1])
