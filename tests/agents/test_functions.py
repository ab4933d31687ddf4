"""The rules' own functions: as exact as they say, the same bits compiled or not, and no others are called."""

import ast
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr
from support.digests import of_functions
from support.loops import LOOPS, exps, logs, normal_laws, powers, turns, values
from support.paths import ROOT

from agents.foundation.functions import exp, log, normal_law, real_power, turn

SMALLEST, LARGEST = 2.0**-1022, math.nextafter(math.inf, 0.0)
SHARE = st.floats(-(2.0**20), 2.0**20)
EVERY = 100
"""The ordinary test looks at one argument of so many."""
MILLION = 1_000_000

# errors


def drawn(count: int, *law: float) -> np.ndarray:
    """Uniforms between two ends, or with a third number around the first at distances of many orders of magnitude."""
    chance = np.random.default_rng(20170619)
    if len(law) == 2:
        return chance.uniform(*law, count)
    near, nearest, farthest = law
    around = near + chance.choice([-1.0, 1.0], count) * 10.0 ** chance.uniform(nearest, farthest, count)
    return around[around != near]


def one_result(loop: Callable[..., None]) -> Callable[[np.ndarray], np.ndarray]:
    """A loop as a function."""

    def function(x: np.ndarray) -> np.ndarray:
        y = np.empty(len(x))
        loop(x, y)
        return y

    return function


def cosine(x: np.ndarray) -> np.ndarray:
    """Cosines by `turns`."""
    turns(x, y := np.empty(len(x)), np.empty(len(x)))
    return y


def sine(x: np.ndarray) -> np.ndarray:
    """Sines by `turns`."""
    turns(x, np.empty(len(x)), y := np.empty(len(x)))
    return y


FUNCTIONS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[float], Any], float]] = {
    "exp": (one_result(exps), mpmath.exp, 1.0),
    "log": (one_result(logs), mpmath.log, 1.0),
    "cosine": (cosine, lambda x: mpmath.cospi(2 * mpmath.mpf(x)), 2.0),
    "sine": (sine, lambda x: mpmath.sinpi(2 * mpmath.mpf(x)), 2.0),
}
"""Each with the exact one, and the largest error that its docstring allows in units in the last place."""
SPREAD = {  # arguments all over, and where errors are largest or cancellation threatens
    "exp": ((-708.0, 709.0), (-1.0, 1.0), (0.33, 0.36), (0.0, -12, -1)),
    "log": ((0.5, 2.0), (0.7, 0.72), (SMALLEST, LARGEST), (1.0, -15, -1), (0.0, -307, 308)),
    "cosine": ((-1.0, 1.0), (0.11, 0.125), (-(2.0**20), 2.0**20), (0.25, -12, -1), (-1.25, -12, -1)),
    "sine": ((-1.0, 1.0), (0.08, 0.09), (-(2.0**20), 2.0**20), (0.5, -12, -1), (-3.0, -12, -1)),
}


def worst(name: str, x: np.ndarray) -> float:
    """The largest error of a function at these arguments, in units in the last place of the exact value."""
    function, exact, _ = FUNCTIONS[name]
    with mpmath.workprec(100):
        pairs = ((y, exact(at)) for at, y in zip(x.tolist(), function(x).tolist(), strict=True))
        return max(float(abs(y - true)) / math.ulp(float(true)) for y, true in pairs)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("share", [EVERY, pytest.param(1, marks=pytest.mark.slow)])
def test_errors_are_within_the_bounds_that_are_stated(name: str, share: int) -> None:
    count = MILLION // len(SPREAD[name]) // share
    x = np.concatenate([drawn(count, *law) for law in SPREAD[name]])
    if name == "log":
        x = np.abs(x)
    assert 0.5 < worst(name, x) < FUNCTIONS[name][2]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_error_of_one_unit_more_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, exact, bound = FUNCTIONS[name]
    x = drawn(2000, 0.7, 0.9)
    monkeypatch.setitem(FUNCTIONS, name, (lambda x: np.nextafter(function(x), np.inf), exact, bound))
    assert worst(name, x) > 1.0


FARTHEST = 40.0
"""Where both the density and a tail of the normal distribution are nothing."""


@pytest.mark.parametrize("share", [EVERY, pytest.param(1, marks=pytest.mark.slow)])
def test_the_normal_distribution_is_exact_to_1e_15(share: int) -> None:
    x = np.concatenate([drawn(MILLION // share, -9.0, 9.0), drawn(MILLION // share // 10, -FARTHEST, FARTHEST)])
    normal_laws(x, densities := np.empty(len(x)), shares := np.empty(len(x)))
    for found, exact in ((densities, mpmath.npdf), (shares, mpmath.ncdf)):
        assert max(abs(y - float(exact(at))) for at, y in zip(x.tolist(), found.tolist(), strict=True)) < 1e-15
    assert np.abs(shares - ndtr(x)).max() < 1e-15


def test_a_power_is_exact_to_1e_14_in_relative_terms() -> None:
    x = drawn(10_000, 0.0, 1.0)
    for exponent in (0.25, 0.5, 1.5, 2.0, 4.0):
        powers(x, exponent, y := np.empty(len(x)))
        exact = [float(mpmath.mpf(at) ** exponent) for at in x.tolist()]
        np.testing.assert_allclose(y, exact, rtol=1e-14)


# limits and identities


def test_limits_of_the_normal_distribution() -> None:
    assert normal_law(0.0)[1] == 0.5
    assert normal_law(-math.inf) == normal_law(-FARTHEST) == (0.0, 0.0)
    assert normal_law(math.inf) == normal_law(FARTHEST) == (0.0, 1.0)


@given(st.floats(-FARTHEST, FARTHEST))
def test_the_normal_distribution_is_symmetric(x: float) -> None:
    density, share = normal_law(x)
    assert normal_law(-x)[0] == density
    assert share + normal_law(-x)[1] == 1.0


@given(st.floats(0.0, 1.0), st.floats(1.0, 4.0))
def test_a_power_is_undone_by_its_root(x: float, exponent: float) -> None:
    assert real_power(x, 1.0) == x
    assert real_power(real_power(x, exponent), 1.0 / exponent) == pytest.approx(x, rel=1e-12, abs=1e-70)
    assert real_power(0.0, exponent) == 0.0
    assert real_power(1.0, exponent) == 1.0


def test_limits_of_the_exponential() -> None:
    assert exp(0.0) == exp(-0.0) == 1.0
    assert math.isclose(exp(-708.0), math.exp(-708.0), rel_tol=3e-16)
    assert math.isclose(exp(709.0), math.exp(709.0), rel_tol=3e-16)
    assert exp(math.nextafter(-708.0, -math.inf)) == exp(-1e308) == exp(-math.inf) == 0.0
    assert exp(math.nextafter(709.0, math.inf)) == exp(1e308) == exp(math.inf) == math.inf


def test_limits_of_the_logarithm() -> None:
    assert log(1.0) == 0.0
    for x in (SMALLEST, math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0), 2.0**-53, LARGEST):
        assert math.isclose(log(x), math.log(x), rel_tol=3e-16)
    with mpmath.workprec(100):
        for power in range(1, 1000):
            assert log(2.0**power) == -log(2.0**-power) == float(power * mpmath.log(2))


@pytest.mark.parametrize("turns_before", [0, 1, -1, 7, 2**19, -(2**19)])
def test_quarters_of_a_turn_are_exact(turns_before: int) -> None:
    quarters = [turn(turns_before + quarter / 4.0) for quarter in range(5)]
    assert quarters == [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0)]


@given(SHARE)
def test_a_turn_back_mirrors_the_sine(share: float) -> None:
    cosine, sine = turn(share)
    assert turn(-share) == (cosine, -sine)
    assert math.isclose(cosine * cosine + sine * sine, 1.0, rel_tol=1e-15)


@given(st.integers(-(2**30), 2**30), st.integers(-100, 100))
def test_whole_turns_change_nothing_and_quarters_change_places(part: int, whole: int) -> None:
    share = part / 2.0**31
    cosine, sine = turn(share)
    assert turn(share + whole) == (cosine, sine)
    assert turn(share + 0.25) == (-sine, cosine)
    assert turn(share + 0.5) == (-cosine, -sine)


@given(st.floats(-700.0, 700.0))
def test_exponential_and_logarithm_undo_one_another(x: float) -> None:
    assert math.isclose(log(exp(x)), x, rel_tol=1e-15, abs_tol=3e-16)
    assert math.isclose(exp(x) * exp(-x), 1.0, rel_tol=1e-15)


@given(st.floats(SMALLEST, 2.0**500), st.integers(0, 500))
def test_the_logarithm_of_a_product_is_a_sum(x: float, power: int) -> None:
    assert math.isclose(log(x * 2.0**power), log(x) + power * math.log(2.0), rel_tol=1e-15, abs_tol=1e-13)


# the same bits, compiled or not


def test_a_call_a_loop_and_plain_python_give_the_same_bits(plain_python: Callable[[str], str]) -> None:
    found = plain_python("from support.digests import of_functions; print(dict(of_functions()))")
    assert found.strip() == str(dict(of_functions()))
    x = drawn(5000, 0.0, 1.0)
    for loop, one in ((one_result(exps), exp), (one_result(logs), log)):
        assert loop(x).tolist() == [one(each) for each in x.tolist()]
    assert list(zip(cosine(x).tolist(), sine(x).tolist(), strict=True)) == [turn(each) for each in x.tolist()]


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_loops_are_vectorised(loop: Any) -> None:
    values(10)
    (code,) = loop.inspect_llvm().values()
    assert re.search(r"= f(mul|sub|add) <\d+ x double>", code)


# and no other functions

EXACT = {
    "math": {"ceil", "floor", "inf", "pi", "sqrt", "fsum"},
    "numpy": {"arange", "asarray", "bincount", "dtype", "float64", "full", "int64", "maximum", "ndarray", "recarray"}
    | {"concatenate", "full_like", "uint64", "where", "zeros", "zeros_like"},
}
"""What rounds nowhere, or rounds the exact value as every platform must."""
FILES = [*sorted((ROOT / "agents").rglob("*.py")), ROOT / "model" / "build.py"]
WITH_RULES = [ROOT / "model" / name for name in ("schedule.py", "ensemble.py", "recording.py")]


def used(tree: ast.AST, modules: dict[str, str]) -> Iterator[str]:
    """What code uses of `math` and numpy that is not exact, and powers; `modules` has their names there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            if node.attr not in EXACT[modules[node.value.id]]:
                yield f"{modules[node.value.id]}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module in EXACT:
            yield from (f"{node.module}.{each.name}" for each in node.names if each.name not in EXACT[node.module])
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
            operands = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
            if not all(isinstance(each, ast.Constant | ast.UnaryOp) for each in operands):
                yield "a power"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "pow":
            yield "a power"


def names(tree: ast.AST) -> dict[str, str]:
    """The names under which code has `math` and numpy."""
    imports = [each for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    return {each.asname or each.name: each.name for each in imports if each.name in EXACT}


def rules(tree: ast.AST) -> list[ast.FunctionDef]:
    """The functions of a module that are compiled."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [each for each in functions if any(ast.unparse(one) in ("rule", "inlined") for one in each.decorator_list)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_what_rules_and_worlds_are_made_of_calls_nothing_that_rounds_by_platform(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    assert list(used(tree, names(tree))) == []


def test_no_rule_of_the_model_calls_anything_that_rounds_by_platform() -> None:
    found = [file for file in (ROOT / "model").rglob("*.py") if rules(ast.parse(file.read_text("utf-8")))]
    assert sorted(found) == sorted(WITH_RULES)
    for file in found:
        tree = ast.parse(file.read_text("utf-8"))
        assert [each for rule in rules(tree) for each in used(rule, names(tree))] == []


def adds_floats(tree: ast.AST) -> list[str]:
    """Calls of `sum`, which adds floats otherwise from Python 3.12 on (with a compensation)."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "sum"]


@pytest.mark.parametrize(
    "file",
    [*FILES, ROOT / "model" / "actors.py"],
    ids=lambda file: file.relative_to(ROOT).as_posix(),
)
def test_floats_are_added_alike_by_every_python(file: Path) -> None:
    assert adds_floats(ast.parse(file.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import math\nmath.exp(x)", ["math.exp"]),
        ("import math as m\nf = m.log1p", ["math.log1p"]),
        ("from math import pow, sqrt", ["math.pow"]),
        ("import numpy as np\nnp.log(x) + np.zeros(3)", ["numpy.log"]),
        ("x ** 2", ["a power"]),
        ("x **= 0.5", ["a power"]),
        ("pow(x, 2)", ["a power"]),
        ("import math\n2.0**-53 + math.sqrt(x)", []),
    ],
)
def test_what_rounds_by_platform_is_seen(text: str, expected: list[str]) -> None:
    tree = ast.parse(text)
    assert list(used(tree, names(tree))) == expected
    assert adds_floats(ast.parse("sum(x)")) == ["sum(x)"]
