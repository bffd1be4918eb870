"""The passes of one epoch: rows in random order, their views, and a step for each batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from lnl.methods.base import Method
from lnl.methods.interface import EpochContext, Pass, Step, StepOutput, Stream
from lnl.networks import dropout_from
from lnl.records import Heartbeat
from lnl.shapes import Batch
from lnl.training.evaluation import Evaluator
from lnl.training.plan import Plan
from lnl.training.randomness import generator


class Stopped(BaseException):
    """The run was asked to stop; the epoch under way is dropped.

    No ``Exception``: nobody who handles errors may take it for one.
    """


@dataclass
class Tally:
    """What an epoch's steps leave behind; tensors stay on the device until the epoch's end."""

    losses: list[dict[str, Tensor]]
    images: int = 0
    seconds: float = 0.0

    def means(self) -> dict[str, float]:
        """Mean of each term over the steps that had it."""
        terms: dict[str, list[Tensor]] = {}
        for losses in self.losses:
            for name, loss in losses.items():
                terms.setdefault(name, []).append(loss)
        return {name: float(torch.stack(values).mean()) for name, values in terms.items()}


@dataclass(frozen=True)
class Passes:
    """All that a step needs; every random draw follows from its place in the run."""

    method: Method
    evaluator: Evaluator  # has the training images, and a cache that ends at each step
    plan: Plan
    optimisers: Mapping[str, torch.optim.Optimizer]
    on_batch: Callable[[Heartbeat], None]
    should_stop: Callable[[], bool]

    def train(self, context: EpochContext) -> Tally:
        """One epoch. Raises Stopped as soon as that is wished."""
        tally = Tally([])
        self.plan.placement.synchronise()
        started = time.perf_counter()
        for pass_index, streams in enumerate(self.method.passes(context)):
            self.method.train()
            place = (self.plan.seed, context.epoch, pass_index)
            cuts = [self.cut(stream, (*place, i)) for i, stream in enumerate(streams)]
            self.evaluator.train.expect(
                [rows[k % len(rows)] for k in range(len(cuts[0])) for rows in cuts if rows]
            )
            self._sweep(context, place, streams, cuts, _selected(streams[0], cuts[0]), tally)
        self.plan.placement.synchronise()
        tally.seconds = time.perf_counter() - started
        return tally

    def _sweep(
        self,
        context: EpochContext,
        place: tuple[int, int, int],
        streams: Pass,
        cuts: Sequence[Sequence[Tensor]],
        selected: Sequence[int | None],
        tally: Tally,
    ) -> None:
        count = len(cuts[0])
        for k in range(count):
            if self.should_stop():
                raise Stopped
            batches = tuple(
                self._batch(stream, rows[k % len(rows)] if rows else self._no_rows, (*place, k, i))
                for i, (stream, rows) in enumerate(zip(streams, cuts, strict=True))
            )
            step = Step(
                batches,
                context.stage,
                context.epoch,
                context.stage_epoch,
                place[-1],
                (context.stage_epoch + k / count) / context.stage.epochs,
                partial(self._generator, *place, k),
                selected[k],
            )
            tally.images += len(batches[0].index)
            self._step(step, (*place, k, "dropout"), tally)
            self.on_batch(
                Heartbeat(context.stage.name, context.epoch + 1, k + 1, count, time.time())
            )

    @property
    def _device(self) -> torch.device:
        return self.plan.placement.device

    def _generator(self, *place: object) -> torch.Generator:
        return generator(self._device, *place)

    @property
    def _no_rows(self) -> Tensor:
        return torch.empty(0, dtype=torch.long, device=self._device)

    def cut(self, stream: Stream, place: Sequence[object]) -> list[Tensor]:
        """The stream's rows in random order, a batch at a time.

        A last batch of a single row joins the one before: batch norm cannot train on one row.
        """
        index = stream.index
        count = len(self.method.given_labels) if index is None else len(index)
        if not count:
            return []
        order = torch.randperm(
            count, generator=generator(self._device, *place, "order"), device=self._device
        )
        rows = order if index is None else index.to(self._device)[order]
        size = stream.batch_size or self.plan.batch_size
        if stream.drop_last and count >= size:
            rows = rows[: count - count % size]
        sizes = [size] * (len(rows) // size)
        rest = len(rows) % size
        if rest == 1 and sizes:
            sizes[-1] += 1
        elif rest:
            sizes.append(rest)
        return list(torch.split(rows, sizes))

    def _batch(self, stream: Stream, rows: Tensor, place: Sequence[object]) -> Batch:
        views = self.evaluator.train.views(
            rows, stream.views, generator(self._device, *place, "views")
        )
        return Batch(views, self.method.given_labels[rows], rows)

    def _step(self, step: Step, place: Sequence[object], tally: Tally) -> None:
        with dropout_from(self._generator(*place)), self.plan.placement.autocast():
            output = self.method.training_step(step)
        _check(output, self.method)
        if output.losses:
            for optimiser in self.optimisers.values():
                optimiser.zero_grad(set_to_none=True)
            total = torch.stack([loss.float() for loss in output.losses.values()]).sum()
            total.backward()  # type: ignore[no-untyped-call]
            for name, optimiser in self.optimisers.items():
                longest = step.stage.optimisers[name].clip_norm
                if longest is not None:
                    for group in optimiser.param_groups:
                        nn.utils.clip_grad_norm_(group["params"], longest)
                optimiser.step()
            self.evaluator.steps += 1
        tally.losses.append({name: loss.detach() for name, loss in output.losses.items()})
        self.method.after_step(step)


def _selected(stream: Stream, cuts: Sequence[Tensor]) -> Sequence[int | None]:
    """How many rows of each batch are in the stream's selection: one wait for the device a pass."""
    if stream.selected is None or not cuts:
        return [None] * len(cuts)
    picked = stream.selected[torch.cat(list(cuts))].cpu()
    return [int(part.sum()) for part in torch.split(picked, [len(rows) for rows in cuts])]


def _check(output: StepOutput, method: Method) -> None:
    for name, shown in output.shown.items():
        if not shown.logits.requires_grad:
            raise TypeError(f"{type(method).__name__} shows {name} without gradient")
