"""Labels as people write them: which are taken, as what, and which row is named otherwise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.data.classes import classes_of, told_apart, without_sample
from lnl.errors import BadInput

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
WORDS = st.text(st.characters(categories=("L",)), min_size=1, max_size=5)


@given(words=st.lists(WORDS, min_size=2, max_size=6, unique=True), data=st.data())
def test_each_text_keeps_its_name(words, data):
    labels = data.draw(st.permutations([*words, *words]))
    found = classes_of(labels)
    assert [found.names[i] for i in found.ids] == labels
    assert list(found.names) == sorted(words)
    assert found.ids.dtype == np.int64


@given(words=st.lists(WORDS, min_size=2, max_size=6, unique=True), data=st.data())
def test_named_classes_keep_their_order(words, data):
    labels = data.draw(st.lists(st.sampled_from(words), min_size=1))
    found = classes_of(labels, words)
    assert list(found.names) == words
    assert [words[i] for i in found.ids] == labels


@given(count=st.integers(2, 12), first=st.integers(0, 1), data=st.data())
def test_numbers_in_one_stretch_are_read_and_told_if_they_were_moved(count, first, data):
    numbers = data.draw(st.permutations(range(first, first + count)))
    found = classes_of(np.array(numbers, np.uint8))
    assert [int(found.names[i]) for i in found.ids] == numbers
    assert sorted(found.ids) == list(range(count))
    assert bool(found.notes) is bool(first)
    assert classes_of([str(number) for number in numbers]).names == found.names


@given(used=st.sets(st.integers(0, 70_000), min_size=2, max_size=8), data=st.data())
def test_numbers_with_gaps_are_refused_unless_each_is_named(used, data):
    numbers = data.draw(st.permutations(sorted(used)))
    found = classes_of(numbers, class_ids=sorted(used))
    assert [int(found.names[i]) for i in found.ids] == numbers
    if sorted(used) not in (list(range(len(used))), list(range(1, len(used) + 1))):
        with pytest.raises(BadInput, match="leaves a gap") as error:
            classes_of(numbers)
        row = int(str(error.value).split()[1])
        assert f"row {row} has the label {numbers[row]}," in str(error.value)


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        ([], None, "there are no labels"),
        (["a", 1], None, "row 0 has the label 'a', row 1 1: .* not both"),
        (["a", " ", "b"], None, "row 1 has no label"),
        ([0, 1, -1], None, "row 2 has the label -1"),
        (["0", "1", "-1"], None, "row 2 has the label -1"),
        ([0, 1, 2, 255], None, "row 3 has the label 255, .* in use are 0 to 2, 255. If each"),
        ([2, 3, 4], None, "row 0 has the label 2, which leaves a gap"),
        ([0, 1, 1, 5], ["a", "b", "c"], "row 3 has the label 5, but class_names has only 3"),
        (["cat", "Dog"], ["cat", "dog"], "row 1: unknown class 'Dog'. Did you mean 'dog'"),
        (["a", "b"], ["a", "b", "a"], "class_names has 'a' twice"),
        ([0, 0], None, "all labels are '0', a single class"),
        ([1, 1], None, "all labels are '1', a single class"),
        ([0, 0], ["a"], "class_names must name 2 or more"),
        ([0.5, 1.0], None, "texts or whole numbers, got values of type float64"),
        (np.array([0, 2**63], np.uint64), None, "row 1 has the label 9223372036854775808"),
        ([[0, 1], [1, 0]], None, r"expected one label each, got shape \[2, 2\]"),
        ([[0, 1], [1]], None, "got values of type object"),
        ([None, "a"], None, "row 0 has the label None, row 1 'a'"),
    ],
)
def test_what_is_refused(labels, names, message):
    with pytest.raises(BadInput, match=message):
        classes_of(labels, names)


def test_rows_and_the_way_out_are_in_the_callers_words():
    with pytest.raises(BadInput, match=r"^line 4 of a\.csv has .* 0 to 1, 9\. Say so$"):
        classes_of([0, 1, 9], where=lambda row: f"line {row + 2} of a.csv", remedy="Say so")


def test_from_one_with_names():
    found = classes_of([3, 1, 2], ["a", "b", "c"])
    assert found.ids.tolist() == [2, 0, 1]
    assert found.notes == ("Labels 1 to 3 were read as the 3 class_names in their order.",)


def test_a_class_without_an_image_is_told():
    found = classes_of([0, 2, 0], ["a", "b", "c"])
    assert found.ids.tolist() == [0, 2, 0]
    note = "1 of the 3 classes have no training image: 'b'."
    assert without_sample(found.ids, found.names, "training image") == (note,)
    assert without_sample(np.arange(3), found.names, "training image") == ()


def test_names_that_look_alike_are_told():
    found = classes_of(["cat ", "Cat", "cat", "dog"])
    assert found.names == ("Cat", "cat", "dog")
    assert found.notes == ("'Cat', 'cat' were read as different classes.",)


@pytest.mark.parametrize("ids", [[0, 0], [0, 1, 2]])
def test_numbers_of_the_classes_must_fit_the_names(ids):
    with pytest.raises(BadInput, match="each class must have a number of its own"):
        classes_of([0, 1], ["a", "b"], class_ids=ids)
    with pytest.raises(BadInput, match="row 1 has the label 7; the classes are 0 to 1"):
        classes_of([0, 7], class_ids=[0, 1])


@given(names=st.lists(NAMES, min_size=2, max_size=8))
def test_told_apart(names):
    apart = told_apart(names)
    assert len({" ".join(name.split()) for name in apart}) == len(names)
    assert all(name.strip() for name in apart)
    assert told_apart(apart) == apart
    if len(set(names)) == len(names) and told_apart(names) == tuple(names):
        assert apart == tuple(names)


def test_only_what_needs_it_is_told_apart():
    assert told_apart(["crane", "a", "crane", ""]) == (
        "crane (class 0)",
        "a",
        "crane (class 2)",
        "class 3",
    )
