"""What the doctrine changes: the world against its twin, free of the noise of draws."""

from model.metrics.definition import Metric, Shown, Wording, averted, ratio

ACTS, OPEN = "share of the twin's acts", "share of opportunities"

METRICS: dict[str, Metric] = {
    "deterrence_rate": ratio(
        "Deterrence rate",
        ACTS,
        "rise in P(restraint) over the twin's P(act)",
        "deterred",
        "deterrable",
        better=+1,
        short="deterred",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.MAPPED,
        target=0.05,  # one act in twenty deterred
        wording=Wording(
            "deters {} more acts",
            "deters {} fewer acts",
            "deters {} of the acts that would otherwise occur",
        ),
    ),
    "dampening_rate": ratio(
        "Dampening rate",
        ACTS,
        "fall to milder activities, less deterrence",
        "dampened",
        "deterrable",
        short="dampened",
        shown=Shown.HEADLINE,
        wording=Wording(
            "makes {} more acts milder",
            "makes {} fewer acts milder",
            "makes {} of them milder",
        ),
    ),
    "suppression_rate": ratio(
        "Suppression rate",
        ACTS,
        "the twin's P(act) where harbours took the opportunity away",
        "suppressed",
        "deterrable",
        short="suppressed",
        wording=Wording(
            "suppresses {} more acts",
            "suppresses {} fewer acts",
            "prevents {} of them through the states that harbour groups",
        ),
    ),
    "release_rate": ratio(
        "Release rate",
        OPEN,
        "P(act) where only the twin's harbours took the opportunity away",
        "released",
        "open_opportunities",
    ),
    "escalation_rate": ratio(
        "Escalation rate",
        OPEN,
        "largest rise of P(at least a rung), provocation included",
        "escalated",
        "common",
        better=-1,
        short="escalated",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.MAPPED | Shown.SOUGHT,
        target=0.02,  # one opportunity in fifty escalated at most
        wording=Wording(
            "raises the escalation rate by {}",
            "lowers the escalation rate by {}",
            "leads to escalation at {} of opportunities",
        ),
    ),
    "provocation_rate": ratio(
        "Provocation rate",
        OPEN,
        "rise in P(act) where the twin is restrained",
        "provoked",
        "common",
        better=-1,
        short="provoked",
        shown=Shown.HEADLINE,
        wording=Wording(
            "raises the provocation rate by {}",
            "lowers the provocation rate by {}",
            "provokes acts at {} of opportunities",
        ),
    ),
    "harm_averted": averted(
        "harm",
        "expected_harm",
        better=+1,
        short="harm averted",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.SOUGHT,
        target=0.10,  # a tenth of the harm
    ),
    "severe_averted": averted(
        "severe acts",
        "expected_severe",
        better=+1,
        short="severe averted",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.MAPPED,
        target=0.0,  # no more severe acts than in the twin
    ),
    "acts_averted": averted(
        "acts",
        "expected_acts",
        better=+1,
        short="acts averted",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.MAPPED | Shown.SOUGHT,
        target=0.0,  # no more acts than in the twin
    ),
}
