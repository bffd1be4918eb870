"""A process that has done the app's slow imports, to be copied: a server is there at once.

``python -m tests.support.forking`` reads wishes and answers them, each a line of JSON: an ``argv``
becomes a server, answered by its process id; a ``pid`` is answered by the exit status, null while
that one runs.
"""

import atexit
import gc
import json
import os
import sys
from importlib import import_module
from pkgutil import walk_packages

import lnl

SLOW = ("pandas", "plotly.graph_objects", "streamlit.web.cli", "lnl.catalogue")
SCANNER = "streamlit.components.v2.manifest_scanner"  # goes through all that is installed


def main():
    atexit.register(_end)  # the first to be registered is the last to be called
    ours = [module.name for module in walk_packages(lnl.__path__, "lnl.")]
    for name in (*SLOW, *ours):
        if not name.endswith("__main__"):
            import_module(name)
    catalogue = sys.modules["lnl.catalogue"]
    catalogue.methods()
    catalogue.warm_up()
    scanner = import_module(SCANNER)
    scanner.scan_component_manifests = lambda found=scanner.scan_component_manifests(): found
    gc.collect()
    gc.freeze()  # a copy shares what nobody touches
    for line in sys.stdin:
        wish = json.loads(line)
        if "pid" in wish:
            ended, status = os.waitpid(wish["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
        elif not (answer := os.fork()):
            _serve(**wish)
            return
        print(json.dumps(answer), flush=True)  # noqa: T201


def _serve(argv, environment, log):
    sys.argv = argv
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    sys.modules["streamlit.web.cli"].main(prog_name="streamlit", standalone_mode=False)


def _end():
    """All that was registered is done: thousands of modules need not be taken apart."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
