"""Wrong designs: each mistake gets one message, before the first run, and nothing is written."""

from pathlib import Path

from support.mistakes import Capture, by_name, one_answer

from experiments.commands.main import WRONG_INPUT, main

HEAD = """
title = "Small"
question = "What is wrong?"
"""
RATCHET = '"doctrine.ratchet" = { low = 0.01, high = 1.0, scale = "log" }'
RANGE = '"doctrine.clarity" = { low = 0.2, high = 0.6 }'
LEVELS = '"doctrine.clarity" = [0.2, 0.6]'
SMALL = "replicates = 2\nseed = 3\n"
DIGITS = "9" * 400
GRID = ("doctrine.clarity", "doctrine.firmness", "doctrine.ratchet")
WRONG = {
    "unknown kind": (LEVELS, 'kind = "latn"', "design.kind = 'latn': is not a kind of design; did you mean 'latin'?"),
    "no kind": (LEVELS, "size = 4", "design.kind: is missing; allowed: grid, list, zip"),
    "no size": (RANGE, 'kind = "latin"', "design.size: is missing"),
    "size in a grid": (LEVELS, 'kind = "grid"\nsize = 4', "design.size: unknown key"),
    "size of one": (RANGE, 'kind = "latin"\nsize = 1', "design.size = 1: is out of range"),
    "half a point": (RANGE, 'kind = "latin"\nsize = 8.5', "design.size = 8.5: is not a whole number"),
    "a range in a grid": (RANGE, "", 'factors."doctrine.clarity" =', "needs levels", "[0.2, 0.6]"),
    "a range in a zip": (RANGE, 'kind = "zip"', "design.kind = 'zip' needs levels", "latin, sobol"),
    "levels in a sample": (LEVELS, 'kind = "latin"\nsize = 4', "draws from ranges; allowed", "low = 0.2, high = 0.6"),
    "one name in a sample": ('"doctrine.voting_rule" = ["qmv"]', 'kind = "latin"\nsize = 4', "has one level"),
    "a crossed range": (f"{RANGE}\nswitches.norms = [true, false]",
        'kind = "latin"\nsize = 4\ncross = ["doctrine.clarity"]', 'is a range; only levels can be crossed'),
    "crossing what is no factor": (RANGE, 'kind = "latin"\nsize = 4\ncross = ["doctrine.clarty"]',
        "design.cross = 'doctrine.clarty': is no factor; did you mean 'doctrine.clarity'?"),
    "crossing everything": (LEVELS, 'kind = "latin"\nsize = 4\ncross = ["doctrine.clarity"]', "leaves no factor"),
    "crossing twice": (f"{RANGE}\nswitches.norms = [true, false]",
        'kind = "latin"\nsize = 4\ncross = ["switches.norms", "switches.norms"]', "is named twice"),
    "crossing in a grid": (LEVELS, 'kind = "grid"\ncross = ["doctrine.clarity"]', "crosses all factors"),
    "low above high": (RANGE.replace("0.2", "0.7"), 'kind = "latin"\nsize = 4', 'factors."doctrine.clarity".low = 0.7',
        "is not below high"),
    "low equals high": (RANGE.replace("0.2", "0.6"), 'kind = "latin"\nsize = 4', "is not below high"),
    "logarithm of zero": ('"doctrine.ratchet" = { low = 0, high = 1, scale = "log" }', 'kind = "latin"\nsize = 4',
        "low = 0: has no logarithm; allowed: more than 0"),
    "exponential below zero": ('"doctrine.ratchet" = { low = -1, high = 1, scale = "exponential" }',
        'kind = "latin"\nsize = 4', "low = -1: is outside the range of the distribution; allowed: 0 to less than 30"),
    "unknown scale": ('"doctrine.ratchet" = { low = 0.1, high = 1, scale = "lg" }', 'kind = "latin"\nsize = 4',
        "scale = 'lg': is not among the choices; did you mean 'log'?"),
    "misspelt end": ('"doctrine.ratchet" = { low = 0.1, hihg = 1 }', 'kind = "latin"\nsize = 4', "mean 'high'?"),
    "no end": ('"doctrine.ratchet" = { low = 0.1 }', 'kind = "latin"\nsize = 4', '"doctrine.ratchet".high: is missing'),
    "end that is no number": ('"doctrine.ratchet" = { low = 0.1, high = true }', 'kind = "latin"\nsize = 4',
        "high = true: is not a number"),
    "end that is not finite": ('"doctrine.ratchet" = { low = 0.1, high = inf }', 'kind = "latin"\nsize = 4', "finite"),
    "end outside": (RANGE.replace("0.6", "1.6"), 'kind = "latin"\nsize = 4',
        'factors."doctrine.clarity".high = 1.6: is out of range; allowed: 0 to 1'),
    "end that is no week": ('"doctrine.campaign_interval" = { low = 0.5, high = 9 }', 'kind = "latin"\nsize = 4',
        ".low = 0.5: is not a whole number"),
    "range of a switch": ('"switches.norms" = { low = 0, high = 1 }', 'kind = "latin"\nsize = 4', "not true or false"),
    "range of nothing": ('"doctrine.clarty" = { low = 0, high = 1 }', 'kind = "latin"\nsize = 4', "no such parameter",
        "mean 'doctrine.clarity'?"),
    "unknown doctrine": (f'{RANGE}\ndoctrine = ["none", "status_qo"]', 'kind = "latin"\nsize = 4\ncross = ["doctrine"]',
        "= 'status_qo'", "mean 'status_quo'?"),
    "sobol size": (RANGE, 'kind = "sobol"\nsize = 100', "design.size = 100: is not a power of two", "64 or 128"),
    "saltelli size": (RANGE, 'kind = "saltelli"\nsize = 3', "design.size = 3: is not a power of two", "2 or 4"),
    "odd lattice": (RANGE, 'kind = "morris"\ntrajectories = 4\nlevels = 5', "design.levels = 5: is odd"),
    "lattice too small": ('"doctrine" = ["none", "status_quo", "coalition", "swift_qmv", "clear_ladder"]',
        'kind = "morris"\ntrajectories = 4', "design.levels = 4: is less than the 5 levels of doctrine", "5 or more"),
    "more points than there are": ('"switches.norms" = [true, false]', 'kind = "sobol"\nsize = 4', "more than the 2"),
    "too many points": (f"{RANGE}\n{RATCHET}", 'kind = "saltelli"\nsize = 524288', "2,097,152 points"),
    "saltelli under a constraint": (RANGE, 'kind = "saltelli"\nsize = 4\nconstraints = ["doctrine.clarity > 0"]',
        "design.constraints: would break the structure of a saltelli design", "allowed: grid, list, zip, latin, sobol"),
    "morris under a constraint": (RANGE, 'kind = "morris"\ntrajectories = 4\nconstraints = ["doctrine.clarity > 0"]',
        "would break the structure of a morris design"),
    "a constraint that nothing meets": (LEVELS, 'kind = "grid"\nconstraints = ["doctrine.clarity > 1"]',
        "design.constraints = 'doctrine.clarity > 1': excludes all of the 2 points"),
    "constraints that nothing meets": (LEVELS,
        'kind = "grid"\nconstraints = ["doctrine.clarity > 0.5", "doctrine.clarity < 0.5"]', "excludes all"),
    "an unknown name": (LEVELS, 'kind = "grid"\nconstraints = ["doctrine.clarty > 1"]',
        "names doctrine.clarty, which is neither a parameter", "mean 'doctrine.clarity'?"),
    "a section's name": (LEVELS, 'kind = "grid"\nconstraints = ["doctrine == 1"]', "names doctrine, which is"),
    "no constraint": (LEVELS, 'kind = "grid"\nconstraints = ["doctrine.clarity"]', "is a number where"),
    "constraint by number": (LEVELS, 'kind = "grid"\nconstraints = [1]', "design.constraints.0 = 1: is not a text"),
    "one constraint, not a list": (LEVELS, 'kind = "grid"\nconstraints = "true"', "is not a list"),
    "zip of two lengths": (f'{LEVELS}\n"doctrine.ratchet" = [1, 2, 3]', 'kind = "zip"', "has 3 levels, and"),
    "zip with a point twice": ('"doctrine.clarity" = [0, 1, 0]\n"doctrine.ratchet" = [1, 1, 1.0]', 'kind = "zip"',
        "factors: make the same point twice: doctrine.clarity = 0, doctrine.ratchet = 1"),
    "no points": ("", 'kind = "list"\npoints = []', "design.points: has no entries"),
    "a list without points": ("", 'kind = "list"', "design.points: is missing"),
    "points that are none": ("", 'kind = "list"\npoints = [1]', "design.points.0 = 1: is not a table"),
    "an empty point": ("", 'kind = "list"\npoints = [{}]', "design.points.0: is empty"),
    "a point twice": ("", 'kind = "list"\npoints = [{ doctrine.clarity = 1 }, { doctrine.clarity = 1.0 }]',
        "design.points.1", "is the same point as 0"),
    "a point that lacks a factor": ("", 'kind = "list"\npoints = [{ doctrine.clarity = 1, doctrine.ratchet = 1 }, '
        "{ doctrine.clarity = 0 }]", 'design.points.1."doctrine.ratchet": is missing here'),
    "a factor beside a list": (LEVELS, 'kind = "list"\npoints = [{ doctrine.ratchet = 1 }]', "is not crossed"),
    "a value outside in a list": ("", 'kind = "list"\npoints = [{ doctrine.clarity = 2 }]',
        'design.points."doctrine.clarity" = 2: is out of range'),
    "a list in a point": ("", 'kind = "list"\npoints = [{ doctrine.clarity = [0, 1] }]', "is not a single value"),
    "conditions by the thousand": (LEVELS, f"kind = 'grid'\nconstraints = {['doctrine.clarity < 1'] * 20_000}",
        "design.constraints: holds 20,000 conditions; allowed: 100 or fewer"),
    "a condition of many digits": (LEVELS, f'kind = "grid"\nconstraints = ["doctrine.clarity * {DIGITS} < 1"]',
        "too large"),
    "parentheses by the hundred": (LEVELS, f'kind = "grid"\nconstraints = ["{"(" * 300}1{")" * 300} < 2"]',
        "is no condition"),
    "points by the billion": ("\n".join(f'"{path}" = {list(range(1000))}' for path in GRID), "",
        "make 1,000,000,000 points"),
    "points beyond counting": ("\n".join(f"x{number} = {list(range(10))}" for number in range(4500)), "",
        "make far more than a trillion points, which is too many"),
    "values by the ten million": ("\n".join(f"x{number} = {{ low = 0, high = 1 }}" for number in range(4000)),
        'kind = "sobol"\nsize = 65536', "design: make 65,536 points of 4,000 factors, which is too many values"),
    "a level of many digits": (f'"doctrine.clarity" = [0, {DIGITS}]', "",
        'factors."doctrine.clarity" = 9', "is out of range"),
    "a range of many digits": (f'"doctrine.clarity" = {{ low = 0, high = {DIGITS} }}', 'kind = "latin"\nsize = 4',
        "is not a finite number"),
    "a size of many digits": (RANGE, f'kind = "latin"\nsize = {DIGITS}', "is out of range"),
    "design by number": (LEVELS, None, "design = 1: is not a table"),
}  # fmt: skip


@by_name(WRONG)
def test_a_wrong_design(case: tuple[str, ...], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    factors, plan, *said = case
    table = "design = 1" if plan is None else f"[design]\n{plan}" if plan else ""
    path = tmp_path / "mine.toml"
    path.write_text(f"{HEAD}{SMALL}{table}\n" + (f"[factors]\n{factors}\n" if factors else ""))
    for more in ([], ["--dry-run"]):
        assert main(["sweep", str(path), "--out", str(tmp_path / "out"), *more]) == WRONG_INPUT
        one_answer(capsys, f"deter: {path}: ", *said)
    assert [left.name for left in tmp_path.iterdir()] == ["mine.toml"]


TOPS = {
    "no such metric": ("precision = { deterence_rate = 0.1 }", "precision.deterence_rate", "mean 'deterrence_rate'?"),
    "half-width of many digits": (f"precision = {{ deterrence_rate = {DIGITS} }}", "is no half-width"),
    "replicates without end": (f"replicates = {10**18}", f"replicates = {10**18}: is out of range"),
    "replicates of many digits": (f"replicates = {DIGITS}", "is out of range; allowed: 1 to 1000000"),
    "a day for replicates": ("replicates = 2019-05-17", "replicates = 2019-05-17: is not a whole number"),
    "yes for replicates": ("replicates = true", "replicates = true: is not a whole number"),
    "no half-width": ("precision = { deterrence_rate = 0 }", "precision.deterrence_rate = 0: is no half-width"),
    "negative half-width": ("precision = { deterrence_rate = -0.1 }", "is no half-width; allowed: more than 0"),
    "half-width in words": ("precision = { deterrence_rate = 'fine' }", "= 'fine': is no half-width"),
    "floor too low": ("replicates = { at_least = 9, at_most = 90 }\nprecision = { deterrence_rate = 0.1 }",
        "replicates.at_least = 9: is out of range; allowed: 10 to"),
    "ceiling below the floor": ("replicates = { at_least = 20, at_most = 10 }\nprecision = { deterrence_rate = 0.1 }",
        "replicates.at_most = 10: is below at_least; allowed: 20 or more"),
    "no ceiling": ("replicates = { at_least = 20 }\nprecision = { deterrence_rate = 0.1 }", "at_most: is missing"),
    "precision without a table": ("replicates = 20\nprecision = { deterrence_rate = 0.1 }", "= 20: is a single number"),
    "table without a precision": ("replicates = { at_least = 20, at_most = 30 }", "is useful only with a precision"),
    "no such engine": ("engine = 'mesah'", "engine = 'mesah': is not among the choices; did you mean 'mesa'?"),
    "a model on the compiled engine": ("engine = 'compiled'\nmodel = 'x.py:Mine'", "allowed: mesa"),
    "a model that is no class": ("model = 'mine'", "model = 'mine'", "file.py:Class"),
    "a model in no file": ("model = 'x.py:Mine'", "model = 'x.py:Mine'", "No such file"),
}  # fmt: skip


@by_name(TOPS)
def test_what_is_wrong_beside_the_design(case: tuple[str, ...], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    top, *said = case
    given = (
        "" if "replicates" in top else "replicates = { at_least = 20, at_most = 30 }\n" if "precision" in top else SMALL
    )
    path = tmp_path / "mine.toml"
    path.write_text(f"{HEAD}{given}{top}\n" + ("" if "seed" in given else "seed = 3\n") + f"[factors]\n{LEVELS}\n")
    assert main(["sweep", str(path), "--out", str(tmp_path / "out")]) == WRONG_INPUT
    one_answer(capsys, "deter: ", *said)
