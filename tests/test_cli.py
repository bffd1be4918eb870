"""The command line: JSON lines and nothing else, exit codes, resume after a kill, wishes."""

import csv
import json
import os
import signal
import subprocess
import sys

import pytest

from lnl.cli import COMMANDS, main
from lnl.commands import train
from lnl.commands.arguments import nested, parser, spec_of
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support.archives import rewritten

QUICK = ["--dataset", "digits", "--limit", "64", "--epochs", "2", "--threads", "1", "--json"]


@pytest.fixture
def lines(capsys):
    """Run a command that must end well; its JSON lines."""

    def run(*arguments):
        code = main(arguments)
        told = capsys.readouterr()
        assert code == 0
        assert all(line.startswith("lnl: note: ") for line in told.err.splitlines())
        return [json.loads(line) for line in told.out.splitlines()]

    return run


@pytest.fixture
def complaint(capsys):
    """Run a command that must end with that code; its one line on stderr."""

    def run(code, *arguments):
        assert main(arguments) == code
        told = capsys.readouterr()
        assert told.err.count("\n") == 1
        assert told.err.startswith("lnl: ")
        return told.err

    return run


@pytest.fixture
def trained(lines):
    """The lines of a short run."""
    return lines("train", "--method", "selnl", "--rate", "0.3", *QUICK)


def start(*arguments):
    """The command line as a process of its own."""
    command = [sys.executable, "-m", "lnl", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def without_time(record):
    """What does not depend on how fast the machine is."""
    odd = ("seconds", "evaluation_seconds", "images_per_second", "run")
    return {name: value for name, value in record.items() if name not in odd}


def test_train_prints_a_line_an_epoch_and_one_at_the_end(trained):
    *epochs, done = trained
    assert [line["epoch"] for line in epochs] == [1, 2]
    assert {line["event"] for line in epochs} == {"epoch"}
    assert epochs[0]["losses"].keys() >= {"negative_learning"}
    assert done["event"] == "done"
    assert done["test_accuracy"] == epochs[-1]["test_accuracy"]
    assert done["best_test_accuracy"] == max(line["test_accuracy"] for line in epochs)
    assert done["detection"].keys() >= {"precision", "recall", "f1", "auroc"}
    assert done["actual_noise_rate"] == pytest.approx(0.3, abs=0.01)
    assert 0 <= done["estimated_noise_rate"] <= 1
    assert done["seconds"] > 0


def test_the_app_s_store_has_the_run(trained):
    store = RunStore()
    (run,) = store.runs()
    assert run.id == trained[-1]["run"]
    assert (run.status, run.last_epoch, run.epochs) == ("done", 2, 2)
    assert run.name == "SelNL · digits · symmetric 30 % · seed 0"
    assert run.spec.network
    assert run.spec.settings["threshold"] == 0.5
    kept = store.data(run.data.fingerprint)
    assert len(kept.given_labels) == run.data.num_train == 64
    assert store.checkpoint(run.id)["epoch"] == 2
    store.close()


def test_runs_lists_it(trained, lines):
    (run,) = lines("runs", "--json")
    assert run["id"] == trained[-1]["run"]
    assert run["test_accuracy"] == trained[-1]["test_accuracy"]
    assert run["spec"]["method"] == "selnl"
    assert (run["note"], run["tags"], run["starred"]) == ("", [], False)


def test_runs_tells_what_was_said_of_it(trained, lines, capsys):
    store, run_id = RunStore(), trained[-1]["run"]
    store.annotate(run_id, "a note", ["lecture", "week 3"])
    store.star(run_id)
    store.close()
    (run,) = lines("runs", "--json")
    assert (run["note"], run["tags"], run["starred"]) == ("a note", ["lecture", "week 3"], True)
    assert main(["runs"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"* {run_id}")
    assert "[lecture, week 3]" in told


def test_people_get_lines_too(capsys):
    assert main(["train", *QUICK[:-1]]) == 0
    assert main(["runs"]) == 0
    assert main(["methods"]) == 0
    assert main(["datasets"]) == 0
    told = capsys.readouterr().out
    assert "epoch 2/2 train  given 0." in told
    assert "CE · digits · symmetric 40 % · seed 0" in told
    assert "1437 + 360 images" in told


def test_methods_and_datasets_as_json(lines):
    methods = {method["name"]: method for method in lines("methods", "--json")}
    assert {"ce", "nl", "selnl", "selpl", "selnlpl"} <= methods.keys()
    for method in methods.values():
        assert {"name", "title", "source", "parts", "settings"} <= method.keys()
    assert methods["nl"]["settings"]["threshold"]["default"] == 0.5
    datasets = {card["name"]: card for card in lines("datasets", "--json")}
    assert datasets["digits"]["available"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--method", "selnlp"], "unknown method 'selnlp'. Did you mean 'selnlpl'?"),
        (["train", "--dataset", "digit"], "Did you mean 'digits'?"),
        (["train", "--dataset", "MNIST"], "Did you mean 'mnist'?"),
        (["train", "--method", "SelNLPL"], "Did you mean 'selnlpl'?"),
        (["train", "--dataset", "none.npz"], "none.npz"),
        (["train", "--noise", "symetric"], "Did you mean 'symmetric'?"),
        (["train", "--network", "smal-cnn"], "Did you mean 'small-cnn'?"),
        (["train", "--rate", "40"], "must lie in [0, 1], got 40; write 0.4 for 40 %"),
        (["train", "--epochs", "0"], "epochs must be at least 1, got 0"),
        (["train", "--method", "selnlpl", "--epochs", "2"], "at least 3, one for each stage"),
        (["train", "--batch-size", "0"], "batch_size must be at least 1"),
        (["train", "--set", "learning_rate=-1"], "learning_rate"),
        (["train", "--set", "learning_rate"], "takes NAME=VALUE, got 'learning_rate'"),
        (["train", "--set", "colour=red"], "unknown setting 'colour'"),
        (["train", "--noise-set", "colour=red"], "colour"),
        (["train", "--preset", "nothing"], "has no preset 'nothing'"),
        (["train", "--device", "tpu"], "device"),
        (["train", "--precision", "float8"], "precision must be"),
        (["train", "--epochs", "many"], "invalid int value: 'many'"),
        (["resume", "nothing"], "unknown run 'nothing'"),
        (["suspects", "nothing"], "unknown run 'nothing'"),
        (["export", "nothing", "file.zip"], "unknown run 'nothing'"),
        (["import", "nothing.zip"], "nothing.zip cannot be imported"),
        (["datasets", "--download", "digits"], "nothing to download"),
        (["dance"], "invalid choice: 'dance'"),
        ([], "COMMAND"),
    ],
)
def test_bad_input_is_one_line_and_keeps_nothing(complaint, arguments, said):
    assert said in complaint(2, *arguments)
    store = RunStore()
    assert store.runs() == []
    store.close()


def test_an_unknown_command_leads_to_help_that_there_is(complaint):
    assert "(python -m lnl --help lists what there is)" in complaint(2, "bogus")
    assert "(python -m lnl train --help lists" in complaint(2, "train", "--epochs", "x")


def test_a_failed_run_is_one_line_and_exit_code_1(complaint):
    line = complaint(
        1,
        "train",
        "--method",
        "ce",
        "--set",
        "learning_rate=10",
        *QUICK[:-1],
        "--set",
        "weight_decay=1",
        "--epochs",
        "60",
    )
    assert "failed: " in line
    store = RunStore()
    (run,) = store.runs()
    assert run.status == "failed"
    assert run.message in line
    store.close()


def test_a_page_stops_a_run_of_the_command_line(complaint, lines, monkeypatch):
    class StoppedFromAPage(train.Report):
        def _on_epoch(self, run_id, record):
            store = RunStore()
            assert store.want(run_id, "stop")
            store.close()

    with monkeypatch.context() as patch:
        patch.setattr(train, "Report", StoppedFromAPage)
        line = complaint(1, "train", *QUICK)
    store = RunStore()
    (run,) = store.runs()
    store.close()
    assert f"stopped after epoch 1; go on with: python -m lnl resume {run.id}" in line
    assert run.status == "stopped"
    *epochs, done = lines("resume", run.id, "--json")
    assert [line["epoch"] for line in epochs] == [2]
    assert done["run"] == run.id
    assert "finished all its epochs" in complaint(2, "resume", run.id)


def test_kill_9_loses_at_most_the_epoch_in_flight_and_a_resume_is_exact(lines):
    arguments = ["train", "--method", "selnl", "--epochs", "8", "--limit", "600"]
    arguments += ["--threads", "1", "--json"]
    child = start(*arguments)
    told = [json.loads(child.stdout.readline()) for _ in range(3)]
    child.kill()
    rest, _ = child.communicate()
    told += [json.loads(line) for line in rest.splitlines() if line.endswith("}")]
    run_id, reached = told[0]["run"], told[-1]["epoch"]
    assert 3 <= reached < 8
    (listed,) = lines("runs", "--json")
    assert listed["status"] == "interrupted"
    assert "resume to go on" in listed["message"]
    assert reached <= listed["last_epoch"] <= reached + 1
    *epochs, _ = lines("resume", run_id, "--json")
    assert [line["epoch"] for line in epochs] == list(range(listed["last_epoch"] + 1, 9))
    store = RunStore()
    resumed = [without_time(r.scalars()) for r in store.records(run_id)]
    *whole, _ = lines(*arguments)
    store.close()
    events = ({k: v for k, v in line.items() if k != "event"} for line in whole)
    assert resumed == [without_time(line) for line in events]


def test_ctrl_c_stops_within_a_batch_and_says_how_to_go_on():
    child = start("train", "--epochs", "1000", "--limit", "200", "--threads", "1", "--json")
    run_id = json.loads(child.stdout.readline())["run"]
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert f"python -m lnl resume {run_id}" in said
    store = RunStore()
    assert store.run(run_id).status == "interrupted"
    assert store.run(run_id).last_epoch >= 1
    store.close()


def test_a_run_that_another_process_trains_cannot_be_resumed(complaint):
    store = RunStore()
    owner = store.own()
    run = store.create(RunSpec(), owner=owner.token)
    store.set_status(run.id, "running")
    assert "being trained by process" in complaint(2, "resume", run.id)
    owner.release()
    store.close()


def test_bad_input_at_resume_leaves_the_run_as_it_was(complaint):
    store = RunStore()
    run = store.create(RunSpec(dataset="gone.npz"))
    store.set_status(run.id, "stopped", "by hand")
    assert "gone.npz" in complaint(2, "resume", run.id)
    assert (store.run(run.id).status, store.run(run.id).message) == ("stopped", "by hand")
    store.close()


def test_suspects_are_ranked_by_the_clean_score(trained, lines, tmp_path):
    run_id = trained[-1]["run"]
    ranked = lines("suspects", run_id, "--json")
    assert len(ranked) == 64
    scores = [suspect["clean_score"] for suspect in ranked]
    assert scores == sorted(scores)
    store = RunStore()
    kept = store.data(store.run(run_id).data.fingerprint)
    ids, row = store.samples(run_id, 2)
    store.close()
    first = ranked[0]
    assert first["given_label"] == kept.given_labels[first["index"]]
    assert first["true_label"] == kept.true_labels[first["index"]]
    assert first["confidence"] == row.confidence[ids == first["index"]][0]
    path = tmp_path / "suspects.csv"
    (told,) = lines("suspects", run_id, "--csv", str(path), "--json")
    assert told["samples"] == 64
    with path.open(newline="", encoding="utf-8-sig") as file:
        table = list(csv.DictReader(file))
    assert [int(line["row"]) for line in table] == [suspect["row"] for suspect in ranked]
    assert {suspect["row"] for suspect in ranked} != set(range(64)), "a limit takes of all classes"
    assert [int(line["index"]) for line in table] == [suspect["index"] for suspect in ranked]


def test_suspects_needs_a_place_to_write(trained, complaint, tmp_path):
    place = str(tmp_path / "nowhere" / "x.csv")
    assert "cannot be written" in complaint(2, "suspects", trained[-1]["run"], "--csv", place)


def test_export_and_import(trained, lines, complaint, tmp_path):
    run_id, path = trained[-1]["run"], str(tmp_path / "run.zip")
    (told,) = lines("export", run_id, path, "--json")
    assert told["bytes"] > 1000
    assert "exists already" in complaint(2, "export", run_id, path)
    (told,) = lines("import", path, "--json")
    assert told["run"] != run_id
    a, b = lines("suspects", run_id, "--json"), lines("suspects", told["run"], "--json")
    assert a == b


def test_a_run_of_a_newer_version_is_imported_with_a_note_and_not_resumed(
    trained, lines, complaint, tmp_path
):
    path = tmp_path / "run.zip"
    lines("export", trained[-1]["run"], str(path), "--json")

    def newer(files, manifest):
        manifest |= {"format": "1.99", "status": "stopped"}
        manifest["spec"]["flavour"] = "plain"

    (told,) = lines("import", str(rewritten(path, newer)), "--json")
    assert told["message"].startswith("From a newer version of lnl: fields")
    assert "its spec has flavour. Update lnl" in complaint(2, "resume", told["run"])
    (listed,) = (run for run in lines("runs", "--json") if run["id"] == told["run"])
    assert listed["status"] == "stopped"


def test_settings_nest_and_are_json_or_text():
    pairs = ["base=sed", "beta=0", "base.alpha=0.5", "base.base.x=[1, 2]", "on=true", "n=null"]
    assert nested("--set", pairs) == {
        "base": "sed",
        "beta": 0,
        "base_settings": {"alpha": 0.5, "base_settings": {"x": [1, 2]}},
        "on": True,
        "n": None,
    }
    for bad in (["a"], ["=1"], [".a=1"], ["a.=1"], ["a=1", "a=2"]):
        with pytest.raises(BadInput):
            nested("--set", bad)


def test_without_arguments_the_spec_is_the_default():
    assert spec_of(parser(COMMANDS).parse_args(["train"])) == RunSpec()


def test_the_command_line_loads_no_app_and_lists_runs_without_torch():
    code = (
        "import sys; from lnl.cli import main; main(['runs', '--json']);"
        "print([m for m in ('torch', 'streamlit', 'plotly', 'umap') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_report_of_runs_is_one_page(lines, complaint, trained, tmp_path):
    run = trained[-1]["run"]
    file = tmp_path / "all.html"
    (told,) = lines("report", run, str(file), "--json")
    assert (told["event"], told["runs"]) == ("reported", [run])
    assert told["bytes"] == file.stat().st_size
    page = file.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "--method selnl" in page
    assert "*.html" in complaint(2, "report", run, run)
    assert "nothing" in complaint(2, "report", "nothing", str(tmp_path / "other.html"))
