"""``map``: the maps of a run's features, made now instead of when the app asks for them."""

from __future__ import annotations

from argparse import Namespace

from lnl.commands.output import print_json
from lnl.commands.streams import nobody_need_listen
from lnl.runs.store import RunStore


@nobody_need_listen()
def make_maps(arguments: Namespace) -> int:
    """One line a map; those that are there already are left alone."""
    from lnl.maps.layouts import warm_up
    from lnl.maps.making import make_all, missing

    store = RunStore()
    run = store.run(arguments.run)
    there = store.mapped(run.id)
    if missing(store, run.id):
        warm_up(store.folder)
    for found in make_all(store, run.id):
        kept = "" if found.kept is None else f", {100 * found.kept:.0f} % of neighbours kept"
        if arguments.json:
            told = {"run": run.id, "epoch": found.epoch, "kind": found.kind, "kept": found.kept}
            print_json({"event": "map", **told})
        else:
            print(f"epoch {found.epoch}: {found.kind}{kept}", flush=True)
    made = len(store.mapped(run.id)) - len(there)
    if arguments.json:
        print_json({"event": "mapped", "run": run.id, "made": made, "there": len(there)})
    else:
        print(f"{run.id}: {made} maps made, {len(there)} were there already")
    return 0
