"""The same bits from every build of the rules: for other processors, and without a compiler; and nothing is contracted.

A product and a sum that a processor rounds once, in place of twice (a fused multiply-add), give other bits. So the
assembly of every build is searched for them, also of one for processors on which no test runs.
"""

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import pytest
from support.digests import digests, of_few
from support.loops import LOOPS
from support.paths import FROM_CHECKOUT

BUILDS = {
    "any": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
    "avx2": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""},
    "avx512f": {"NUMBA_CPU_NAME": "skylake-avx512", "NUMBA_CPU_FEATURES": ""},
}
"""Builds by the extension of x86-64 that they need."""
X86, ARM = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"
TARGETS = {
    "AVX2": ("avx2", X86, "haswell"),
    "AVX-512": ("avx512f", X86, "skylake-avx512"),
    "64-bit Arm": ("any", ARM, "generic"),
    "64-bit Arm with SVE": ("any", ARM, "neoverse-v1"),
    "Apple": ("any", "arm64-apple-macosx", "apple-m1"),
}
"""Processors that can contract: the build whose code they run, and LLVM's names of system and processor."""
FUSED = re.compile(r"^\s+v?(fn?m(add|sub|ad|sb)|fn?ml[as]|fcmla)[\w.]*\s.*", re.MULTILINE)


def has(extension: str) -> bool:
    """Whether this processor runs a build."""
    return extension not in ("avx2", "avx512f") or llvm.get_host_cpu_features().get(extension, False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `support.digests` prints in a build of its own, made once."""

    @functools.cache
    def build(extension: str, which: str) -> Any:
        if not has(extension):
            pytest.skip(f"this processor has no {extension}")
        cache = {"DETER_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}
        command = [sys.executable, "-m", "support.digests", which]
        environment = {**os.environ, **FROM_CHECKOUT, **cache, **BUILDS[extension]}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return build


def different(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """What two builds do not agree on."""
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]


@functools.cache
def here(which: str) -> dict[str, str]:
    """The digests of this build."""
    return digests(which)


@pytest.mark.parametrize("extension", BUILDS)
def test_every_build_of_functions_and_lots_gives_the_same_bits(extension: str, built: Any) -> None:
    assert different(here("functions"), built(extension, "functions")["digests"]) == []


@pytest.mark.slow
@pytest.mark.parametrize("extension", BUILDS)
def test_every_build_of_the_engine_gives_the_same_bits(extension: str, built: Any) -> None:
    assert len(here("all")) > 150
    assert different(here("all"), built(extension, "all")["digests"]) == []


def test_plain_python_gives_the_same_bits_as_the_engine(plain_python: Callable[[str], str]) -> None:
    found = plain_python("from support.digests import of_few; print(dict(of_few()))")
    assert found.strip() == str(dict(of_few()))


def test_a_bit_that_differs_is_seen() -> None:
    assert different({"a": "1", "b": "2"}, {"a": "1", "b": "3"}) == ["b"]
    assert different({"a": "1"}, {"a": "1", "b": "3"}) == ["b"]
    found = dict(of_few())
    assert len(set(found.values())) > len(found) / 2


# contraction


def assembly(code: str, target: str) -> str:
    """Assembly of LLVM's code, optimised once more, for another processor."""
    _, triple, processor = TARGETS[target]
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(processor, "", opt=3)
    code = re.sub(r'^target (datalayout|triple) = ".*"$', "", code, flags=re.MULTILINE)
    code = re.sub(r'"target-(cpu|features)"="[^"]*"', "", code)
    if "x86" not in triple:  # counts of references: calls here, which have no part in any sum
        code = code.replace("@llvm.x86.", "@x86.").replace(" immarg", "")
    module = llvm.parse_assembly(code)
    module.triple, module.data_layout = triple, str(machine.target_data)
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    return str(machine.emit_assembly(module))


def fused(code: str, target: str) -> list[str]:
    """The fused multiply-adds in an assembly."""
    return [found[0] for found in FUSED.finditer(assembly(code, target))]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_contracted_in_functions_and_lots(target: str, built: Any) -> None:
    texts = built(TARGETS[target][0], "functions")["code"]
    assert len(texts) == len(LOOPS)
    assert sum("fmul" in text for text in texts) == len(LOOPS) - 1  # a lot has none
    assert [fused(text, target) for text in texts] == [[]] * len(LOOPS)


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_contracted_in_the_engine(target: str, built: Any) -> None:
    engine = built(TARGETS[target][0], "all")["code"][-1]
    assert engine.count("fmul") > 500
    assert fused(engine, target) == []


PRODUCT_AND_SUM = """
define {of} @f({of} %a, {of} %b, {of} %c) {{
  %product = fmul {flags} {of} %a, %b
  %sum = f{sum} {flags} {of} %product, %c
  ret {of} %sum
}}
"""
EITHER = """
declare double @llvm.fmuladd.f64(double, double, double)
define double @f(double %a, double %b, double %c) {
  %sum = call double @llvm.fmuladd.f64(double %a, double %b, double %c)
  ret double %sum
}
"""


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("of", ["double", "<2 x double>", "<4 x double>"])
@pytest.mark.parametrize("sum", ["add", "sub"])
def test_a_contraction_is_seen(target: str, of: str, sum: str) -> None:
    assert fused(EITHER, target)
    for flags in ("contract", "fast"):
        assert fused(PRODUCT_AND_SUM.format(of=of, sum=sum, flags=flags), target)
    assert not fused(PRODUCT_AND_SUM.format(of=of, sum=sum, flags=""), target)
