"""The answer of a scenario discovery: what was asked of which folder, what was found, and how it is said in words."""

import polars as pl
from pydantic import BaseModel, ValidationError

from analysis.discovery.prim import SIDES, SUBSAMPLES, Again, Doubt, Limit, Limits, Rule, Step, restricting
from analysis.labels import factor_title, level_text, listed
from analysis.results.conditions import Condition, condition_text
from analysis.results.folder import ANSWER, Results


class Answer(BaseModel):
    """All that figures and tables of a discovery show, but for the worlds themselves."""

    design_hash: str
    doctrine: str | None  # as the folder names it; None: its doctrine does not vary
    against: str | None
    doctrine_title: str
    conditions: list[tuple[str, str, float]]
    either: bool
    assumed: bool  # the condition was not asked for
    worlds: int
    cases: int
    left_out: int
    replicates: int
    unsure: int | None  # worlds in which noise leaves open whether the condition holds; None: one replicate
    doubt: Doubt | None
    rules: list[Rule]
    steps: list[Step]
    chosen: int
    again: dict[str, dict[str, Again]]

    @property
    def asked(self) -> list[Condition]:
        """The conditions."""
        return [Condition(*each) for each in self.conditions]

    @property
    def prim(self) -> Rule:
        """What PRIM has found."""
        return self.rules[0]

    @property
    def box(self) -> Limits:
        """PRIM's box; empty where it asks nothing."""
        return self.prim.boxes[0] if self.prim.boxes else {}


def read_answer(results: Results) -> Answer | None:
    """The answer that a folder holds, if it is one about the results there."""
    path = results.folder / ANSWER
    try:
        answer = Answer.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    return answer if answer.design_hash == results.manifest.design_hash else None


def has_answer(results: Results) -> bool:
    """Whether a folder holds what `deter discover` has found in it."""
    return read_answer(results) is not None


def has_box(results: Results) -> bool:
    """Whether what was found there is a box."""
    answer = read_answer(results)
    return answer is not None and bool(answer.box)


def plain(path: str) -> str:
    """A factor in a sentence: sensitivity of major power."""
    title = factor_title(path).replace("_", " ")
    return title[0].lower() + title[1:]


def limit_text(path: str, limit: Limit) -> str:
    """What a box asks of a factor: sensitivity of major power below 5.1."""
    name = plain(path)
    if limit.among is not None:
        return f"{name} {' or '.join(each.replace('_', ' ') for each in limit.among)}"
    low, high = (
        None if end is None else level_text(float(f"{end:.3g}")).replace("-", "−") for end in (limit.low, limit.high)
    )
    if low is not None and high is not None:
        return f"{name} between {low} and {high}"
    return f"{name} below {high}" if high is not None else f"{name} above {low}"


def box_text(box: Limits) -> str:
    """A box in a sentence, what is least likely chance first."""
    texts = [limit_text(name, box[name]) for name in restricting(box)]
    name = plain(restricting(box)[0])
    return listed([f"{name} is {texts[0].removeprefix(name).strip()}", *texts[1:]])


def p_text(p: float) -> str:
    """A p-value without false precision: p = 0.03, or p < 0.001."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.1g}" if p < 0.1 else f"p = {p:.2f}"


def asked_text(answer: Answer) -> str:
    """The conditions in words."""
    each = [condition_text(one, difference=answer.against is not None) for one in answer.asked]
    joined = f" {'or' if answer.either else 'and'} ".join(each)
    return f"{joined} beyond that of {answer.against} (in the same world)" if answer.against else joined


def who(answer: Answer) -> str:
    """Whose worlds they are."""
    return answer.doctrine or f"“{answer.doctrine_title}”"


def sentences(answer: Answer) -> list[str]:
    """The answer, one thought to a line."""
    said = [_counted(answer), *_noise(answer)]
    if not answer.prim.found:
        return [*said, *_nothing(answer), *_second(answer)]
    fit = answer.prim.fit
    said.append(
        f"{_share(fit.coverage)} of these {answer.cases} are worlds in which {box_text(answer.box)}; "
        f"of the {fit.worlds} worlds there, {_share(fit.density)} ({fit.cases}) are such, of all worlds "
        f"{_share(answer.cases / answer.worlds)}."
    )
    return [*said, *_held_out(answer.prim), *_how_sure(answer), *_second(answer)]


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}".replace("%", " %")


def _counted(answer: Answer) -> str:
    text = f"{who(answer)}: {asked_text(answer)} in {answer.cases} of {answer.worlds} worlds."
    if answer.assumed:
        text += " (No condition was given: this one is an assumption; --target gives another.)"
    if answer.left_out:
        text += f" {answer.left_out} worlds are left out: the metric is undefined there, or all runs failed."
    return text


def _noise(answer: Answer) -> list[str]:
    if answer.unsure is None or answer.doubt is None:
        return ["Each world was run once: how much of this is noise cannot be said; that takes two replicates."]
    low, high = answer.doubt.cases
    each = f"its 95 % interval over {answer.replicates} replicates"
    if not answer.unsure:
        return [f"In no world does {each} hold the threshold: none may as well be on the other side."]
    one = answer.unsure == 1
    near = f"{answer.unsure} world{' is' if one else 's are'} too near the threshold to tell"
    return [f"{near}{'' if one else ', each'} by {each}: {low} are such surely, {high} possibly."]


def _nothing(answer: Answer) -> list[str]:
    if not answer.prim.boxes:
        return ["PRIM found nothing: no restriction of any factor is more than chance."]
    return [
        f"PRIM found nothing that holds: its box ({box_text(answer.box)}) looks good in the sample (coverage "
        f"{_share(answer.prim.fit.coverage)}, density {_share(answer.prim.fit.density)}), but boxes found in nine "
        f"tenths of the worlds do not tell the rest apart ({p_text(answer.prim.p)})."
    ]


def _held_out(rule: Rule) -> list[str]:
    fit = rule.held_out
    return [
        "These two are too good, for the box was chosen by them. On worlds it was not found in (ten-fold "
        f"cross-validation), coverage is {_share(fit.coverage)} and density {_share(fit.density)} "
        f"({p_text(rule.p)} if the factors told nothing)."
    ]


def _how_sure(answer: Answer) -> list[str]:
    each = []
    for name in restricting(answer.box):
        for side, text in _sides(answer, name):
            found = answer.again.get(name, {}).get(side)
            each.append(f"{text} in {_share(found.share if found else 0.0)}")
    said = [f"Found again in {SUBSAMPLES} subsamples of two thirds: {listed(each)}."]
    if answer.unsure and answer.doubt and answer.doubt.coverage and answer.doubt.density:
        (low, high), (least, most) = answer.doubt.coverage, answer.doubt.density
        said.append(
            f"Noise of the metric alone, the box as it is, leaves coverage from {_share(low)} to {_share(high)} and "
            f"density from {_share(least)} to {_share(most)}, as those too near are such or not."
        )
    return said


def _sides(answer: Answer, name: str) -> list[tuple[str, str]]:
    limit = answer.box[name]
    if limit.among is not None:
        return [("among", plain(name))]
    words = {"low": "from below", "high": "from above"}
    return [(side, f"{plain(name)} {words[side]}") for side in SIDES if getattr(limit, side) is not None]


TOGETHER = (
    "The two do not contradict each other: PRIM looks for one box, CART may join several and splits where that tells "
    "most worlds apart. What holds on worlds it has not seen is CART's rule; of one box alone nothing can be said."
)


def _second(answer: Answer) -> list[str]:
    cart = answer.rules[1]
    if not cart.found:
        return ["CART, as a second opinion, finds nothing that holds on worlds it has not seen."]
    leaves = "; or ".join(box_text(box) for box in cart.boxes)
    return [
        f"CART, as a second opinion: {leaves}. Coverage {_share(cart.fit.coverage)}, density "
        f"{_share(cart.fit.density)}; cross-validated {_share(cart.held_out.coverage)} and "
        f"{_share(cart.held_out.density)}.",
        *([] if answer.prim.found else [TOGETHER]),
    ]


def restrictions(answer: Answer) -> pl.DataFrame:
    """One row for each side of each restriction of PRIM's box."""
    rows = []
    for name in restricting(answer.box):
        limit = answer.box[name]
        for side, _ in _sides(answer, name):
            again = answer.again.get(name, {}).get(side)
            rows.append(
                {
                    "factor": name,
                    "side": side,
                    "limit": None if side == "among" else getattr(limit, side),
                    "names": ", ".join(limit.among) if limit.among else None,
                    "quasi_p": limit.p_low if side == "low" else limit.p_high,
                    "found_again": again.share if again else 0.0,
                    "limit_least": again.least if again else None,
                    "limit_most": again.most if again else None,
                }
            )
    schema = {"factor": pl.String, "side": pl.String, "limit": pl.Float64, "names": pl.String, "quasi_p": pl.Float64}
    return pl.DataFrame(
        rows, schema={**schema, **dict.fromkeys(("found_again", "limit_least", "limit_most"), pl.Float64)}
    )


def fits(answer: Answer) -> pl.DataFrame:
    """One row for each method, in the sample and held out."""
    rows = []
    for rule in answer.rules:
        for judged, fit in (("in the sample", rule.fit), ("held out", rule.held_out)):
            rows.append(
                {
                    "method": rule.method,
                    "judged": judged,
                    "boxes": len(rule.boxes),
                    **fit.model_dump(),
                    "p": rule.p if judged == "held out" else None,
                }
            )
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(("coverage", "density", "p"), pl.Float64))


def trajectory(answer: Answer) -> pl.DataFrame:
    """One row for each box on PRIM's way."""
    rows = [
        {"step": place, **step.model_dump(), "chosen": place == answer.chosen}
        for place, step in enumerate(answer.steps)
    ]
    return pl.DataFrame(rows)
