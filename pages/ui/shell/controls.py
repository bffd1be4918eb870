"""Widgets whose values are fields of the address: ``at`` names the field.

A widget shows what the address says; what the hand chooses goes into the address by a callback. A
value that was changed by anything else (Back, a link, a button) is that of a new widget, so that a
request which still brings the former one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import streamlit as st

from pages.ui.shell import address
from pages.ui.shell.address import Address, Change

T = TypeVar("T", bound="str | int")
S = TypeVar("S", bound=str)


def _draw(
    widget: Callable[..., Any],
    label: object,
    at: str,
    shown: Any,
    then: Change | None = None,
    set_again: bool = False,
    **parts: Any,
) -> Any:
    """``parts`` name what is ``shown`` as the widget's own default.

    A value that is set in the session is told to the browser once, and lost with a run that another
    one has interrupted. Where a default would keep a field from being emptied it is ``set_again``.
    """
    versions = st.session_state.setdefault("_versions", {})
    drawn = st.session_state.setdefault("_drawn", {})
    key = _key(at, versions.get(at, 0))
    # one that was not on the page meanwhile: the browser may still have its former value
    if st.session_state.get(key, drawn.get(at, shown)) != shown:
        versions[at] = versions.get(at, 0) + 1
        key = _key(at, versions[at])
    drawn[at] = shown
    if set_again:
        st.session_state[key] = shown
    options = parts.get("options")
    known = None if options is None else tuple(options)
    return widget(label, key=key, on_change=_changed, args=(at, key, then, known), **parts)


def style() -> str:
    """By which a new widget takes the former one's place at once, first on each page.

    Streamlit 1.67 shows both until the script has ended, and the row jumps. A style that came only
    when it is needed would for a moment be in the place of another one.
    """
    versions = st.session_state.get("_versions", {})
    former = [(at, versions.get(at, 0)) for at in st.session_state.get("_drawn", ())]
    rules = (
        f".st-key-{_key(at, version + 1)}[data-stale=false] + .st-key-{_key(at, version)}"
        "[data-stale=true] { display: none; }"
        for at, version in former
    )
    return f"<style>{' '.join(rules)}</style>"


def _key(at: str, version: int) -> str:
    return f"{at}_{version}" if version else at


def _changed(at: str, key: str, then: Change | None, known: Sequence[Any] | None) -> None:
    if key != _key(at, st.session_state["_versions"].get(at, 0)):
        return  # a former widget, whose value a late request has brought along
    value, drawn = st.session_state[key], st.session_state["_drawn"]
    if value == drawn.get(at):
        return  # what it showed when it left the page: a late request has brought that along
    drawn[at] = value
    several = isinstance(value, list)
    if several:
        value = tuple(value)
    chosen = value if several else () if value is None else (value,)
    if known is not None and any(option not in known for option in chosen):
        return  # what was written on an option has changed since: Streamlit takes it for a value
    new = address.now().put(at, value)
    address.write(then(new) if then else new)


def _right(at: str, said: object, meant: object) -> None:
    """Put the address right where it asked for what there is not."""
    if said != meant:
        address.write(address.now().put(at, meant))


def _meant(said: object, titles: Mapping[T, str]) -> T | None:
    """The option that is meant: by its name, or by its title, in any case."""
    if said in titles:
        return cast(T, said)
    names = {str(name).casefold(): name for name in titles}
    by_title = {title.casefold(): name for name, title in titles.items()}
    return (by_title | names).get(str(said).casefold())


def distinct(titles: Mapping[T, str]) -> dict[T, str]:
    """Titles that differ: Streamlit tells the chosen option by what is written on it."""
    all_titles = list(titles.values())
    return {
        name: title if all_titles.count(title) == 1 else f"{title} · {name}"
        for name, title in titles.items()
    }


def _options(titles: Mapping[T, str]) -> dict[str, Any]:
    written = distinct(titles)
    return {"options": list(written), "format_func": lambda name: written.get(name, str(name))}


def select(
    label: str,
    titles: Mapping[T, str],
    at: str,
    default: T | None = None,
    then: Change | None = None,
    **more: Any,
) -> T:
    """A selectbox; ``default`` is shown, and not said, where the address says nothing."""
    nothing = address.default(at)
    first = default or (nothing if nothing in titles else next(iter(titles)))
    said = address.now().get(at)
    found = None if said == nothing and nothing not in titles else _meant(said, titles)
    _right(at, said, nothing if found is None else found)

    def chosen(new: Address) -> Address:
        new = new.put(at, nothing) if new.get(at) == first else new
        return then(new) if then else new

    shown = first if found is None else found
    parts = {**_options(titles), "index": list(titles).index(shown), **more}
    return cast(T, _draw(st.selectbox, label, at, shown, chosen, **parts))


def select_or_none(label: str, titles: Mapping[T, str], at: str, **more: Any) -> T | None:
    """A selectbox that may be left empty."""
    said = address.now().get(at)
    shown = None if said is None else _meant(said, titles)
    _right(at, said, shown)
    parts = {**_options(titles), "index": None, "set_again": True, **more}
    return cast("T | None", _draw(st.selectbox, label, at, shown, **parts))


def several(
    label: str,
    titles: Mapping[T, str],
    at: str,
    most: int | None = None,
    then: Change | None = None,
    **more: Any,
) -> tuple[T, ...]:
    """A multiselect."""
    shown = list(_known(at, titles)[:most])
    parts = {**_options(titles), "default": shown, "max_selections": most, **more}
    return tuple(_draw(st.multiselect, label, at, shown, then, **parts))


def pills(
    label: str,
    titles: Mapping[T, str],
    at: str,
    default: Sequence[T] = (),
    as_chosen: bool = False,
    **more: Any,
) -> tuple[T, ...]:
    """Switches side by side, any number of them on.

    Those on are returned in the order of ``titles``, or in that in which they were chosen.
    ``default`` are on where the address says nothing.
    """
    shown = list(_known(at, titles) or default)
    parts = {**_options(titles), "default": shown, "selection_mode": "multi", **more}
    chosen = _draw(st.pills, label, at, shown, **parts)
    return tuple(chosen if as_chosen else (name for name in titles if name in chosen))


def _known(at: str, titles: Mapping[T, str]) -> tuple[T, ...]:
    """Those of the field's names that there are; the default's if it asked for none of them."""
    said, nothing = address.now().get(at), address.default(at)
    found = _found(said, titles)
    if said and not found:
        _right(at, said, nothing)
        return _found(nothing, titles)
    _right(at, said, found)
    return found


def _found(names: Sequence[object], titles: Mapping[T, str]) -> tuple[T, ...]:
    known = dict.fromkeys(_meant(name, titles) for name in names)
    return tuple(name for name in known if name is not None)


def one_of(label: str, titles: Mapping[S, str], at: str, **more: Any) -> S:
    """One of a few, side by side."""
    said = address.now().get(at)
    shown = _meant(said, titles) or next(iter(titles))
    if said not in titles:
        _right(at, said, shown)
    parts = {**_options(titles), "default": shown, "required": True, **more}
    return cast(S, _draw(st.segmented_control, label, at, shown, **parts))


def toggle(label: str, at: str, **more: Any) -> bool:
    """A switch."""
    shown = address.now().get(at)
    return bool(_draw(st.toggle, label, at, shown, value=shown, **more))


def tick(label: str, what: str, run_ids: Sequence[str], **more: Any) -> bool:
    """A box that is ticked while all of these runs are selected; ``what`` they are: "start"."""
    at = f"selected.{what}.{','.join(run_ids)}"
    shown = address.now().get(at)
    return bool(_draw(st.checkbox, label, at, shown, value=shown, **more))


def number(
    label: str, low: int, high: int, at: str, default: int | None = None, **more: Any
) -> int:
    """A field for a whole number; ``default`` is shown where the address says nothing."""
    said = address.now().get(at)
    meant = said if said is None or str(said).isdigit() else None
    shown = min(max(int(default or 0 if meant is None else meant), low), high)
    if said is not None:
        _right(at, str(said), str(shown))
    parts = {"min_value": low, "max_value": high, "value": shown, **more}
    return cast(int, _draw(st.number_input, label, at, shown, **parts))


def number_or_none(label: str, low: int, high: int, at: str, **more: Any) -> int | None:
    """A field for a whole number that may be left empty."""
    shown = address.now().get(at)
    parts = {"min_value": low, "max_value": high, "value": None, "set_again": True, **more}
    return cast("int | None", _draw(st.number_input, label, at, shown, **parts))


N = TypeVar("N", int, float)


def slider(
    label: str, low: N, high: N, at: str, step: N, default: N | None = None, **more: Any
) -> N:
    """A slider. ``default``: of a part of a field, which may be said wrongly or not at all."""
    said = address.now().get(at)
    shown = said if default is None else _within(said, low, high, default)
    if default is not None and said is not None:
        _right(at, said, str(shown))
    parts = {"min_value": low, "max_value": high, "value": shown, "step": step, **more}
    return cast(N, _draw(st.slider, label, at, shown, **parts))


def _within(said: str | None, low: N, high: N, default: N) -> N:
    try:
        meant = type(default)(said or default)
    except ValueError:
        return default
    return min(max(meant, low), high) if meant == meant else default


def steps(label: str, options: Sequence[int], at: str, **more: Any) -> int:
    """A slider over a few numbers; the nearest to what the address says."""
    said: int = address.now().get(at)
    shown = min(options, key=lambda option: abs(option - said))
    _right(at, said, shown)
    return cast(
        int, _draw(st.select_slider, label, at, shown, options=options, value=shown, **more)
    )


def text(label: str, at: str, then: Change | None = None, **more: Any) -> str:
    """A line of text."""
    shown = address.now().get(at) or ""
    return str(_draw(st.text_input, label, at, shown, then, value=shown, **more))


def page(pages: int, at: str, shown: int) -> int:
    """Page numbers under a list of so many pages."""
    number = min(max(shown, 1), pages)
    return cast(int, _draw(st.pagination, pages, at, number, default=number))
