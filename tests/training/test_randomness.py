"""Draws follow from their place, also where two devices train at once in two threads."""

from threading import Thread

import torch

from lnl.training.randomness import dropout, initialising

CPU = torch.device("cpu")


def test_a_step_on_the_cpu_waits_while_another_thread_draws_weights():
    with initialising(0, "weights"):
        expected = torch.rand(4)
    found = []

    def step():
        with dropout(CPU, 0, "dropout"):
            found.append(torch.rand(2))

    with initialising(0, "weights"):
        first = torch.rand(2)
        other = Thread(target=step)
        other.start()
        other.join(0.2)
        assert other.is_alive()
        drawn = torch.cat([first, torch.rand(2)])
    other.join(10)
    assert torch.equal(drawn, expected)
    with dropout(CPU, 0, "dropout"):
        assert torch.equal(torch.rand(2), found[0])


def test_weights_are_drawn_beside_the_global_generator():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with initialising(0, "weights"):
        torch.rand(7)
    assert torch.equal(torch.rand(3), expected)
