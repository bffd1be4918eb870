"""The one loop: stages, epochs, passes, steps. One snapshot an epoch; it knows no store."""

from __future__ import annotations

import copy
import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lnl.data import Loader, NoisyData
from lnl.diagnostics.probe import reduce_features
from lnl.errors import RunFailed
from lnl.methods.base import Method
from lnl.methods.interface import EpochContext, Pass, Stage, Step, StepOutput, Stream
from lnl.records import EpochRecord, EpochSnapshot, Heartbeat
from lnl.shapes import Batch
from lnl.training.evaluation import Evaluator, evaluate, previews
from lnl.training.placement import Placement
from lnl.training.randomness import generator, initialising, seed_dropout
from lnl.training.schedule import optimisers_for, scale, set_values, spans

HISTORY_ROWS = 300  # at most so many epochs of a run keep probe features


class Stopped(Exception):
    """The run was asked to stop; the epoch under way is dropped."""


@dataclass(frozen=True)
class Plan:
    """How to train, resolved."""

    seed: int
    batch_size: int
    placement: Placement
    epochs: int | None = None  # None: the method's own schedule
    evaluate_every: int = 1


@dataclass
class Tally:
    """What an epoch's steps leave behind; tensors stay on the device until the epoch's end."""

    losses: list[dict[str, Tensor]]
    images: int = 0
    seconds: float = 0.0


class Trainer(Iterator[EpochSnapshot]):
    """Trains one epoch at each ``next``; stops at the end of the method's schedule."""

    def __init__(self, method: Method, data: NoisyData, plan: Plan) -> None:
        self.plan, self.data = plan, data
        self._device = device = plan.placement.device
        self.finished = 0
        self.on_batch: Callable[[Heartbeat], None] = lambda heartbeat: None
        self.should_stop: Callable[[], bool] = lambda: False
        self.method = method.to(device)
        if plan.placement.fast_half:
            self.method = self.method.to(memory_format=torch.channels_last)
        self._stages = scale(self.method.stages(), plan.epochs)
        self.stages = spans(self._stages)
        self.epochs = self.stages[-1].last
        load = partial(
            Loader, recipe=method.spec.recipe, device=device, channels_last=plan.placement.fast_half
        )
        self._evaluator = Evaluator(
            data,
            load(data.train_images),
            load(data.test_images),
            self.method.given_labels,
            plan.placement,
            plan.seed,
        )
        self.probe = self._evaluator.probe
        self._stage_index = -1
        self._optimisers: dict[str, torch.optim.Optimizer] = {}

    @property
    def device_title(self) -> str:
        """Device, threads and precision in words."""
        return self.plan.placement.title

    def __next__(self) -> EpochSnapshot:
        if self.finished >= self.epochs:
            raise StopIteration
        self.plan.placement.enter_thread()
        problem = ""
        try:
            return self._epoch()
        except (torch.OutOfMemoryError, MemoryError) as error:
            problem = str(error).splitlines()[0] if str(error) else "out of memory"
        except RuntimeError as error:
            if "can't allocate memory" not in str(error):
                raise
            problem = "out of memory"
        # Outside the except block: its traceback would keep the tensors alive.
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        raise RunFailed(
            f"no memory left in epoch {self.finished + 1} on {self.device_title}: {problem}. "
            f"Lower the batch size (now {self.plan.batch_size}) or take a smaller network."
        )

    def checkpoint(self) -> dict[str, Any]:
        """The whole truth at an epoch's end; tensors are shared: save it before the next epoch."""
        return {
            "epoch": self.finished,
            "method": self.method.state_dict(),
            "optimisers": {name: o.state_dict() for name, o in self._optimisers.items()},
        }

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Go on from a checkpoint of the same run."""
        self.finished = int(checkpoint["epoch"])
        self.method.load_state_dict(checkpoint["method"])
        if not self.finished:
            return
        # The checkpoint of a stage's last epoch lies before the next stage is entered.
        self._stage_index, _ = self._locate(self.finished - 1)
        self._optimisers = optimisers_for(self._stages[self._stage_index], None, {})
        for name, optimiser in self._optimisers.items():
            # Torch would go on in the checkpoint's own tensors.
            optimiser.load_state_dict(copy.deepcopy(checkpoint["optimisers"][name]))

    # --- one epoch --------------------------------------------------------------------------------

    def _epoch(self) -> EpochSnapshot:
        epoch = self._evaluator.epoch = self.finished
        index, stage_epoch = self._locate(epoch)
        if index != self._stage_index:
            self._enter(index)
        stage = self._stages[index]
        rates = {
            name: set_values(optimiser, stage.optimisers[name], stage_epoch / stage.epochs)
            for name, optimiser in self._optimisers.items()
        }
        context = EpochContext(
            stage,
            epoch,
            stage_epoch,
            self._evaluator.predictions,
            lambda name: generator(self._device, self.plan.seed, "epoch", epoch, name),
        )
        tally = self._train(context)
        self._refuse_broken(tally, context)
        self.finished += 1
        return self._snapshot(context, tally, rates)

    def _locate(self, epoch: int) -> tuple[int, int]:
        for index, span in enumerate(self.stages):
            if epoch < span.last:
                return index, epoch - span.first + 1
        raise IndexError(epoch)

    def _enter(self, index: int) -> None:
        stage = self._stages[index]
        if stage.restart:
            self._restart(stage, index)
        before = self._stages[self._stage_index] if self._stage_index >= 0 else None
        self._optimisers = optimisers_for(stage, before, self._optimisers)
        self._stage_index = index

    def _restart(self, stage: Stage, index: int) -> None:
        with initialising(self.plan.seed, "restart", index):
            twin = dict(self.method.twin().named_modules())
        names = {id(module): name for name, module in self.method.named_modules()}
        for module in stage.restart:
            module.load_state_dict(twin[names[id(module)]].state_dict())

    def _train(self, context: EpochContext) -> Tally:
        tally = Tally([])
        self.plan.placement.synchronise()
        started = time.perf_counter()
        for pass_index, streams in enumerate(self.method.passes(context)):
            self.method.train()
            self._sweep(context, pass_index, streams, tally)
        self.plan.placement.synchronise()
        tally.seconds = time.perf_counter() - started
        return tally

    def _sweep(self, context: EpochContext, pass_index: int, streams: Pass, tally: Tally) -> None:
        place = (self.plan.seed, context.epoch, pass_index)
        cuts = [self._cut(stream, (*place, i)) for i, stream in enumerate(streams)]
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
                pass_index,
                (context.stage_epoch + k / count) / context.stage.epochs,
                partial(self._generator, *place, k),
            )
            tally.images += len(batches[0].index)
            self._step(step, (*place, k, "dropout"), tally)
            self.on_batch(
                Heartbeat(context.stage.name, context.epoch + 1, k + 1, count, time.time())
            )

    def _generator(self, *place: object) -> torch.Generator:
        return generator(self._device, *place)

    @property
    def _no_rows(self) -> Tensor:
        return torch.empty(0, dtype=torch.long, device=self._device)

    def _cut(self, stream: Stream, place: Sequence[object]) -> list[Tensor]:
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
        views = self._evaluator.train.views(
            rows, stream.views, generator(self._device, *place, "views")
        )
        return Batch(views, self.method.given_labels[rows], rows)

    def _step(self, step: Step, place: Sequence[object], tally: Tally) -> None:
        seed_dropout(self._device, *place)
        with self.plan.placement.autocast():
            output = self.method.training_step(step)
        _check(output, self.method)
        if output.losses:
            for optimiser in self._optimisers.values():
                optimiser.zero_grad(set_to_none=True)
            total = torch.stack([loss.float() for loss in output.losses.values()]).sum()
            total.backward()  # type: ignore[no-untyped-call]
            for optimiser in self._optimisers.values():
                optimiser.step()
            self._evaluator.steps += 1
        tally.losses.append({name: loss.detach() for name, loss in output.losses.items()})
        self.method.after_step(step)

    def _refuse_broken(self, tally: Tally, context: EpochContext) -> None:
        """One look at all losses of the epoch and at the weights, so that no step waits for it."""
        where = f"stage {context.stage.name}, epoch {context.epoch + 1}"
        advice = "Lower the learning rate, or check the data. The last good checkpoint is kept."
        for k, losses in enumerate(tally.losses):
            tally.losses[k] = {name: loss.float() for name, loss in losses.items()}
        flat = [loss for losses in tally.losses for loss in losses.values()]
        if flat and not bool(torch.stack(flat).isfinite().all()):
            for k, losses in enumerate(tally.losses):
                for name, loss in losses.items():
                    if not math.isfinite(float(loss)):
                        raise RunFailed(
                            f"the loss is not finite: term {name!r} is {float(loss)} in {where}, "
                            f"batch {k + 1} of {len(tally.losses)}. {advice}"
                        )
        weights = [p for p in self.method.parameters() if p.is_floating_point() and p.numel()]
        if weights and not bool(
            torch.stack(torch._foreach_norm(list[Tensor](weights))).isfinite().all()
        ):
            raise RunFailed(f"weights are not finite after {where}. {advice}")

    # --- what is known afterwards -----------------------------------------------------------------

    def _snapshot(
        self, context: EpochContext, tally: Tally, rates: dict[str, float]
    ) -> EpochSnapshot:
        record = EpochRecord(
            epoch=self.finished,
            stage=context.stage.name,
            seconds=tally.seconds,
            evaluation_seconds=0.0,
            images_per_second=tally.images / tally.seconds if tally.seconds else 0.0,
            learning_rates=rates,
            losses=_means(tally.losses),
            evaluated=False,
        )
        if self.finished % self.plan.evaluate_every and self.finished != self.epochs:
            return EpochSnapshot(record)
        started = time.perf_counter()
        found = evaluate(self.method, context, self._evaluator)
        stride = math.ceil(self.epochs / HISTORY_ROWS)
        keep = self.finished % stride == 0 or self.finished == self.epochs
        features = reduce_features(found.probe_features) if keep else None
        images = previews(self.method, self._evaluator) if keep else None
        seconds = time.perf_counter() - started
        record = replace(record, evaluated=True, evaluation_seconds=seconds, **found.fields)
        return EpochSnapshot(record, found.samples, features, images)


def _check(output: StepOutput, method: Method) -> None:
    for name, shown in output.shown.items():
        if not shown.logits.requires_grad:
            raise TypeError(f"{type(method).__name__} shows {name} without gradient")


def _means(steps: list[dict[str, Tensor]]) -> dict[str, float]:
    """Mean of each term over the steps that had it."""
    terms: dict[str, list[Tensor]] = {}
    for losses in steps:
        for name, loss in losses.items():
            terms.setdefault(name, []).append(loss)
    return {name: float(torch.stack(values).mean()) for name, values in terms.items()}
