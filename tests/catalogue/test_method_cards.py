"""Cards: every method has equations with their place in a paper, and code that is its own."""

import re

import pytest

from lnl import losses
from lnl.catalogue import method_cards
from lnl.errors import BadInput
from lnl.methods.registry import all_methods

# fmt: off
COMMANDS = {
    "Vert", "alpha", "arg", "bar", "begin", "beta", "cdot", "cup", "delta", "dfrac", "dots",
    "ell", "end", "eta", "exp", "frac", "gamma", "ge", "hat", "in", "kappa", "lVert", "lambda",
    "lceil", "le", "left", "lfloor", "log", "mathcal", "mathrm", "max", "mid", "middle", "min",
    "mu", "nabla", "ne", "neg", "omega", "oplus", "overline", "partial", "pi", "prod", "qquad",
    "quad", "rVert", "rceil", "rfloor", "rho", "right", "setminus", "sigma", "sim", "sum", "tau",
    "text", "tfrac", "theta", "tilde", "underbrace", "vee", "wedge",
}
# fmt: on
every_method = pytest.mark.parametrize("name", [entry.name for entry in all_methods()])


@every_method
def test_every_method_has_equations_with_a_source(name):
    equations = method_cards.method(name).equations
    assert equations
    for equation in equations:
        assert equation.words.endswith(".")
        assert equation.source
        assert equation.latex.count("{") == equation.latex.count("}")
        assert equation.latex.count(r"\left") == equation.latex.count(r"\right")
        assert equation.latex.count(r"\begin") == equation.latex.count(r"\end")
        assert set(re.findall(r"\\([A-Za-z]+)", equation.latex)) <= COMMANDS, "a slip of the pen"


GROUPS = [
    *("Baselines", "NLNL", "PMNAR", "RFL", "FINE"),
    *("Robust losses", "Correction", "Selection", "Regularisation", "Semi-supervised"),
    "Detectors",
]


def test_a_method_is_grouped_under_its_paper_or_idea():
    under = {group.name: set() for group in method_cards.groups()}
    for card in method_cards.methods():
        under[card.group].add(card.name)
    assert list(under) == GROUPS
    assert all(under.values())
    assert under["NLNL"] == {"nl", "selnl", "selpl", "selnlpl", "nlnl"}
    assert under["Selection"] >= {"gmm", "sed", "act", "co-teaching"}
    assert under["Detectors"] >= {"aum", "cl"}
    assert under["Semi-supervised"] >= {"dividemix", "elr-plus", "sop-plus", "pes-semi"}
    assert under["Robust losses"] >= {"gce", "mae", "sce"}


@every_method
def test_the_code_is_that_which_runs(name):
    first, *rest = method_cards.code(name)
    assert first.place.endswith("training_step")
    assert first.text.startswith("def training_step(self, step: Step) -> StepOutput:")
    assert any(part.place.partition(",")[0].endswith(("losses.py", "loss.py")) for part in rest)
    for part in rest:
        compile(part.text, part.place, "exec")


def test_the_code_of_a_loss_follows_what_the_step_calls():
    places = [part.place for part in method_cards.code("nl")]
    assert places[0] == "lnl/methods/nlnl/method.py, training_step"
    assert "lnl/methods/nlnl/method.py, _losses" in places
    assert "lnl/losses.py, negative_learning" in places
    assert len(places) == len(set(places))
    assert "lnl/losses.py, restoration" not in places
    assert "lnl/methods/act/method.py, gap" in [part.place for part in method_cards.code("act")]


def test_the_gradient_of_negative_learning_is_as_its_equation_says():
    import torch

    logits = torch.tensor([[0.2, -1.0, 0.7]], requires_grad=True)
    p = logits.detach().softmax(1)[0]
    losses.negative_learning(logits, torch.tensor([[2]])).sum().backward()
    expected = -p[2] / (1 - p[2]) * p
    expected[2] = p[2]
    assert torch.allclose(logits.grad[0], expected, atol=1e-6)


def test_an_unknown_method_is_refused():
    with pytest.raises(BadInput, match="selnlpl"):
        method_cards.code("selnlp")
