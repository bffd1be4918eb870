"""The one loop: stages, epochs, passes, steps. One snapshot an epoch; it knows no store."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import torch

from lnl.data import Loader, NoisyData
from lnl.data.features import FeatureSet, VectorLoader
from lnl.data.images import rows_at
from lnl.data.tables.table import Table
from lnl.methods.base import Method
from lnl.methods.interface import EpochContext
from lnl.methods.schedule import StagePlan, spans
from lnl.networks import side_of
from lnl.networks.frozen import backbone_name
from lnl.records import EpochRecord, EpochSnapshot, Heartbeat
from lnl.training.early_stop import EarlyStop
from lnl.training.evaluation import Evaluator, probes, recorded_ids
from lnl.training.extras import Extras
from lnl.training.finite import refuse_broken
from lnl.training.frozen import features_of
from lnl.training.memory import no_memory, shortage
from lnl.training.optimisers import optimisers_for, part_named, set_values
from lnl.training.passes import Passes, Stopped, Tally
from lnl.training.plan import Plan
from lnl.training.previewing import previews
from lnl.training.randomness import generator, initialising
from lnl.training.recording import Evaluation, evaluate, transition_of

HISTORY_ROWS = 300  # at most so many epochs of a run keep probe features


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
        self.stages = spans(method.plan)
        self.epochs = self.stages[-1].last
        self.early_stop = EarlyStop(plan.patience, self.stages[-1].first)
        self.recorded = recorded_ids(data)  # the samples that records are of; None: all
        self.rows = data.train_rows  # of the recorded samples, in the image set
        if self.recorded is not None:
            self.rows = rows_at(self.rows, self.recorded)
        self.probe, self.test_probe = probes(data)
        if not backbone_name(method.spec.recipe.network):
            _ = self._evaluator  # so that a device without room for the images is told now
        self._extras = Extras()
        self._stage_index = -1
        self._optimisers: dict[str, torch.optim.Optimizer] = {}

    @cached_property
    def _evaluator(self) -> Evaluator:
        """With the images on the device; features of a frozen backbone are computed first."""
        recipe, place = self.method.spec.recipe, self.plan.placement
        images, loader, validation = self.data.images, Loader, self.data.validation
        rows = [self.data.train_rows, self.data.test.rows]
        if validation is not None:
            rows.append(validation.rows)
        if isinstance(images, Table):
            images, loader = images.vectors, VectorLoader
        if name := backbone_name(recipe.network):
            loader = VectorLoader
            if not isinstance(images, FeatureSet):
                images = features_of(images, rows, name, place, self._tell_features)
        load = partial(
            loader, images, recipe=recipe, device=place.device, channels_last=place.fast_half
        )
        train, test, *others = map(load, rows)
        return Evaluator(
            self.data,
            train,
            test,
            self.method.given_labels,
            place,
            self.plan.seed,
            side_of(recipe.network, self.data.image_shape),
            others[0] if others else None,
            None if self.recorded is None else load(self.rows),
        )

    def _tell_features(self, done: int, total: int) -> None:
        """A heartbeat before the first epoch. Raises Stopped as soon as that is wished."""
        if self.should_stop():
            raise Stopped
        self.on_batch(Heartbeat("features", self.finished + 1, done, total, time.time()))

    @property
    def device_title(self) -> str:
        """Device, threads and precision in words."""
        return self.plan.placement.title

    @property
    def ended(self) -> bool:
        """Whether the schedule is at its end, or an early stop has ended it."""
        return self.finished >= self.epochs or self.early_stop.ended

    def __next__(self) -> EpochSnapshot:
        if self.ended:
            raise StopIteration
        self.plan.placement.enter_thread()
        try:
            return self._epoch()
        except (RuntimeError, MemoryError) as error:
            problem = shortage(error)
            if not problem:
                raise
        where = f"in epoch {self.finished + 1}"
        raise no_memory(problem, where, self.plan.placement, self.plan.batch_size)

    def checkpoint(self) -> dict[str, Any]:
        """The whole truth at an epoch's end; tensors are shared: save it before the next epoch."""
        return {
            "epoch": self.finished,
            "method": self.method.state_dict(),
            "optimisers": {name: o.state_dict() for name, o in self._optimisers.items()},
            "early_stop": self.early_stop.state,
        }

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Go on from a checkpoint of the same run."""
        self.finished = int(checkpoint["epoch"])
        self.method.load_state_dict(checkpoint["method"])
        if "early_stop" in checkpoint:  # earlier versions had none
            self.early_stop.restore(checkpoint["early_stop"])
        if not self.finished:
            return
        # The checkpoint of a stage's last epoch lies before the next stage is entered.
        self._stage_index, _ = self._locate(self.finished - 1)
        stage = self.method.plan[self._stage_index]
        self._optimisers = optimisers_for(self.method, stage, None, {})
        for name, optimiser in self._optimisers.items():
            # Torch would go on in the checkpoint's own tensors.
            optimiser.load_state_dict(copy.deepcopy(checkpoint["optimisers"][name]))

    # --- one epoch --------------------------------------------------------------------------------

    def _epoch(self) -> EpochSnapshot:
        epoch = self._evaluator.epoch = self.finished
        index, stage_epoch = self._locate(epoch)
        if index != self._stage_index:
            self._enter(index)
        stage = self.method.plan[index]
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
        tally = self._passes().train(context)
        refuse_broken(tally, self.method, f"stage {stage.name}, epoch {epoch + 1}")
        self.finished += 1
        return self._snapshot(context, tally, rates)

    def _passes(self) -> Passes:
        return Passes(
            self.method,
            self._evaluator,
            self.plan,
            self._optimisers,
            self.on_batch,
            self.should_stop,
        )

    def _locate(self, epoch: int) -> tuple[int, int]:
        for index, span in enumerate(self.stages):
            if epoch < span.last:
                return index, epoch - span.first + 1
        raise IndexError(epoch)

    def _enter(self, index: int) -> None:
        stage = self.method.plan[index]
        if stage.restart:
            self._restart(stage, index)
        before = self.method.plan[self._stage_index] if self._stage_index >= 0 else None
        self._optimisers = optimisers_for(self.method, stage, before, self._optimisers)
        self._stage_index = index

    def _restart(self, stage: StagePlan, index: int) -> None:
        with initialising(self.plan.seed, "restart", index):
            twin = self.method.twin()
        for name in stage.restart:
            part_named(self.method, name).load_state_dict(part_named(twin, name).state_dict())

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
            losses=tally.means(),
            evaluated=False,
        )
        if self.finished % self.plan.evaluate_every and self.finished != self.epochs:
            return EpochSnapshot(record)
        started = time.perf_counter()
        found = evaluate(self.method, context, self._evaluator, self._extras)
        self.early_stop.see(self.finished, found.fields["validation_accuracy"])
        arrays = self._kept_arrays(context, found)
        seconds = time.perf_counter() - started
        record = replace(record, evaluated=True, evaluation_seconds=seconds, **found.fields)
        return EpochSnapshot(record, found.samples, **arrays)

    def _kept_arrays(self, context: EpochContext, found: Evaluation) -> dict[str, Any]:
        """Features, restorations and an estimated matrix, of the epochs that keep them."""
        stride = math.ceil(self.epochs / HISTORY_ROWS)
        if self.finished % stride and not self.ended:
            return {}
        attempt = self._extras.attempt
        features, unseen = attempt("features", found.kept_features) or (None, None)
        images = attempt("restorations", lambda: previews(self.method, self._evaluator))
        matrix = attempt("the estimated matrix", lambda: transition_of(self.method, context))
        return {
            "probe_features": features,
            "unseen": unseen,
            "previews": images,
            "transition": matrix,
            "joint": found.joint,
        }
