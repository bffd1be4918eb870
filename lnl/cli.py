"""The command line: arguments -> runs -> lines.

Exit codes: 0 done, 2 bad input, 1 a failed run, 141 output that nobody reads (as of SIGPIPE).
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from lnl.commands import exchange, lessons, lists, maps, measuring, own_images, train
from lnl.commands.arguments import parser
from lnl.commands.output import complain
from lnl.commands.streams import UNREAD, open_closed_streams, settle
from lnl.errors import BadInput, LnlError

COMMANDS = {
    "train": train.train,
    "resume": train.resume,
    "methods": lists.methods,
    "datasets": lists.datasets,
    "images": own_images.images,
    "runs": lists.runs,
    "export": exchange.export,
    "import": exchange.import_run,
    "report": exchange.report,
    "suspects": exchange.suspects,
    "map": maps.make_maps,
    "lessons": lessons.lessons,
    "bench": measuring.bench,
    "reproduce": measuring.reproduce,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    open_closed_streams()
    try:
        try:
            chosen = parser(COMMANDS).parse_args(arguments)
            code: int = chosen.command(chosen)
            return code
        finally:
            sys.stdout.flush()  # here, where it may fail
    except BadInput as error:
        return complain(error, 2)
    except LnlError as error:
        return complain(error, 1)
    except KeyboardInterrupt:
        return complain("interrupted; `python -m lnl runs` lists what is kept", 128 + signal.SIGINT)
    except BrokenPipeError:  # `... | head`: nobody reads any more
        settle(sys.stdout)
        return UNREAD
    except OSError as error:  # a full disk, a file that may not be written
        settle(sys.stdout)
        return complain(error, 1)
