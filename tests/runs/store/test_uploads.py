"""What is uploaded stays as it is, inside the store, until no run needs it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lnl.runs.store.disk import disk_use
from lnl.runs.store.uploads import drop_uploads, keep_upload, unused_uploads


def test_the_same_file_twice_is_one_file_under_its_own_name(store):
    first, again = (keep_upload(store, "my cats.npz", b"pixels") for _ in range(2))
    other = keep_upload(store, "my cats.npz", b"other pixels")
    assert first == again != other
    assert (first.name, first.read_bytes()) == ("my_cats.npz", b"pixels")
    assert disk_use(store).data == len(b"pixels" + b"other pixels")


@pytest.mark.parametrize("name", ["../../x.npz", "..\\x.npz", "/etc/x.npz", "a/..npz", "é\0.npz"])
def test_no_name_leads_out_of_the_store(store, name):
    path = keep_upload(store, name, b"1")
    assert path.parents[2] == store.folder.resolve()
    assert path.resolve() == path
    assert path.suffix == ".npz" or path.name == "npz"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=300))
def test_any_name_can_be_kept(store, name):
    path = keep_upload(store, f"{name}.npz", b"1")
    assert path.is_file()
    assert path.parents[2] == store.folder.resolve()


def test_what_a_run_was_trained_on_is_spared(store, new_run):
    used, deleted, unused = (keep_upload(store, "x.npz", content) for content in (b"1", b"2", b"3"))
    new_run(dataset=str(used))
    store.trash(new_run(dataset=f"elsewhere/{deleted.parent.name}/{deleted.name}"))
    assert unused_uploads(store) == {unused: 1}
    assert drop_uploads(store) == 1
    assert used.exists()
    assert deleted.exists()
    assert not unused.parent.exists()
    assert drop_uploads(store) == 0
