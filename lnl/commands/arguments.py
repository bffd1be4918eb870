"""The command line's arguments, and the way from them to a ``RunSpec``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from lnl.errors import BadInput
from lnl.records import RunSpec

Command = Callable[[argparse.Namespace], int]
_DEFAULT = RunSpec()
_FROM_FILE = "file"  # the noise model of --labels
_TABLE = "the table that keeps the results (default, in a checkout: the one that lnl ships)"


class Parser(argparse.ArgumentParser):
    """One line on stderr for bad input, not argparse's usage text."""

    def error(self, message: str) -> NoReturn:
        """Raises BadInput."""
        raise BadInput(f"{message} ({self.prog} --help lists what there is)")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """The words of a list may stand anywhere: argparse takes those before an option alone."""
        found, rest = super().parse_known_args(args, namespace)
        if "words" in found:
            found.words += [word for word in rest if not word.startswith("-")]
            rest = [word for word in rest if word.startswith("-")]
        return found, rest


def parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Arguments of all commands; ``commands`` says what each name does."""
    top = Parser(
        prog="python -m lnl", description="Learning with noisy labels: train, look, compare."
    )
    subs = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)

    def add(name: str, help: str, **more: Any) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, help=help, description=help, **more)
        sub.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
        sub.set_defaults(command=commands[name])
        return sub

    about = "train a method on a data set with noise on its labels"
    _train_arguments(add("train", about, add_help=False))
    add("methods", "list the methods and their settings")
    data = add("datasets", "list the data sets, or download one")
    data.add_argument("--download", metavar="NAME", help="fetch this data set now")
    _data_dir(data)
    _images_arguments(add("images", "look at own images before they are used, or import them"))
    add("runs", "list all runs")
    again = _run(add("resume", "go on with a run that was stopped, interrupted or failed"))
    again.add_argument(
        "--dataset", metavar="PATH", help="where its own data lie now, if they have moved"
    )
    export = _run(add("export", "write a run to one file"))
    export.add_argument("file", type=Path, help="a new .zip file")
    export.add_argument(
        "--without-checkpoints", action="store_true", help="smaller; can be shown, not resumed"
    )
    export.add_argument(
        "--slim", action="store_true", help="smallest: to be shown only, samples of 20 epochs"
    )
    _force(export)
    add("import", "add an exported run; nothing in it is executed").add_argument("file", type=Path)
    _run(add("map", "make the maps of a run's features, one an epoch"))
    _report_arguments(add("report", "write a comparison of runs to one HTML page"))
    suspects = _run(add("suspects", "samples ranked by how likely their label is wrong"))
    suspects.add_argument("--csv", type=Path, metavar="FILE", help="write all of them to this file")
    suspects.add_argument("--epoch", type=int, help="as of this epoch (default: the newest)")
    _force(suspects)
    _lessons_arguments(add("lessons", "list the guided experiments, or check their claims"))
    _bench_arguments(
        add("bench", "speed of the engine beside a bare loop, or of methods beside CE")
    )
    _reproduce_arguments(add("reproduce", "published table cells, ours beside theirs"))
    return top


def _images_arguments(sub: argparse.ArgumentParser) -> None:
    add = sub.add_argument
    add(
        "path", help="a folder, a zip of one, a CSV file beside its images, a parquet file, an .npz"
    )
    add("--import", action="store_true", dest="take", help="import them now, under a name")
    add("--table", default="", metavar="FILE", help="the CSV file of labels, if there are several")
    add("--columns", nargs="+", action="extend", default=[], metavar="USE=NAME")
    add("--side", type=int, metavar="PIXELS", help="of the stored squares (default: what suits)")
    add("--hold-out", type=float, default=0.2, help="share to test on without a test set (0.2)")
    add("--seed", type=int, default=0, help="draws the images held out (default: 0)")


def _run(sub: argparse.ArgumentParser) -> argparse.ArgumentParser:
    sub.add_argument("run", help="the run's id, as `python -m lnl runs` lists it")
    return sub


def _force(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--force", action="store_true", help="overwrite the file if it exists")


def _report_arguments(sub: argparse.ArgumentParser) -> None:
    sub.usage = "%(prog)s [options] RUN [RUN ...] FILE"
    sub.add_argument(
        "words",
        nargs="+",
        metavar="RUN ... FILE",
        help="ids, as `python -m lnl runs` lists them, and an .html file; it opens without a "
        "network",
    )
    _force(sub)
    sub.add_argument("--epoch", type=int, help="look at this epoch (default: the newest)")
    sub.add_argument("--seeds", action="store_true", help="mean and spread over all stored seeds")


def _data_dir(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--data-dir", metavar="D", help="where data sets lie ($LNL_DATA, else ./data)")


def _train_arguments(sub: argparse.ArgumentParser) -> None:
    add = sub.add_argument
    add("--dataset", default=_DEFAULT.dataset, help="a name, or the path of own data (digits)")
    add("--noise", help="noise model (default: symmetric; none for your own data)")
    add("--rate", type=float, help="noise rate in [0, 1] (default: 0.4)")
    add("--noise-seed", type=int, default=0, help="draws the noise (default: 0)")
    add("--noise-set", nargs="+", action="extend", default=[], metavar="NAME=VALUE")
    add(
        "--labels",
        metavar="FILE",
        help="given labels of your own; the data set's are the true ones",
    )
    add("--method", default=_DEFAULT.method, help="see `python -m lnl methods` (default: ce)")
    add("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", dest="settings")
    add("--preset", help="the method's named values")
    add("--network", help="network (default: the data set's); or timm:, pretrained: or frozen:NAME")
    add("--batch-size", type=int, metavar="B")
    add("--epochs", type=int, help="scales the whole schedule to so many epochs")
    add("--seed", type=int, default=0, help="weights, order, augmentation (default: 0)")
    add("--limit", type=int, help="train on so many samples, of each class its share")
    add(
        "--validation",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="validate on this share of the training samples, under their given labels",
    )
    add(
        "--patience",
        type=int,
        default=0,
        metavar="N",
        help="end the last stage after N epochs without a better validation accuracy",
    )
    add("--device", default="auto", help="auto, cpu or cuda:N")
    add("--precision", default="auto", help="auto, float32 or bfloat16")
    add("--threads", type=int, help="CPU threads (default: one for small networks, else all cores)")
    add("--evaluate-every", type=int, default=1, metavar="K", help="epochs (default: 1)")
    _data_dir(sub)
    add("-h", "--help", action="store_true", help="this, and what these words come to")
    sub.set_defaults(usage=sub.format_help)


def _lessons_arguments(sub: argparse.ArgumentParser) -> None:
    add = sub.add_argument
    add("--check", action="store_true", help="train them; runs are kept and not trained twice")
    add("--only", nargs="+", type=int, default=[], metavar="N", help="these lessons (default: all)")
    add("--seeds", nargs="+", type=int, default=[0, 1, 2], help="(default: 0 1 2)")
    add("--table", type=Path, metavar="FILE", help="also write the results to this .csv file")


def _bench_arguments(sub: argparse.ArgumentParser) -> None:
    add = sub.add_argument
    add("--rounds", type=int, default=3, help="counted rounds a case (default: 3)")
    add("--methods", nargs="*", help="instead: each of these (none named: all) beside CE")
    add("--dataset", default=_DEFAULT.dataset, help="for --methods (default: digits)")
    add("--network", help="for --methods (default: the data set's)")
    add("--limit", type=int, help="for --methods: train on so many samples")
    add("--csv", type=Path, metavar="FILE", help=_TABLE)
    _machine(sub)


def _reproduce_arguments(sub: argparse.ArgumentParser) -> None:
    for name in ("papers", "tables", "datasets", "methods"):
        sub.add_argument(f"--{name}", nargs="+", default=[], help="only these")
    sub.add_argument("--rates", nargs="+", type=float, default=[], help="only these noise rates")
    sub.add_argument("--seeds", nargs="+", type=int, default=[0], help="(default: 0)")
    sub.add_argument("--epochs", type=int, help="of each run (default: the data set's recipe)")
    sub.add_argument("--preset", help="named values; paper: the paper's own schedule")
    sub.add_argument("--limit", type=int, help="train on so many samples, of each class its share")
    sub.add_argument("--csv", type=Path, metavar="FILE", help=_TABLE)
    _machine(sub)


def _machine(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--device", default="auto", help="auto, cpu or cuda:N")
    sub.add_argument("--threads", type=int, help="CPU threads (default: all cores)")
    _data_dir(sub)


def spec_of(arguments: argparse.Namespace) -> RunSpec:
    """The run that was asked for.

    Raises BadInput for a setting that is no NAME=VALUE, and where the noise has to be named.
    """
    options = nested("--noise-set", arguments.noise_set)
    if arguments.labels is not None:
        options = {**options, "labels": arguments.labels}
    return RunSpec(
        dataset=arguments.dataset,
        noise=_noise(arguments),
        rate=_DEFAULT.rate if arguments.rate is None else arguments.rate,
        noise_seed=arguments.noise_seed,
        noise_options=options,
        method=arguments.method,
        settings=nested("--set", arguments.settings),
        preset=arguments.preset,
        network=arguments.network,
        batch_size=arguments.batch_size,
        epochs=arguments.epochs,
        seed=arguments.seed,
        limit=arguments.limit,
        device=arguments.device,
        precision=arguments.precision,
        threads=arguments.threads,
        evaluate_every=arguments.evaluate_every,
        data_dir=arguments.data_dir,
        validation=arguments.validation,
        patience=arguments.patience,
    )


def _noise(arguments: argparse.Namespace) -> str:
    """The noise model; unasked, none is added to labels that may be wrong themselves."""
    if arguments.labels is not None:
        if arguments.noise not in (None, _FROM_FILE) or arguments.rate is not None:
            raise BadInput("--labels says all about the noise: leave out --noise and --rate")
        return _FROM_FILE
    if arguments.noise is not None:
        return str(arguments.noise)
    if arguments.dataset == _DEFAULT.dataset:
        return _DEFAULT.noise
    from lnl.data.sources import source_of  # loads torch

    if source_of(arguments.dataset).labels_are_true:
        return _DEFAULT.noise
    if arguments.rate is not None or arguments.noise_set:
        raise BadInput(
            "no noise is added to your own labels unasked: name its model beside its rate and "
            "options, as in --noise symmetric --rate 0.2"
        )
    return "none"


def nested(option: str, pairs: Sequence[str]) -> dict[str, Any]:
    """``a=1 base.b=2`` as ``{"a": 1, "base_settings": {"b": 2}}``; values are JSON, else text.

    Raises BadInput.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        path, equals, text = pair.partition("=")
        *parents, name = path.split(".")
        if not equals or not all([*parents, name]):
            raise BadInput(f"{option} takes NAME=VALUE, got {pair!r}")
        place = found
        for parent in parents:
            place = place.setdefault(f"{parent}_settings", {})
        if name in place:
            raise BadInput(f"{option} names {path!r} twice")
        place[name] = _value(text)
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
