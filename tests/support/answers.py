"""Small answers of a discovery and of a search, and ways in which they may not fit."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.results.folder import Results, open_results
from analysis.results.manifest import ANSWER, SEARCHED
from experiments.commands.main import main

GAIN, SKILL = "scenario.grievance.grievance_gain", "scenario.investigation.skill"
AIMS = ("max harm_averted", "min eu_cost")
KEYS = ("harm_averted", "eu_cost")


def discovery_of(results: Results) -> dict[str, Any]:
    """An answer of `deter discover` about a folder with twelve worlds that differ in two factors."""
    fit = {"coverage": 0.5, "density": 1.0, "mass": 0.25, "worlds": 3, "cases": 3}
    box = {GAIN: {"low": 3.0, "high": None, "among": None, "p_low": 0.01, "p_high": None}}
    rule = {"boxes": [box], "fit": fit, "held_out": fit, "p": 0.01}
    steps = [{"coverage": 1.0, "density": 0.5, "mass": 1.0, "restricted": 0}]
    return {
        "design_hash": results.manifest.design_hash,
        "doctrine": None,
        "against": None,
        "doctrine_title": "Some",
        "conditions": [["harm_averted", "<", 0.3]],
        "either": False,
        "assumed": False,
        "worlds": 12,
        "cases": 6,
        "left_out": 0,
        "replicates": 2,
        "unsure": 1,
        "doubt": {"cases": [5, 7], "coverage": [0.4, 0.6], "density": [0.9, 1.0]},
        "rules": [{"method": "PRIM", **rule}, {"method": "CART", **rule}],
        "steps": [*steps, {"coverage": 0.5, "density": 1.0, "mass": 0.25, "restricted": 1}],
        "chosen": 1,
        "again": {GAIN: {"low": {"share": 0.9, "least": 2.0, "most": 4.0}}},
    }


def search_of(results: Results) -> dict[str, Any]:
    """An answer of `deter search` with two candidates, whose fresh worlds are said to be these."""
    estimates = {key: [0.2, 0.1, 0.3] for key in KEYS}
    values, figures = {"doctrine.clarity": 0.5}, {"harm_averted": 0.2, "eu_cost": 1.0}
    judged = {"searched": figures, "fresh": estimates, "gain": estimates, "front": True}
    sizes = dict.fromkeys(("worlds", "replicates", "fresh_worlds", "fresh_replicates", "leaning_replicates"), 4)
    gain = [0.1, 0.05, 0.15]
    share = {"winner": "balanced", "parameter": "doctrine.clarity", "value": 0.5, "reference": 0.2, "edge": None}
    return {
        "design_hash": results.manifest.design_hash,
        "title": "Small",
        "objectives": [*AIMS],
        "worst": 0.1,
        "main": AIMS[0],
        "reference": "status_quo",
        **sizes,
        "tried": [
            {"values": values, "figures": figures, "generation": 0, "front": False},
            {"values": values, "figures": {"harm_averted": 0.3, "eu_cost": 0.9}, "generation": 1, "front": True},
            {"values": values, "figures": {"harm_averted": 0.1, "eu_cost": 0.8}, "generation": 1, "front": True},
        ],
        "judged": [
            {"name": name, "kind": kind, "values": {"doctrine": name, **values}, **judged}
            for name, kind in (("status_quo", "shipped"), ("balanced", "winner"), ("trial_0001", "front"))
        ],
        "leanings": [
            {"winner": "balanced", "assumption": "", "value": None, "gain": gain},
            {"winner": "balanced", "assumption": SKILL, "value": 0.2, "gain": gain},
        ],
        "shares": [{**share, "gain": gain, "cost": gain}],
        "ranges": {"doctrine.clarity": "0 to 1"},
    }


EXPERIMENT = f"""
title = "Worlds"
question = "What?"
replicates = 2
seed = 3
[design]
kind = "latin"
size = 12
[factors]
"{GAIN}" = {{ low = 1.0, high = 9.0 }}
"{SKILL}" = {{ low = 0.2, high = 0.9 }}
"""
SHORT = ("--set", "scenario.time.weeks=4", "--set", "scenario.time.burn_in=0", "--quiet", "--no-figures")


def of_worlds(folder: Path) -> Results:
    """A folder of twelve worlds, with an answer of each kind."""
    file = folder.with_suffix(".toml")
    file.write_text(EXPERIMENT, "utf-8")
    assert main(["sweep", str(file), "--workers", "1", "--out", str(folder), *SHORT]) == 0
    results = open_results(folder)
    written(folder / ANSWER, discovery_of(results))
    written(folder / SEARCHED, search_of(results))
    return results


def written(path: Path, tree: dict[str, Any], place: Sequence[str | int] = (), value: Any = None) -> Path:
    """Write an answer, with another value in one place."""
    tree = json.loads(json.dumps(tree))
    node: Any = tree
    *inner, last = place or ("design_hash",)
    for key in inner:
        node = node[key]
    node[last] = value if place else node[last]
    path.write_text(json.dumps(tree), "utf-8")
    return path
