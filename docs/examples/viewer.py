"""The model in Mesa's viewer. From a clone, or wherever deter is installed with its extra `viewer`:

    solara run docs/examples/viewer.py

It shows a world week by week beside its twin, the same world without the toolbox. Press Step for a quarter, or ▶.
Change parameters and press Reset for another world. Every state, group and act in it is invented.
"""

from collections import Counter

import solara
from matplotlib.figure import Figure
from mesa.visualization import Slider, SolaraViz, make_plot_component

import deter
from model.loading import shipped

QUARTER, YEAR = 13, 52
WORLD, TWIN, COUNTING = "#004488", "#777777", "#f2f2f2"
KINDS = {"state": "#004488", "proxy": "#BB5566", "criminal": "#DDAA33", "hacktivist": "#000000"}
STAGES = {"latent": "not detected", "open": "investigated", "answering": "being answered", "answered": "answered"}

# Names of the constructor's arguments. Paths of parameters are arguments as well, with two underscores for a dot.
PARAMETERS = {
    "scenario": {"type": "Select", "label": "Scenario", "value": "illustrative", "values": list(shipped("scenarios"))},
    "doctrine": {"type": "Select", "label": "Doctrine", "value": "status_quo", "values": list(shipped("doctrines"))},
    "doctrine__clarity": Slider("Clarity", 0.4, 0.0, 1.0, 0.05),
    "doctrine__attribution_confidence": Slider("Confidence", 0.88, 0.5, 0.99, 0.01),
    "doctrine__proportionality": Slider("Proportionality", 0.5, 0.0, 1.0, 0.05),
    "rng": Slider("Seed", 1, 0, 100, 1),
    "scenario__time__burn_in": YEAR,
    "scenario__time__weeks": 10 * YEAR,
}


def start() -> deter.DeterrenceModel:
    """A model with the values from which the sliders start."""
    return deter.DeterrenceModel(
        **{name: each.value if isinstance(each, Slider) else _value(each) for name, each in PARAMETERS.items()}
    )


def _value(each: object) -> object:
    return each["value"] if isinstance(each, dict) else each


def heading(model: deter.DeterrenceModel) -> None:
    """What the reader looks at, in words."""
    configuration = model.configuration
    week = model.week - model.burn_in
    when = f"week {week} of {model.last_week - model.burn_in}" if week > 0 else f"burn-in, {-week} weeks to go"
    acts, without = (sum(each.datacollector.model_vars["acts"]) for each in (model, model.twin))
    own = configuration.doctrine
    solara.Markdown(
        f"### {own.title}, seed {model.run_seed}\n"
        f"Scenario: {configuration.scenario.title}. **{when[0].upper()}{when[1:]}.**\n\n"
        f"Acts so far: **{acts:,}** with the toolbox, **{without:,}** in the twin, the same world without it. "
        "This is one run: another seed gives other numbers.\n\n"
        f"By the sliders, not by the doctrine: clarity {own.clarity:g}, confidence required to attribute "
        f"{own.attribution_confidence:g}, proportionality {own.proportionality:g}."
    )


def beside_twin(name: str, title: str, over: int = 1):
    """A component: a reporter of the model in the world and in its twin, as a mean of so many weeks."""

    def component(model: deter.DeterrenceModel) -> None:
        figure = Figure(figsize=(6, 3.6), layout="constrained")
        axes = figure.subplots()
        for each, colour, label in ((model.twin, TWIN, "twin, without the toolbox"), (model, WORLD, "world")):
            weeks = each.datacollector.get_model_vars_dataframe()
            axes.plot(
                weeks["week"], weeks[name].rolling(over, min_periods=1).mean(), color=colour, label=label, clip_on=False
            )
        _over_time(axes, model)
        axes.set_title(title, loc="left")
        axes.legend(loc="upper left", frameon=False)
        solara.FigureMatplotlib(figure)

    return component


def _over_time(axes, model: deter.DeterrenceModel) -> None:
    axes.axvspan(0, model.burn_in, color=COUNTING, zorder=0)
    axes.set_xlim(0, max(model.week, model.burn_in + YEAR))
    axes.set_ylim(0, 1.3 * axes.get_ylim()[1])  # room for the legend
    axes.set_xlabel("week (grey: burn-in, in which nothing is counted)")
    axes.spines[["top", "right"]].set_visible(False)


def perpetrators(model: deter.DeterrenceModel) -> None:
    """Every perpetrator by its grievance; the circle is the larger the more pressure it is under."""
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    rows = dict.fromkeys(KINDS, 0)
    for agent in model.perpetrators:
        kind = agent.kind_name
        rows[kind] += 1
        height = list(KINDS)[::-1].index(kind) + 0.08 * ((rows[kind] * 5) % 9 - 4)
        acts = agent.activity > 0
        face, size = KINDS[kind] if acts else "none", 5 + 3 * min(agent.pressure, 4.0)
        axes.plot(agent.grievance, height, "o", color=KINDS[kind], markerfacecolor=face, markersize=size, alpha=0.8)
    axes.set_yticks(range(len(KINDS)), list(KINDS)[::-1])
    axes.set_xscale("asinh", linear_width=0.01)
    axes.set_xticks([0.0, 0.01, 0.1, 1.0, 10.0], ["0", "0.01", "0.1", "1", "10"])
    axes.set_xlim(-0.003, 20.0)
    axes.set_xlabel("grievance (filled: acts this week; larger: under more pressure)")
    axes.set_title("Perpetrators", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    solara.FigureMatplotlib(figure)


def cases(model: deter.DeterrenceModel) -> None:
    """How many cases are at which stage."""
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    count = Counter(case.status_name for case in model.cases)
    bars = axes.barh(list(STAGES.values()), [count[stage] for stage in STAGES], color=WORLD)
    axes.bar_label(bars, padding=3)
    axes.invert_yaxis()
    axes.set_title("Cases under way, by stage", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    solara.FigureMatplotlib(figure)


COMPONENTS = [
    heading,
    beside_twin("acts", "Acts a week, mean of half a year", YEAR // 2),
    beside_twin("grievance", "Grievance, mean over perpetrators (none without responses)"),
    make_plot_component({"credibility": WORLD, "norm_strength": TWIN}),
    perpetrators,
    cases,
]


@solara.component
def Page() -> None:
    """The page; each visitor has a model of their own."""
    model = solara.use_memo(start, [])
    SolaraViz(model, components=COMPONENTS, model_params=PARAMETERS, render_interval=QUARTER, name="deter")
