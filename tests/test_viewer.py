"""The model in Mesa's viewer, as `docs/examples/viewer.py` has it: it steps, plays, and starts anew as it is set."""

import importlib.util
import inspect
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from support.browser import needs_browser
from support.devtools import tab
from support.paths import ROOT

from model.deterrence import DeterrenceModel
from model.loading import shipped

solara = pytest.importorskip("solara", reason="needs the extra viewer")
if not hasattr(solara.v, "TabsItems"):
    pytest.skip("needs ipyvuetify below 2, as the extra viewer says", allow_module_level=True)
FILE = ROOT / "docs" / "examples" / "viewer.py"


@pytest.fixture
def viewer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of the example, with a short burn-in."""
    found = importlib.util.spec_from_file_location("viewer", FILE)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setitem(module.PARAMETERS, "scenario__time__burn_in", 4)
    return module


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[DeterrenceModel, dict[str, Any]]]:
    """The models that are made, without their twins, each with its keywords."""
    models: list[tuple[DeterrenceModel, dict[str, Any]]] = []
    before = DeterrenceModel.__init__

    def watched(self: DeterrenceModel, *arguments: Any, **kwargs: Any) -> None:
        before(self, *arguments, **kwargs)
        if not kwargs.get("reference"):
            models.append((self, kwargs))

    monkeypatch.setattr(watched, "__signature__", inspect.signature(before), raising=False)
    monkeypatch.setattr(DeterrenceModel, "__init__", watched)
    return models


def test_every_parameter_of_the_example_is_one_of_the_model(viewer: ModuleType) -> None:
    from mesa.visualization import solara_viz

    solara_viz._check_model_params(DeterrenceModel.__init__, viewer.PARAMETERS)
    assert viewer.start().configuration.doctrine.clarity == viewer.PARAMETERS["doctrine__clarity"].value


def test_sliders_start_at_the_doctrine_that_is_chosen_first(viewer: ModuleType) -> None:
    own = DeterrenceModel("illustrative", viewer.PARAMETERS["doctrine"]["value"], twin=False).configuration.doctrine
    for name in ("clarity", "attribution_confidence", "proportionality"):
        slider = viewer.PARAMETERS[f"doctrine__{name}"]
        assert slider.value == pytest.approx(getattr(own, name), abs=slider.step / 2)


@pytest.mark.parametrize("scenario", shipped("scenarios"))
def test_every_scenario_can_be_chosen(viewer: ModuleType, scenario: str) -> None:
    viewer.PARAMETERS["scenario"]["value"] = scenario
    model = viewer.start()
    model.step()
    assert model.week == 1


def test_the_models_own_scenario_takes_no_keywords_place() -> None:
    # from 3.5 on Mesa's viewer puts what stands here into the keyword `scenario` of a new model
    assert not getattr(DeterrenceModel("illustrative", twin=False), "scenario", None)


def test_the_page_steps_and_starts_anew_with_what_is_set(
    viewer: ModuleType, made: list[tuple[DeterrenceModel, dict[str, Any]]]
) -> None:
    import ipyvuetify

    _, page = solara.render(solara.AppLayout(children=[viewer.Page()]), handle_error=False)
    (model, _) = made[-1]

    def press(label: str) -> None:
        next(each for each in page.find(ipyvuetify.Btn).widgets if label in each.children).click()

    press("Step")
    assert model.week == model.twin.week == viewer.QUARTER
    slider = next(each for each in page.find(ipyvuetify.Slider).widgets if str(each.label).startswith("Clarity"))
    slider.v_model = 0.9
    assert len(made) == 1
    press("Reset")
    assert len(made) == 2
    again, kwargs = made[-1]
    assert (again.week, again.configuration.doctrine.clarity, kwargs["scenario"]) == (0, 0.9, "illustrative")
    press("Step")
    assert again.week == viewer.QUARTER
    page.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which `solara run` serves the example."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    words = [sys.executable, "-m", "solara", "run", str(FILE), "--port", str(port), "--no-open", "--production"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            while server.poll() is None:
                try:
                    with urlopen(address, timeout=60):
                        break
                except (URLError, OSError):
                    continue
            assert server.poll() is None, (folder / "server.log").read_text()
            _check_scripts(address)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _check_scripts(address: str) -> None:
    """Skip where the page's scripts can be had neither from the net nor from the package solara-assets."""
    with urlopen(address, timeout=60) as page:
        scripts = re.findall(r'src="([^"]*/_solara/cdn/[^"]*)"', page.read().decode())
    try:
        for script in scripts[:1]:
            urlopen(urljoin(address, script), timeout=60).close()
    except HTTPError:
        pytest.skip("neither a network nor solara-assets")


@pytest.mark.slow
@needs_browser
def test_in_a_browser_it_loads_steps_plays_and_starts_anew(tmp_path: Path) -> None:
    text = "(document.body ? document.body.innerText : '')"
    with served(tmp_path) as address, tab(address, tmp_path) as page:
        page.wait_until(f"{text}.includes('Burn-in, 52 weeks to go')")
        page.wait_until("document.querySelectorAll('img').length >= 5")
        page.press("STEP")
        page.wait_until(f"{text}.includes('Burn-in, 39 weeks to go')")
        page.press("▶")
        page.wait_until(f"{text}.includes('Week 13 of 520')")
        page.press("❚❚")
        sliders = "[...document.querySelectorAll('[role=slider]')]"
        slider = f"{sliders}.find(each => each.getAttribute('aria-label')?.startsWith('Clarity'))"
        page.wait_until(f"!!{slider}")
        page.value(f"{slider}.focus()")
        for kind in ("keyDown", "keyUp"):
            page.call(
                "Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39
            )
        page.wait_until(f"{slider}.getAttribute('aria-valuenow') === '0.45'")
        time.sleep(2.0)  # until the server has heard of it
        page.press("RESET")
        page.wait_until(f"{text}.includes('Burn-in, 52 weeks to go') && /clarity 0\\.45,/.test({text})")
        # what a script of a library lacks where there is no network is none of ours
        assert [error for error in page.errors if "Script error for" not in error] == []
        assert "Traceback" not in (tmp_path / "server.log").read_text()
