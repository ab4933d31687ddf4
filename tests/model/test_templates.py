"""Templates of worlds: what is kept for many doctrines is what would be built for each."""

import numpy as np
import pytest

from agents.world import ARRAYS, World
from model.build import Templates, build_world, docket
from model.configuration import Configuration, load_configuration
from model.loading import shipped


def same(one: World, other: World) -> bool:
    """Whether two worlds hold the same bytes."""
    return all(_bytes(getattr(one, name)) == _bytes(getattr(other, name)) for name in ARRAYS)


def _bytes(array: object) -> bytes:
    dtype = array.dtype  # type: ignore[attr-defined]
    if dtype.names is None:
        return bytes(np.ascontiguousarray(array).tobytes())
    return b"".join(np.ascontiguousarray(array[name]).tobytes() for name in dtype.names)  # type: ignore[index]


@pytest.mark.parametrize("doctrine", shipped("doctrines"))
@pytest.mark.parametrize("reference", [False, True])
def test_a_template_is_what_would_be_built(doctrine: str, reference: bool) -> None:
    base, templates = load_configuration(), Templates(4)
    cases = docket(base)
    templates.take(base, reference=False, cases=cases)
    other = base.model_copy(update={"doctrine": load_configuration(doctrine=doctrine).doctrine})
    found = templates.take(other, reference=reference, cases=cases)
    assert same(found, build_world(other, reference=reference, cases=cases))


def test_other_circumstances_have_a_template_of_their_own() -> None:
    templates, worlds = Templates(2), [moved(skill) for skill in (0.3, 0.4, 0.5, 0.3)]
    found = [templates.take(each, reference=False, cases=docket(each)) for each in worlds]
    assert [float(world.scenario["skill"][0]) for world in found] == [0.3, 0.4, 0.5, 0.3]
    assert same(found[0], found[3])


def test_as_many_templates_are_kept_as_were_asked_for() -> None:
    few, more, worlds = Templates(1), Templates(1), [moved(skill) for skill in (0.3, 0.4)]
    more.keep(2)
    for templates, kept in ((few, False), (more, True)):
        first, _, again = (templates.take(each, reference=False, cases=docket(each)) for each in (*worlds, worlds[0]))
        assert (again.activities is first.activities) == kept


def moved(skill: float) -> Configuration:
    """The baseline with another skill."""
    return load_configuration(overrides={"scenario.investigation.skill": skill})
