"""The dry run of own images: how far it is, what was found, and the button that imports it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from lnl import catalogue
from lnl.errors import BadInput, LnlError
from pages.ui.components import pictures
from pages.ui.components.pictures import Picture
from pages.ui.data import reading_form
from pages.ui.shell import address, live, parts
from pages.ui.shell.address import Address

if TYPE_CHECKING:
    from lnl.catalogue.own_images import Import, Reading, Survey

SHOWN = 12  # classes
TOLD = 1000  # files that are left out


def dry_run(path: str) -> None:
    """What is at a path, and the button that imports it."""
    place = Path(path).expanduser()
    if not place.exists():
        parts.error_box(BadInput(f"there is no file or folder {path!r} on the machine of this app"))
        return
    with st.container(key="dry_run"):
        tables = _tables(place)
        at_once = catalogue.is_read_at_once(path)
        if at_once:
            reading_form.label_column(place)
        chosen = catalogue.own_images.Reading() if at_once else reading_form.reading(tables)
        work = _work(place, chosen)
        live.refreshed(lambda: _progress(work), "own_images", work.busy)
        if not work.busy and work.tables != tables:
            st.rerun()  # looked at before the form was drawn: now it has columns to choose from
        if work.found is not None and work.state in ("found", "stopped", "importing"):
            _found(work.found)


def _tables(place: Path) -> dict[str, list[str]]:
    """The tables that the last work on a place has found so far, with their columns."""
    last: Import | None = st.session_state.get("_own_work")
    return last.tables if last is not None and last.path == place else {}


def _work(place: Path, reading: Reading) -> Import:
    """The one work on what is there now."""
    about = place.stat()
    key = (str(place), about.st_size, about.st_mtime_ns)
    work = _import(*key, **asdict(reading))
    st.session_state["_own_work"], st.session_state["_own_key"] = work, key
    return work


def _again(work: Import) -> None:
    """Forget this work, and none of other people."""
    _import.clear(*st.session_state["_own_key"], **asdict(work.reading))


@st.cache_resource(max_entries=8, show_spinner=False)
def _import(path: str, size: int, changed: int, **reading: Any) -> Import:
    return catalogue.own_images.Import(Path(path), catalogue.own_images.Reading(**reading))


def _progress(work: Import) -> bool:
    """How far it is and what can be done now; whether it still works."""
    name = parts.plain(work.path.name)
    if work.state == "looking":
        st.progress(work.share, f"Looking at {name}: {work.what or 'its files'}")
        st.button("Stop", key="own_stop", icon=":material/stop:", on_click=work.stop)
    elif work.state == "importing":
        st.progress(work.share, f"Importing {name}: {work.what}")
        st.button("Stop", key="own_stop", icon=":material/stop:", on_click=work.stop)
    elif work.state == "failed":
        parts.error_box(work.error or LnlError(""))
        st.button(
            "Look again", key="own_again", icon=":material/refresh:", on_click=_again, args=(work,)
        )
    elif work.state == "done":
        _again(work)
        address.write(_taken(work, address.now()))
        st.rerun()
    elif work.found is None:
        st.info("Stopped.", icon=":material/stop_circle:")
        st.button(
            "Look again", key="own_again", icon=":material/refresh:", on_click=_again, args=(work,)
        )
    else:
        _offer(work, work.found)
    return work.busy


def _taken(work: Import, here: Address) -> Address:
    """The address once the images are used: by their name, arrays by their path."""
    if work.found is not None and not work.found.prepared:
        return here.but(looking=False, noise="")
    return here.but(data=work.name, file="", looking=False, noise="")


def _offer(work: Import, found: Survey) -> None:
    """What was found in a line, and the button that takes it."""
    skip = f", skip {len(found.skipped):,}" if found.skipped else ""
    go_on = "Go on importing" if work.state == "stopped" else "Import"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(parts.plain(found.listing.title), anchor=False, width="content")
        st.space("stretch")
        st.button(
            "Look again",
            key="own_again",
            type="tertiary",
            icon=":material/refresh:",
            on_click=_again,
            args=(work,),
            help="After files have changed.",
        )
        st.button(
            f"{go_on} {found.taken:,} images{skip}" if found.prepared else _use(found),
            key="own_import",
            type="primary",
            icon=":material/download_done:",
            on_click=work.take,
        )


def _use(found: Survey) -> str:
    return "Use these rows" if found.columns else "Use these images"


def _found(found: Survey) -> None:
    """All of the dry run."""
    told = catalogue.own_images.told
    for line in told.warnings(found):
        st.warning(parts.plain(line), icon=":material/warning:")
    st.markdown("\n".join(f"- {parts.plain(line)}" for line in told.facts(found)))
    _classes(found)
    if found.skipped:
        _skipped(found)
    if found.copies:
        _copies(found)


def _classes(found: Survey) -> None:
    names = sorted(found.counts, key=lambda name: -found.counts[name]["train"])
    for place, name in enumerate(names[:SHOWN]):
        _class(found, place, name)
    if len(names) > SHOWN:
        with st.expander(f"{len(names) - SHOWN:,} more classes"):
            st.dataframe(
                [{"class": name, **found.counts[name]} for name in names[SHOWN:]],
                hide_index=True,
            )


def _class(found: Survey, place: int, name: str) -> None:
    counts = found.counts[name]
    strip = found.strips.get(name, ())
    with st.container(horizontal=True, vertical_alignment="center", key=f"own_class_{place}"):
        with st.container(width=180, gap=None):
            st.markdown(f"**{parts.plain(name)}**")
            words = [f"{count:,} {part}" for part, count in counts.items() if count]
            st.caption(" · ".join(words) or "nothing")
        with st.container(width="stretch"):
            pictures.picture_grid(
                [Picture(image, number) for number, image in enumerate(strip)],
                f"own_{place}",
                size=56,
            )


def _skipped(found: Survey) -> None:
    reasons = catalogue.own_images.told.reasons(found)
    words = ", ".join(f"{count:,} {why}" for why, count in list(reasons.items())[:4])
    with st.expander(f"{len(found.skipped):,} to skip: {parts.plain(words)}"):
        st.dataframe(
            [{"file": one.path, "why": one.why} for one in found.skipped[:TOLD]],
            hide_index=True,
        )


def _copies(found: Survey) -> None:
    with st.expander(f"{len(found.copies):,} pictures that are there more than once"):
        st.dataframe(
            [
                {
                    "files": " = ".join(copies.paths)
                    if not copies.near
                    else " ≈ ".join(copies.paths),
                    "labels": " / ".join(dict.fromkeys(copies.labels)),
                    "how alike": "nearly" if copies.near else "byte by byte",
                }
                for copies in found.copies[:TOLD]
            ],
            hide_index=True,
        )
