"""The tables: results, published numbers, where settings differ, and their signs."""

from lnl.comparison import results as of_results
from pages.ui.shell import knowledge
from tests.support import made_up
from tests.support.compare_page import drawn, results, tables, text


def test_one_run_has_curves_and_a_row_and_nothing_to_differ_from(compare, seed, figures):
    at = compare(seed())
    assert drawn(figures, at) == [
        ("CE", "test accuracy"),
        ("CE", "memorised"),
        ("CE", "detection F1"),
    ]
    rows, heads = results(at)
    assert list(rows) == ["CE"]
    assert heads[:3] == ["run", "last (%)", "best (%)"]
    heads = [box.value for box in at.subheader]
    assert "Results" in heads
    assert "Where they disagree" not in heads
    assert "Where the settings differ" not in heads


def test_two_methods_stand_side_by_side(compare, seed, figures):
    at = compare(seed(), seed("selnlpl"))
    assert {run for run, _ in drawn(figures, at)} == {"CE", "SelNLPL"}
    rows, _ = results(at)
    last = made_up.record(3, "selnlpl").test_accuracy
    assert rows["SelNLPL"][0] == f"{100 * last:.1f}"
    assert "<td>method</td><td>ce</td><td>selnlpl</td>" in tables(at)
    assert {"confidence", "training-accuracy"} <= set(figures(at)), "the panels of Watch too"


def test_other_draws_of_the_noise_are_warned_of(compare, seed):
    one, other = seed(), seed("selnlpl", fingerprint="e" * 16, noise_seed=3)
    assert "another noise seed" in text(compare(one, other))
    assert ":material/warning:" not in text(compare(one, seed("selnlpl")))


def test_the_published_number_stands_beside(compare, seed, monkeypatch):
    monkeypatch.setattr(of_results, "read", list)
    run = seed("nlnl", dataset="mnist", rate=0.2, network="lenet5")
    at = compare(run)
    assert "99.35" in tables(at)
    difference = 100 * made_up.record(3, "nlnl").test_accuracy - 99.35
    assert f"{difference:+.1f}" in tables(at)
    assert "NLNL, table 5" in tables(at)
    assert "published" not in tables(compare(seed()))


def test_results_are_sorted_as_the_address_says(compare, seed):
    ids = [seed(method, seed=n) for n, method in enumerate(("ce", "selnlpl", "nl"))]
    usual = list(results(compare(*ids))[0])
    rows, _ = results(compare(*ids, sort="last"))
    values = [float(cells[0]) for cells in rows.values()]
    assert values == sorted(values)
    assert list(results(compare(*ids, sort="-last"))[0]) != list(rows)
    assert list(results(compare(*ids, sort="-run"))[0]) == ["SelNLPL · seed 1", *usual[::2][::-1]]
    assert list(results(compare(*ids, sort="nonsense"))[0]) == usual


def test_names_are_text(compare, store, seed):
    run_id, other = seed(), seed("selnlpl")
    store.rename(run_id, "<img src=x> **bold** [a](http://b)")
    at = compare(run_id, other)
    assert "<img" not in tables(at)
    assert "&lt;img" in tables(at)
    assert "**bold**" not in text(at)


def test_who_was_told_the_noise_has_a_sign(compare, seed, healthy):
    ids = [seed("ce"), seed("co-teaching"), seed("jocor", settings={"rate_from": "estimated"})]
    at = healthy(compare(*ids))
    signed = [name for name in results(at)[0] if "†" in name]
    assert [name.split(" ")[0] for name in signed] == ["co-teaching"]
    assert knowledge.FOOTNOTE in [box.value for box in at.caption]
    at = healthy(compare(*ids[::2]))
    assert knowledge.FOOTNOTE not in [box.value for box in at.caption]
