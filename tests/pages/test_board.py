"""Which panels a board has: chosen, in any order, as wide as the page, by hand or by link."""

import pytest


@pytest.fixture
def board(app, make_run, healthy):
    make_run()
    return lambda **address: healthy(app(**address))


def titles(at):
    return [box.value for box in at.subheader]


def button(at, key):
    return at.button(key=f"arrange_{key}")


BOTH = ["Confidence in the given label", "Training accuracy against the clean rate"]


def test_panels_stand_in_the_order_of_the_address(board):
    assert titles(board(panels="Fitting,Losses,Confidence")) == [BOTH[1], "Losses", BOTH[0]]
    assert titles(board(panels="Confidence,none,Confidence")) == [BOTH[0]]


def test_a_panel_moves_and_the_ends_are_ends(board, healthy):
    at = board(panels="Confidence,Fitting")
    assert button(at, "arrow_back_Confidence").disabled
    assert button(at, "arrow_forward_Fitting").disabled
    at = healthy(button(at, "arrow_forward_Confidence").click().run())
    assert at.query_params["panels"] == "Fitting,Confidence"
    assert titles(at) == BOTH[::-1]
    at = healthy(button(at, "arrow_back_Confidence").click().run())
    assert "panels" not in at.query_params, "the default order is not said"


def test_one_click_gives_a_panel_the_width_of_the_page(board, healthy):
    at = board()
    before = rows(at)
    assert before == [2]
    at = healthy(button(at, "wide_Fitting").click().run())
    assert at.query_params["wide"] == "Fitting"
    assert rows(at) == [1, 1]
    assert button(at, "wide_Fitting").label == "Half width"
    at = healthy(button(at, "wide_Fitting").click().run())
    assert "wide" not in at.query_params
    assert rows(at) == before


def test_a_wide_panel_stands_alone_wherever_it_stands(board):
    assert rows(board(panels="Confidence,Losses,Fitting,Detection", wide="Losses")) == [1, 1, 2]


def rows(at):
    """Panels in each row of the board, from the keys of the rows and of what stands in them."""
    found = []

    def walk(block, row):
        for child in getattr(block, "children", {}).values():
            ids = getattr(getattr(child, "proto", None), "id", "")
            inner = row
            if "first_screen" in ids or "-row_" in ids:
                found.append(0)
                inner = True
            if row and "-panel_" in ids:
                found[-1] += 1
            walk(child, inner)

    walk(at.main, False)
    return found


def test_nobody_is_told_the_truth_nor_a_verdict_while_they_guess(board, figures):
    at = board(hide="verdicts")
    words = " ".join(box.value for box in (*at.markdown, *at.caption))
    assert "Learning, or memorising?" in words
    assert "emorising wrong labels" not in words.replace("Learning, or memorising?", "")
    drawn = figures(at)["training-accuracy"]["figure"]["layout"]
    assert not [s for s in drawn["shapes"] if "memorising" in s["name"]]
    assert not [a for a in drawn["annotations"] if "clean rate" in a["text"]]
    label = figures(at)["confidence"]["label"]
    assert "memorising wrong labels" not in label


def test_a_presentation_has_its_keys_and_what_they_do_is_in_the_address(board):
    at = board(lecture="true")
    (keys,) = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_keys"]
    assert '"1", "2", "3", "4", "5", "6", "7", "8"' in keys.json
    assert not [e for e in board().get("bidi_component") if e.proto.component_name == "lnl_keys"]
