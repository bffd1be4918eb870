"""Draws follow from their place, and runs do not wait for each other."""

from threading import Event, Thread

import torch

from lnl.training import Plan, Trainer, make_method
from lnl.training.placement import place
from lnl.training.randomness import initialising

CPU = place("cpu", "float32", threads=1)


def weights(trainer):
    return list(trainer.method.network.state_dict().values())


def test_a_run_trains_while_another_is_in_the_middle_of_a_step(blobs):
    def trainer(seed):
        method = make_method("ce", blobs, epochs=1, seed=seed)
        return Trainer(method, blobs, Plan(seed, 32, CPU))

    alone = [trainer(0), trainer(1)]
    for each in alone:
        next(each)
    first, entered, go_on = trainer(0), Event(), Event()
    step = first.method.training_step

    def held(given):
        entered.set()
        assert go_on.wait(60)
        return step(given)

    object.__setattr__(first.method, "training_step", held)
    thread = Thread(target=first.__next__, daemon=True)
    thread.start()
    assert entered.wait(60)
    second = trainer(1)  # draws its weights
    next(second)
    go_on.set()
    thread.join(60)
    assert first.finished == 1
    for together, apart in zip([first, second], alone, strict=True):
        assert all(map(torch.equal, weights(together), weights(apart)))


def test_weights_are_drawn_beside_the_global_generator():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with initialising(0, "weights"):
        torch.rand(7)
    assert torch.equal(torch.rand(3), expected)
