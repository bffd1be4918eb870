"""Trainers of methods by name, on made-up data."""

from lnl.methods.registry import registered
from lnl.training import Plan, Trainer, make_method
from lnl.training.placement import place

CPU = place("cpu", "float32", threads=1)
CLOCK = ("seconds", "evaluation_seconds", "images_per_second")


def scalars(snapshot):
    """A record's numbers without those of the clock."""
    return {k: v for k, v in snapshot.record.scalars().items() if k not in CLOCK}


def numbers(snapshots):
    """Those of each."""
    return [scalars(snapshot) for snapshot in snapshots]


def own_stages(name, data, **settings):
    """The stages of the method's own schedule, those of no epochs left out."""
    entry = registered(name)
    resolved = entry.resolve(data.spec, settings)
    return [stage for stage in entry.cls.schedule(resolved, data.recipe) if stage.epochs]


def trainer_of(
    name, data, epochs=None, *, per_stage=None, seed=0, batch_size=32, placement=CPU, **settings
):
    """At ``epochs`` in all, at so many ``per_stage``, or at the method's own."""
    stages = own_stages(name, data, **settings)
    own = per_stage * len(stages) if per_stage else sum(stage.epochs for stage in stages)
    method = make_method(name, data, seed=seed, epochs=epochs or own, **settings)
    return Trainer(method, data, Plan(seed, batch_size, placement))
