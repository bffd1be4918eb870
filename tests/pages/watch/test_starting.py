"""What Start trains: the default, what form and address say, what is refused."""

from lnl import catalogue
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from tests.support.watch_page import text


def test_the_default_is_ce_beside_selnlpl_on_noisy_digits(app, monkeypatch, healthy):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = healthy(app())
    at.button(key="start").click().run()
    (specs,) = started
    assert [spec.method for spec in specs] == ["ce", "selnlpl"]
    assert {(spec.dataset, spec.noise, spec.rate) for spec in specs} == {
        ("digits", "symmetric", 0.4)
    }
    assert all(spec == RunSpec(method=spec.method) for spec in specs), "else the store keeps it"


def test_the_big_button_of_the_first_screen_starts_the_same(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app()
    at.button(key="start_default").click().run()
    assert started == [[RunSpec(method="ce"), RunSpec(method="selnlpl")]]


def test_a_double_click_starts_once(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app()
    at.button(key="start").click().run()
    at.button(key="start").click().run()
    assert len(started) == 1


def test_what_is_refused_is_said_in_words(app, monkeypatch):
    def refuse(self, specs):
        raise BadInput("20 batches are already queued")

    monkeypatch.setattr(RunManager, "start", refuse)
    at = app()
    at.button(key="start").click().run()
    assert any("20 batches are already queued" in box.value for box in at.error)


def test_settings_and_address_reach_the_run(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app(methods="SelNLPL", rate="20", seed="7", epochs="30", noise="Pair")
    at.number_input(key="selnlpl.digits.threshold").set_value(0.75).run()
    at.button(key="start").click().run()
    ((spec,),) = started
    assert (spec.method, spec.rate, spec.seed, spec.epochs, spec.noise) == (
        "selnlpl",
        0.2,
        7,
        30,
        "pair",
    )
    assert spec.settings == {"threshold": 0.75}, "only what was changed"


def test_a_preset_of_the_paper_can_be_chosen(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app(methods="SelNLPL")
    at.selectbox(key="preset.selnlpl").set_value("paper").run()
    assert "NL 720, SelNL 720, SelPL 720 epochs" in text(at)
    at.button(key="start").click().run()
    assert started == [[RunSpec(method="selnlpl", preset="paper")]]


def test_a_data_set_that_is_not_here_can_be_fetched(app, monkeypatch, tmp_path):
    monkeypatch.setenv("LNL_DATA", str(tmp_path / "nothing"))
    fetched = []

    def fetch(name, progress):
        progress(0.5, "half of it")
        fetched.append(name)
        raise BadInput("no address works")

    at = app(data="MNIST")
    assert any("Not downloaded" in box.value for box in at.warning)
    monkeypatch.setattr(catalogue, "download", fetch)
    at.button(key="download").click().run()
    assert fetched == ["mnist"]
    assert any("no address works" in box.value for box in at.error)


def test_the_schedule_is_told_before_the_start(app):
    at = app(methods="SelNLPL", epochs="30")
    assert "NL 10, SelNL 10, SelPL 10 epochs" in text(at)


def test_the_set_up_says_what_a_method_would_be_told(app, healthy):
    at = healthy(app(methods="ce,co-teaching"))
    (planned,) = [box.value for box in at.caption if "epochs" in box.value and "- CE" in box.value]
    told = [line for line in planned.splitlines() if "uses the noise rate" in line]
    assert [line.startswith("- Co") for line in told] == [True]
