"""What the tests of the page Runs do and read."""

import re


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning))


def cells(at):
    """The columns of each row, from above to below."""
    rows = [box.proto.body for box in at.get("html") if "<div class='lnl-cells'>" in box.proto.body]
    return [re.findall(r"<span[^>]*>([^<]*)</span>", row) for row in rows]


def menu(at, run_id, choice):
    """Chooses from a run's menu."""
    button = next(m for m in at.get("menu_button") if m.key == f"menu_{run_id}")
    return button.click(choice).run()


def networks(store, run_id):
    folder = store.folder / "runs" / run_id
    (folder / "checkpoint-3.pt").write_bytes(b"0" * 2_000_000)
    return folder / "checkpoint-3.pt"
