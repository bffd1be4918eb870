"""Downloads from a server on this machine: cut, resumed, checked."""

from hashlib import md5

import numpy as np
import pytest

from lnl.data import fetching
from lnl.data.fetching import Archive, fetch
from lnl.errors import BadInput

CONTENT = np.random.RandomState(0).bytes(10_000)


def unheard(share, text):
    pass


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(fetching, "CHUNK", 500)


@pytest.fixture
def wished(server, tmp_path):
    server.files["set.bin"] = CONTENT
    path = tmp_path / "to" / "set.bin"
    return Archive((f"{server.url}set.bin",), path, md5(CONTENT).hexdigest())


def part_of(wished):
    return wished.path.with_name("set.bin.part")


def begun(wished, content):
    wished.path.parent.mkdir()
    part_of(wished).write_bytes(content)


def only_it(wished):
    """Whether the file is whole and nothing lies beside it."""
    return wished.path.read_bytes() == CONTENT and list(wished.path.parent.iterdir()) == [
        wished.path
    ]


def test_with_progress(wished):
    heard = []
    fetch(wished, lambda share, text: heard.append((share, text)), done=0.5, share=0.25)
    assert only_it(wished)
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert 0.5 < shares[0] < 0.6
    assert heard[-1] == (0.75, "set.bin: 0 of 0 MB")


def test_what_is_there_and_right_is_kept(wished, server):
    begun(wished, CONTENT)
    part_of(wished).rename(wished.path)
    fetch(wished, unheard)
    assert server.asked == []


def test_what_is_there_and_wrong_is_replaced(wished):
    begun(wished, b"wrong")
    part_of(wished).rename(wished.path)
    fetch(wished, unheard)
    assert only_it(wished)


def test_a_cut_connection_goes_on_where_it_ended(wished, server):
    server.cuts = [3000, 2500]
    fetch(wished, unheard)
    assert only_it(wished)
    assert server.asked == [("set.bin", 0), ("set.bin", 3000), ("set.bin", 5500)]


def test_a_connection_that_gives_nothing_is_given_up_and_the_part_is_kept(wished, server):
    server.cuts = [3000, 0]
    with pytest.raises(BadInput, match=r"could not be downloaded .* goes on where it ended"):
        fetch(wished, unheard)
    assert part_of(wished).read_bytes() == CONTENT[:3000]
    server.asked.clear()
    fetch(wished, unheard)
    assert only_it(wished)
    assert server.asked == [("set.bin", 3000)]


def test_progress_may_end_a_download_which_goes_on_later(wished, server):
    def stop(share, text):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(wished, stop)
    assert not wished.path.exists()
    fetch(wished, unheard)
    assert only_it(wished)
    assert server.asked[-1][1] > 5000


def test_a_server_that_cannot_resume_sends_it_whole(wished, server):
    server.ranges = False
    begun(wished, CONTENT[:3000])
    fetch(wished, unheard)
    assert only_it(wished)
    assert len(server.asked) == 1


def test_a_part_that_is_whole_is_asked_for_no_more(wished, server):
    begun(wished, CONTENT)
    fetch(wished, unheard)
    assert only_it(wished)


@pytest.mark.parametrize("size", [3000, 20_000])
def test_the_beginning_of_another_file_is_thrown_away(wished, size):
    begun(wished, b"x" * size)
    fetch(wished, unheard)
    assert only_it(wished)


def test_a_wrong_checksum_leaves_nothing_behind(wished, server):
    server.files["set.bin"] = CONTENT[:-1] + b"x"
    with pytest.raises(BadInput, match=r"could not be downloaded .*hash of downloaded file"):
        fetch(wished, unheard)
    assert list(wished.path.parent.iterdir()) == []
    assert len(server.asked) == 1


def test_the_second_address_is_asked_where_the_first_fails(wished, server):
    wished = Archive((f"{server.url}gone", *wished.urls), wished.path, wished.checksum)
    fetch(wished, unheard)
    assert only_it(wished)


def test_no_address_works(server, tmp_path):
    urls = (f"{server.url}a", "http://127.0.0.1:1/b")
    with pytest.raises(BadInput, match=r"/a: 404 .*:1/b: .* by hand"):
        fetch(Archive(urls, tmp_path / "a", "0" * 32), unheard)
