"""What the tests of the page Runs do and read."""


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning))


def menu(at, run_id, choice):
    """Chooses from a run's menu."""
    button = next(m for m in at.get("menu_button") if m.key == f"menu_{run_id}")
    return button.click(choice).run()


def networks(store, run_id):
    folder = store.folder / "runs" / run_id
    (folder / "checkpoint-3.pt").write_bytes(b"0" * 2_000_000)
    return folder / "checkpoint-3.pt"
