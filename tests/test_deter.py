"""`import deter`: one import for users, typed, which says what is in its way; and an archive that holds all of it."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from support.paths import ROOT

import deter


def run(code: str, root: Path, beside: Path | None = None, *options: str) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own: what lies beside it comes before the packages of the root."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, cwd=beside or root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", deter.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(deter, name)
    assert found.__doc__
    assert name in dir(deter)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'deterence'"):
        deter.deterence  # noqa: B018


def test_nothing_heavy_is_imported_before_it_is_asked_for() -> None:
    heavy = run("import sys, deter; print(sorted({'numba', 'mesa', 'polars', 'matplotlib'} & set(sys.modules)))", ROOT)
    assert heavy.stdout.strip() == "[]"


def test_a_module_of_the_users_that_hides_a_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("x = 1\n")
    asked = run("import deter; deter.DeterrenceModel", ROOT, tmp_path)
    (said,) = [line for line in asked.stderr.splitlines() if line.startswith("ImportError")]
    assert f"{tmp_path / 'model.py'} hides its package `model`: rename that file or folder" in said
    command = run("import deter; raise SystemExit(deter.main())", ROOT, tmp_path)
    assert command.returncode == 1
    assert command.stderr.startswith("deter cannot start: ")
    assert len(command.stderr.splitlines()) == 1


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A place like `site-packages`, with the packages and nothing else."""
    place = tmp_path / "site"
    for name in deter.PACKAGES:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "deter.py", place)
    return place


def test_a_package_that_another_distribution_has_overwritten_is_named(installed: Path) -> None:
    assert run("import deter; assert deter.in_the_way() is None", installed).returncode == 0
    (installed / "agents" / "__init__.py").write_text('"""Agents of another kind."""\n')
    command = run("import deter; raise SystemExit(deter.main())", installed)
    assert command.returncode == 1
    assert "another distribution has overwritten its package `agents`" in command.stderr
    assert "in an environment of its own" in command.stderr


def test_a_package_that_is_not_there_is_named(installed: Path) -> None:
    shutil.rmtree(installed / "configs")
    alone = "-S"  # without the environment of the tests, which has the package
    command = run("import deter; raise SystemExit(deter.main())", installed, None, alone)
    assert "its package `configs` is missing" in command.stderr


def test_public_names_are_typed(tmp_path: Path) -> None:
    """For whoever imports deter; without the packages behind it, whose types take longer to read than its own."""
    script = tmp_path / "script.py"
    script.write_text(
        "import deter\n"
        'model = deter.DeterrenceModel("illustrative", "swift_qmv", rng=1)\n'
        "model.step()\n"
        'reveal_type(deter.open_results("results"))\n'
        "deter.open_results(1)\n"
    )
    alone = ["--no-site-packages", "--ignore-missing-imports", "--follow-imports=silent"]
    cache = ["--cache-dir", str(tmp_path / "cache")]
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), *alone, *cache, str(script)]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert 'Revealed type is "analysis.results.folder.Results"' in done.stdout
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, done.stdout
    assert 'Argument 1 to "open_results" has incompatible type "int"' in errors[0]


@pytest.mark.slow
def test_the_source_archive_is_whole(tmp_path: Path) -> None:
    """What git keeps is in it, and its tests run from where it is unpacked."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no checkout")
    here = tmp_path / "checkout"
    for name in listed.stdout.split("\n")[:-1]:
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, here / name)
    build = "import setuptools.build_meta as build; print(build.build_sdist('dist'))"
    subprocess.run([sys.executable, "-c", build], cwd=here, check=True, capture_output=True)
    (archive,) = (here / "dist").glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "unpacked", filter="data")
    (root,) = (tmp_path / "unpacked").iterdir()
    kept = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert set(listed.stdout.split("\n")[:-1]) - kept <= {".gitignore"}
    some = ["tests/test_house.py", "tests/model/test_configuration.py", "tests/analysis/test_sentences.py"]
    command = [sys.executable, "-m", "pytest", *some]
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_module_is_the_command_as_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deter", "list", "nothing"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "deter: " in done.stderr
