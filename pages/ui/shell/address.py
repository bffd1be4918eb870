"""The address of a page as one typed value: what it says of runs, epoch, panels, set-up, lists.

``now`` reads it, ``write`` writes it, and nothing else touches ``st.query_params``. Widgets take
their values from it (``controls``), and callbacks write a new one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import streamlit as st
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from lnl.defaults import FIRST_METHODS

MOST_RUNS = 8  # shown together, each by itself
MOST_COMPARED = 24  # on Compare, where more than MOST_RUNS are shown in groups
MOST_SELECTED = 100  # on Runs, and named by an address at all
MOST_SMOOTHING = 0.95  # weight of the past
ECHO = 3.0  # seconds in which a request may still bring an address that was since written over


def _split(said: Any) -> Any:
    """``a,b`` as ("a", "b"); each once."""
    return tuple(dict.fromkeys(filter(None, said.split(",")))) if isinstance(said, str) else said


def _split_runs(said: Any) -> Any:
    return _split(said)[:MOST_SELECTED]


def _what_is_hidden(said: Any) -> Any:
    """Links of version 0.1 say ``hide=true``."""
    return {"true": "truth", "false": ""}.get(said, said) if isinstance(said, str) else said


Text = Annotated[str, StringConstraints(max_length=4000)]
Name = Annotated[str, StringConstraints(max_length=100)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_split), Field(max_length=100)]
RunIds = Annotated[tuple[Name, ...], BeforeValidator(_split_runs)]
Numbers = Annotated[tuple[Annotated[int, Field(ge=-1)], ...], BeforeValidator(_split)]
Whole = Annotated[int, Field(ge=0, lt=2**31)]  # seeds, samples
Counted = Annotated[int, Field(ge=1, le=1_000_000)]  # epochs, pages, steps
ClassNumber = Annotated[int, Field(ge=-1, lt=100_000)]  # -1: none of the classes
Hidden = Annotated[Literal["", "truth", "verdicts"], BeforeValidator(_what_is_hidden)]
Smoothing = Annotated[float, Field(ge=0, le=MOST_SMOOTHING, allow_inf_nan=False)]


class Address(BaseModel):
    """All that an address can say, each with what holds where it says nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # what is looked at
    runs: RunIds = ()
    epoch: Counted | None = None  # None: the newest
    sample: Whole | None = None
    hide: Hidden = ""  # the truth; the verdicts too, for guessing
    lecture: bool = False

    # the board
    panels: Names = ("Confidence", "Fitting")  # in the order in which they are shown
    wide: Names = ()  # those of them that take the width of the page
    of: Name = "confidence"
    network: Name = "mean"
    bars: Name = "share"
    log: bool = False
    fitting: Name = "all"
    detection: Name = "epochs"
    losses: Name = "terms"
    colour: Name = "mislabelled"
    coloured: Numbers = ()
    test_points: bool = False
    restored: Numbers = ()
    image: Whole | None = None

    # Compare
    metrics: Names = ("test accuracy", "memorised", "detection F1")
    group_by: Literal["", "run", "method", "noise", "data", "network", "setting"] = ""
    seeds: bool = False
    smoothing: Smoothing = 0.0
    sort: Name = ""  # a column of the results, "-best" from the highest down
    right: Name = ""
    wrong: Name = ""

    # Samples
    show: Name = ""
    given: ClassNumber | None = None
    predicted: ClassNumber | None = None
    inferred: ClassNumber | None = None
    true: ClassNumber | None = None
    only: Literal["clean", "mislabelled"] | None = None
    list_page: Counted | None = None

    # the set-up
    data: Name = "digits"
    file: Text = ""
    looking: bool = False  # at a file of arrays that is not taken yet
    noise: Name = ""  # "": what suits the data
    rate: Annotated[int, Field(ge=0, le=90)] = 40  # percent
    noise_seed: Whole = 0
    noise_options: Names = ()  # such as "sampling:iid"
    matrix: Text = ""
    methods: Names = FIRST_METHODS
    epochs: Annotated[int, Field(ge=1, le=5000)] | None = None
    seed: Whole = 0
    seed_count: Annotated[int, Field(ge=1, le=100)] = 1
    validation: Annotated[int, Field(ge=0, le=50)] = 0  # percent of the training images
    patience: Annotated[int, Field(ge=0, le=5000)] = 0  # epochs; 0: no early stop
    architecture: Name = ""  # this and the three below: "", None: what suits the data
    model: Name = ""  # of a family of networks
    batch_size: Annotated[int, Field(ge=1, le=65_536)] | None = None
    device: Name = ""

    # Methods
    method: Name = ""
    shelf: Literal["", "digits", "tables", "losses"] = ""  # what is shown in place of the list
    table: Name = ""  # such as "PMNAR, Table 1"
    pulls: Names = ()  # losses of the explorer; (): the method's own
    over: Literal["given", "complementary"] = "given"
    classes: Annotated[int, Field(ge=3, le=1000)] = 10
    numbers: Names = ()  # of the losses, such as "selpl.gamma:0.7"
    relative: bool = False

    # Lessons
    lesson: Counted | None = None
    step: Counted = 1
    change: Counted | None = None

    # Runs
    find: Text = ""
    status: Name = ""
    order: Name = "newest"
    columns: Names = ("progress", "last", "best", "duration", "size", "started")
    starred: bool = False
    page: Counted = 1
    selected: RunIds = ()

    def but(self, **changes: Any) -> Address:
        """The same with changes."""
        return self.model_copy(update=changes)

    def get(self, at: str) -> Any:
        """A field, or a part of one.

        ``runs.first``; one of the noise's options: ``noise_options.sampling``; one of
        a loss's numbers: ``numbers.selpl.gamma``; whether all of some
        runs are selected: ``selected.start.a,b``.
        """
        if at == "runs.first":
            return self.runs[0] if self.runs else ""
        field, _, option = at.partition(".")
        if field == "selected" and option:
            return set(_listed(option)) <= set(self.selected)
        value = getattr(self, field)
        return (
            dict(each.split(":", 1) for each in value if ":" in each).get(option)
            if option
            else value
        )

    def put(self, at: str, value: object) -> Address:
        """The same with another value there; None: nothing is said."""
        if at == "runs.first":
            first = () if value is None else (value,)
            return self.but(runs=(*first, *(run for run in self.runs[not first :] if run != value)))
        field, _, option = at.partition(".")
        if field == "selected" and option:
            return self._select(_listed(option), bool(value))
        if not option:
            return self.but(**{field: default(field) if value is None else value})
        others = tuple(each for each in getattr(self, field) if each.split(":", 1)[0] != option)
        return self.but(**{field: others if value is None else (*others, f"{option}:{value}")})

    def _select(self, run_ids: list[str], selected: bool) -> Address:
        others = tuple(run_id for run_id in self.selected if run_id not in run_ids)
        return self.but(selected=(*others, *(run_ids if selected else ()))[:MOST_SELECTED])

    def query(self) -> dict[str, str]:
        """What differs from the defaults, as words for a link."""
        return {name: _word(value) for name, value in self if value != default(name)}


def _listed(option: str) -> list[str]:
    return option.rpartition(".")[2].split(",")


def default(at: str) -> Any:
    """What holds where an address says nothing; None for a part of a field."""
    return Address.model_fields[at].default if at in Address.model_fields else None


SET_UP = (
    "data",
    "file",
    "noise",
    "rate",
    "noise_seed",
    "noise_options",
    "matrix",
    "methods",
    "epochs",
    "seed",
    "seed_count",
    "validation",
    "patience",
    "architecture",
    "model",
    "batch_size",
    "device",
)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def parsed(query: Mapping[str, str]) -> Address:
    """The address of a query; a word that cannot be understood counts as not said."""
    try:
        return Address.model_validate(query)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        return Address.model_validate({k: v for k, v in query.items() if k not in wrong})


def now() -> Address:
    """The address as it stands."""
    return parsed(_said())


def write(new: Address) -> None:
    """Put an address into the browser's bar: the one place that does."""
    _remember(new)
    said, words = _said(), new.query()
    if said == words:
        return
    overwritten = st.session_state.setdefault("_overwritten", [])
    overwritten.append((said, time.monotonic()))
    st.session_state["_written"] = words
    st.query_params.from_dict(words)


def change(**changes: Any) -> None:
    """Callback: the same address with changes."""
    write(now().but(**changes))


def _said() -> dict[str, str]:
    """The words of the browser's bar, but not those that were just written over.

    A request that was on its way meanwhile, such as a live part's, still brings the former ones.
    """
    told = {name: ",".join(st.query_params.get_all(name)) for name in st.query_params}
    written = st.session_state.get("_written", told)
    if told == written:
        return told
    recent = time.monotonic() - ECHO
    overwritten = [each for each in st.session_state.get("_overwritten", ()) if each[1] > recent]
    st.session_state["_overwritten"] = overwritten
    if any(told == before for before, _ in overwritten):
        return dict(written)
    return told


def turned_back() -> None:
    """Callback, when the browser's Back or Forward was pressed: now its address counts."""
    st.session_state["_overwritten"] = []
    st.session_state.pop("_written", None)


def entered(page: str, keeps: tuple[str, ...]) -> None:
    """First on each page: put the address right; what ``keeps`` names is as it was left."""
    entering, said = st.session_state.get("_page") != page, set(st.query_params)
    if entering:
        turned_back()
    address = now()
    if entering:
        kept = st.session_state.setdefault("_kept", {})
        address = address.but(**{n: kept[n] for n in keeps if n in kept and n not in said})
    st.session_state["_page"], st.session_state["_keeps"] = page, keeps
    write(address)


def _remember(address: Address) -> None:
    kept = {name: getattr(address, name) for name in st.session_state.get("_keeps", ())}
    st.session_state.setdefault("_kept", {}).update(kept)


Change = Callable[[Address], Address]
