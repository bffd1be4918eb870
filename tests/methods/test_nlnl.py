"""The invariants of NLNL and its parts (methods-core 2.1 to 2.6)."""

import pytest
import torch
from torch.nn import functional as F

from lnl.methods.nlnl.method import default_draws
from lnl.methods.registry import registered
from lnl.training.placement import place
from tests.support.trainers import trainer_of

CPU = place("cpu", "float32", threads=1)


def weights(trainer):
    return {k: v.clone() for k, v in trainer.method.network.state_dict().items()}


def parameters(trainer):
    return {k: v.detach().clone() for k, v in trainer.method.network.named_parameters()}


def same(a, b):
    return all(torch.equal(a[k], b[k]) for k in a)


def test_stages_and_rates_are_the_papers():
    entry = registered("nlnl")
    chosen = entry.cls.Settings(**entry.card.defaults)
    assert (chosen.nl_epochs, chosen.selnl_epochs, chosen.selpl_epochs) == (720, 720, 720)
    assert (chosen.filtered_epochs, chosen.soft_epochs) == (480, 480)
    assert (chosen.learning_rate, chosen.selpl_learning_rate) == (0.02, 0.1)


def test_each_part_leaves_out_its_stages(blobs):
    def stages(name):
        return [s.name for s in trainer_of(name, blobs, epochs=10).stages]

    assert stages("nl") == ["nl"]
    assert stages("selnl") == ["nl", "selnl"]
    assert stages("selpl") == ["nl", "selpl"]
    assert stages("selnlpl") == ["nl", "selnl", "selpl"]
    assert stages("nlnl") == ["nl", "selnl", "selpl", "filtered", "soft"]


def test_table_7_rows_are_stages_left_out_before_pseudo_labelling(blobs):
    row_4 = trainer_of("nlnl", blobs, epochs=6, selnl_epochs=0, selpl_epochs=0)
    assert [s.name for s in row_4.stages] == ["nl", "filtered", "soft"]


def test_rate_goes_up_for_selpl_and_momentum_is_kept(blobs):
    trainer = trainer_of("selnlpl", blobs, epochs=3, learning_rate=0.02, selpl_learning_rate=0.1)
    rates, optimisers = [], []
    for snapshot in trainer:
        rates.append(snapshot.record.learning_rates["network"])
        optimisers.append(trainer._optimisers["network"])
    assert rates == [0.02, 0.02, 0.1]
    assert optimisers[0] is optimisers[2]


def test_confidence_is_the_mean_of_the_filled_slots(blobs):
    trainer = trainer_of("selnlpl", blobs, epochs=15)  # 5 epochs of NL: a window of 2
    rows = []
    for snapshot in trainer:
        rows.append(trainer.method.current.clone())
        expected = torch.stack(rows[-2:]).mean(0)
        torch.testing.assert_close(trainer.method.confidence, expected)
        assert snapshot.record.epoch == len(rows)


def test_history_is_what_the_training_pass_saw(blobs):
    trainer = trainer_of("nl", blobs, epochs=1)
    seen = {}
    original = trainer.method.training_step

    def spy(step):
        output = original(step)
        p = output.shown["network"].logits.detach().softmax(1)
        p_y = p.gather(1, step.batch.given_labels[:, None])[:, 0]
        seen.update(zip(step.batch.index.tolist(), p_y.tolist(), strict=True))
        return output

    object.__setattr__(trainer.method, "training_step", spy)
    next(trainer)
    expected = torch.tensor([seen[i] for i in range(len(blobs.given_labels))])
    torch.testing.assert_close(trainer.method.confidence, expected)


def test_selnl_with_all_selected_is_nl_bit_for_bit(blobs):
    nl = trainer_of("nl", blobs, epochs=1)
    selnl = trainer_of("selnl", blobs, epochs=1, nl_epochs=0)
    assert selnl.method.confidence.eq(1).all()
    next(nl), next(selnl)
    assert same(weights(nl), weights(selnl))


def test_selpl_with_all_selected_is_cross_entropy(blobs):
    selpl = trainer_of("selpl", blobs, epochs=1, nl_epochs=0, selpl_learning_rate=0.05)
    ce = trainer_of("ce", blobs, epochs=1, learning_rate=0.05)
    next(selpl), next(ce)
    for a, b in zip(weights(selpl).values(), weights(ce).values(), strict=True):
        torch.testing.assert_close(a, b)


def test_nothing_selected_moves_nothing(blobs):
    trainer = trainer_of("selpl", blobs, epochs=2, threshold=1.0)
    next(trainer)
    before = parameters(trainer)
    record = next(trainer).record
    assert record.stage == "selpl"
    assert record.losses == {}
    assert record.estimated_noise_rate == 1.0
    assert same(before, parameters(trainer))


def test_the_history_goes_on_where_nothing_is_selected(blobs):
    trainer = trainer_of("selpl", blobs, epochs=4, threshold=1.0)
    next(trainer), next(trainer)
    method = trainer.method
    seen = int(method.seen)
    before = method.current.clone()
    next(trainer)
    assert int(method.seen) == seen + 1
    assert not torch.equal(before, method.current), "batch norm goes on, and so does p_y"
    assert torch.equal(method.past[:, seen % int(method.window)], method.current)


@pytest.mark.parametrize("name", ["selnl", "selpl", "nlnl"])
def test_a_batch_of_which_nothing_is_kept_is_no_step(name, blobs):
    """Batches of 32: with few kept many batches have none, and momentum must not move there."""
    trainer = trainer_of(name, blobs, epochs=5, nl_epochs=1)
    method, original = trainer.method, trainer.method.training_step
    found = []

    def spy(step):
        selects = step.stage.name in ("selnl", "selpl", "filtered")
        before = parameters(trainer)
        output = original(step)
        kept = method._kept(step.stage)[step.batch.index]
        if selects:
            assert step.selected == int(kept.sum())
            assert (output.losses == {}) == (not kept.any())
            found.append((before, not kept.any()))
        return output

    after = method.after_step
    moved = []

    def look(step):
        if found and step.stage.name in ("selnl", "selpl", "filtered"):
            before, nobody = found.pop()
            moved.append((nobody, not same(before, parameters(trainer))))
        after(step)

    object.__setattr__(method, "training_step", spy)
    object.__setattr__(method, "after_step", look)
    next(trainer)
    method.confidence.fill_(0.0)
    method.confidence[:3] = 1.0
    next(trainer)
    assert {nobody for nobody, _ in moved} == {True, False}
    assert all(nobody != has_moved for nobody, has_moved in moved)


def test_unselected_rows_have_no_gradient(blobs):
    trainer = trainer_of("selnlpl", blobs, epochs=3)
    method = trainer.method
    method.confidence[::2] = 0.0
    seen = []
    original = method.training_step

    def spy(step):
        output = original(step)
        if step.stage.name == "nl":
            return output
        shown = output.shown["network"]
        if not output.losses:
            return output
        (total,) = output.losses.values()
        (grad,) = torch.autograd.grad(total, shown.logits, retain_graph=True)
        assert (grad[~shown.selected] == 0).all()
        seen.append(shown.selected.float().mean())
        return output

    object.__setattr__(method, "training_step", spy)
    list(trainer)
    assert seen


def test_complementary_labels_grow_with_the_classes():
    assert [default_draws(k) for k in (2, 10, 14, 100, 200)] == [1, 1, 2, 110, 442]
    assert [default_draws(k, times=5) for k in (2, 10, 100)] == [1, 5, 550]


def test_selection_is_a_cut_of_the_scores_and_gives_the_estimated_rate(blobs):
    for snapshot in trainer_of("selnlpl", blobs, epochs=9):
        record, samples = snapshot.record, snapshot.samples
        if record.stage == "nl":
            assert record.reading == "confidence"
            continue
        assert record.threshold == (0.25 if record.stage == "selnl" else 0.5)
        assert record.estimated_noise_rate == pytest.approx((~samples.selected).mean())


def test_pseudo_label_stages_start_new_networks_and_keep_the_filter(blobs):
    trainer = trainer_of(
        "nlnl", blobs, nl_epochs=12, selnl_epochs=6, selpl_epochs=4,
        filtered_epochs=4, soft_epochs=3, threshold=0.25, learning_rate=0.1,
    )  # fmt: skip
    firsts, kept = {}, {}
    for snapshot in trainer:
        stage = snapshot.record.stage
        firsts.setdefault(stage, weights(trainer))
        kept.setdefault(stage, []).append(snapshot.samples.selected)
        if stage == "filtered" and snapshot.record.epoch == trainer.stages[3].last:
            torch.testing.assert_close(
                trainer.method.soft.sum(1), torch.ones(len(blobs.given_labels))
            )
    assert not same(firsts["selpl"], firsts["filtered"])
    assert not same(firsts["filtered"], firsts["soft"])
    frozen = kept["selpl"][-1]
    assert all((row == frozen).all() for row in kept["filtered"] + kept["soft"])


def test_filtered_stage_does_not_read_labels_of_distrusted_samples(blobs):
    def final(change):
        trainer = trainer_of("nlnl", blobs, nl_epochs=0, selnl_epochs=0, selpl_epochs=0, epochs=2)
        trainer.method.confidence[::3] = 0.0
        if change:
            trainer.method.given_labels[::3] = trainer.method.given_labels[::3].flip(0)
        next(trainer)
        return weights(trainer)

    assert same(final(False), final(True))


def test_soft_labels_replace_only_what_is_distrusted(blobs):
    trainer = trainer_of("nlnl", blobs, nl_epochs=0, selnl_epochs=0, selpl_epochs=0, epochs=2)
    next(trainer)
    method, seen = trainer.method, []
    method.confidence[::3] = 0.0
    original = method.training_step

    def spy(step):
        output = original(step)
        shown = output.shown["network"]
        given = F.one_hot(shown.given_labels, 4).float()
        trusted = (shown.index % 3 != 0)[:, None]
        targets = torch.where(trusted, given, method.soft[shown.index])
        expected = -(targets * shown.logits.log_softmax(1)).sum(1).mean()
        torch.testing.assert_close(output.losses["soft_cross_entropy"], expected)
        seen.append(step.stage.name)
        return output

    object.__setattr__(method, "training_step", spy)
    next(trainer)
    assert set(seen) == {"soft"}


def test_class_weights_are_the_released_codes(blobs):
    trainer = trainer_of("nl", blobs, epochs=1, class_weight=True)
    counts = torch.bincount(trainer.method.given_labels)
    torch.testing.assert_close(trainer.method.class_weights, counts.max() / counts)
    next(trainer)
