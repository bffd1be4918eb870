"""What a dry run found, in words: the same on the screen and on the command line."""

from __future__ import annotations

from collections import Counter

from lnl.data.own.survey import MOST_PAIRS, Survey


def headline(found: Survey) -> str:
    """What an import takes and leaves out."""
    skip = f", {len(found.skipped):,} to skip" if found.skipped else ""
    use = "import" if found.prepared else "use"
    return f"{found.taken:,} {_things(found)} of {len(found.counts):,} classes to {use}{skip}"


def facts(found: Survey) -> list[str]:
    """Splits, sizes, kinds, what it costs."""
    listing = found.listing
    parts = {
        "training": sum(parts["train"] for parts in found.counts.values()),
        "validation": sum(parts["validation"] for parts in found.counts.values()),
        "test": sum(parts["test"] for parts in found.counts.values()),
    }
    told = [", ".join(f"{count:,} {name}" for name, count in parts.items() if count)]
    told[0] += f" {_things(found)}"
    told += _costs(found) if found.prepared else _memory(found)
    return [*told, *listing.notes]


def _costs(found: Survey) -> list[str]:
    """Of an import."""
    _, height, width = found.image_shape
    told = [
        f"{_sizes(found)}; {_most(found.kinds)}",
        f"stored as {width} × {height} {_colour(found)}{' as JPEG' if found.encoded else ''}: "
        f"{found.disk / 1e6:,.1f} MB, {found.free / 1e9:,.0f} GB are free; about "
        f"{max(1, round(found.seconds)):,} s",
    ]
    if not found.whole:
        told.append(
            f"{found.decoded:,} of {len(found.listing.entries):,} images were looked at: what the "
            "others hold shows when they are imported"
        )
    return told


def _things(found: Survey) -> str:
    return "rows" if found.columns else "images"


def _one(found: Survey) -> str:
    return "row" if found.columns else "picture"


def _memory(found: Survey) -> list[str]:
    """Of arrays, which are used as they are."""
    size = f"{found.columns:,} columns" if found.columns else f"{_sizes(found)}, {_colour(found)}"
    told = [f"{size}: {found.disk / 1e6:,.1f} MB in memory"]
    if not found.whole:
        told.append(
            f"copies were looked for among {found.decoded:,} of the "
            f"{len(found.listing.entries):,} {_things(found)}"
        )
    return told


def warnings(found: Survey) -> list[str]:
    """What is worth a look before an import: copies, contradictions, tiny and uneven classes."""
    told = []
    equal = [copies for copies in found.copies if not copies.near]
    near = [copies for copies in found.copies if copies.near]
    against = [copies for copies in equal if copies.contradict]
    if against:
        first = against[0]
        told.append(
            f"{_count(len(against), _one(found))} under different labels, so some of these are "
            f"wrong: {first.paths[0]} and {first.paths[1]} are the same"
        )
    if equal:
        told.append(f"{_count(len(equal), _one(found))} more than once, byte by byte")
    if near:
        more = " or more" if len(near) >= MOST_PAIRS else ""
        apart = sum(copies.contradict for copies in near)
        other = f", {apart:,} of them under different labels" if apart else ""
        told.append(
            f"{_count(len(near), 'pair')}{more} of pictures that look nearly the same{other}, "
            f"such as {near[0].paths[0]} and {near[0].paths[1]}"
        )
    few = [name for name, parts in found.counts.items() if parts["train"] < 5]
    if few:
        names = ", ".join(few[:5]) + ("…" if len(few) > 5 else "")
        told.append(f"fewer than 5 training images: {names}")
    return told


def reasons(found: Survey) -> dict[str, int]:
    """Why images are left out, and how many for each reason, the most frequent first."""
    kinds = Counter(skipped.why.split(":")[0].split(" as ")[0] for skipped in found.skipped)
    return dict(kinds.most_common())


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _colour(found: Survey) -> str:
    return "grey" if found.image_shape[0] == 1 else "colour"


def _sizes(found: Survey) -> str:
    if not found.sizes:
        return "no image can be read"
    if len(found.sizes) == 1:
        (width, height) = next(iter(found.sizes))
        return f"all {width} × {height} pixels"
    (width, height), _ = found.sizes.most_common(1)[0]
    short = min(min(size) for size in found.sizes)
    tall = max(max(size) for size in found.sizes)
    return f"sides of {short:,} to {tall:,} pixels, most often {width} × {height}"


def _most(kinds: Counter[str]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(4))
