"""What perpetrators do, in the world and in its twin."""

from model.metrics.definition import Metric, Total, a_year, count, ratio

OPEN = "share of opportunities"

METRICS: dict[str, Metric] = {
    "act_rate": ratio("Act rate", OPEN, "expected acts per open opportunity", "expected_acts", "open_opportunities"),
    "twin_act_rate": ratio(
        "Act rate of the twin",
        OPEN,
        "the twin's expected acts per open opportunity",
        "twin_expected_acts",
        "twin_open_opportunities",
    ),
    "acts": count("Acts", "activities carried out", "acts"),
    "twin_acts_a_year": count("Acts of the twin", "activities that the twin carries out", "twin_acts"),
    "severe_acts": count("Severe acts", "activities of severity 0.6 or more carried out", "severe_acts"),
    "twin_severe_acts_a_year": count(
        "Severe acts of the twin", "activities of severity 0.6 or more that the twin carries out", "twin_severe_acts"
    ),
    # expected of the choices in each world; where an opportunity is suppressed there is none to count
    "expected_acts_a_year": count("Expected acts", "expected acts", "expected_acts", short="acts"),
    "twin_expected_acts_a_year": count(
        "Expected acts of the twin", "the twin's expected acts", "twin_expected_acts", short="twin's acts"
    ),
    "net_acts": count("Net acts", "expected acts less the twin's", Total(("expected_acts",), ("twin_expected_acts",))),
    "expected_severe_acts_a_year": count(
        "Expected severe acts", "expected severe acts", "expected_severe", short="severe acts"
    ),
    "twin_expected_severe_acts_a_year": count(
        "Expected severe acts of the twin",
        "the twin's expected severe acts",
        "twin_expected_severe",
        short="twin's severe acts",
    ),
    "net_severe_acts": count(
        "Net severe acts",
        "expected severe acts less the twin's",
        Total(("expected_severe",), ("twin_expected_severe",)),
    ),
    "harm_a_year": a_year("Expected harm", "harm", "expected harm", "expected_harm"),
    "twin_harm_a_year": a_year("Expected harm of the twin", "harm", "the twin's expected harm", "twin_expected_harm"),
    "harm_averted_a_year": a_year(
        "Harm averted a year",
        "harm",
        "the twin's expected harm less that of the world",
        Total(("twin_expected_harm",), ("expected_harm",)),
    ),
    # as the dice fell
    "mean_severity": ratio("Mean severity", "severity", "mean catalogue severity of acts", "act_severity", "acts"),
    "detected_severity": ratio(
        "Mean severity of detected acts",
        "severity",
        "mean assessed severity of detected acts",
        "detected_severity",
        "detected",
    ),
    "upward_escalation": ratio(
        "Upward escalation",
        "share of acts",
        "acts more severe than the last one against that victim within 26 weeks",
        "upward",
        "acts",
    ),
    "twin_upward_escalation": ratio(
        "Upward escalation of the twin", "share of acts", "the same in the twin", "twin_upward", "twin_acts"
    ),
}
