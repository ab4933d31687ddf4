"""Circumstances that no doctrine chooses: one row of parameters, each with its unit."""

from typing import Literal, get_args

from agents.foundation.columns import Columns, integer, real

ChoiceRule = Literal["logit", "probit", "best_response"]
"""Names of the rules by which perpetrators choose (`agents.foundation.choice_rules`), as scenarios state them."""
CHOICE_RULES: tuple[str, ...] = get_args(ChoiceRule)
LOGIT, PROBIT, BEST_RESPONSE = range(len(CHOICE_RULES))

SCENARIO = Columns(
    # severity
    mean_severity=real("mean severity of detected acts without toolbox, the pivot of the response schedule"),
    severe_rung=integer("row of the first activity that counts as severe"),
    incident_scatter=real("standard deviation of an incident's seven values around the catalogue's"),
    severity_exponent=real("exponent of the mean of the seven dimensions: 1 linear; above, extremes count more"),
    # detection
    detection=real("EU's detection: factor on an activity's visibility, 0 to 1"),
    false_alarm_rate=real("probability a week that an accident or a third party's act opens a case"),
    # investigation
    skill=real("attribution skill: how well a clue shows who did it, 0 to 1"),
    skill_trend=real("change of skill a year"),
    investigators=integer("open cases that investigators work on at once; 0: no limit"),
    clue_probability=real("probability a week that a case yields a clue"),
    investigation_weeks=integer("weeks after detection until an unattributed case goes cold"),
    suspicion=real("weight of an actor's record in the first suspicion (usual suspects), log-odds per log record"),
    overconfidence=real("share of the gap to certainty that investigators overlook in a clue's reliability, 0 to 1"),
    false_alarm_share=real("share of false alarms among cases that investigators assume"),
    false_flag=real("probability, times stealth, that a clue against the framed party is planted"),
    link_evidence=real("probability that a clue to a proxy also proves its link to the sponsor, times the link"),
    record_half_life=real("half-life of the EU's record of an actor, weeks"),
    publishes_as_victim=real(
        "probability that a Member State, once convinced, publicly attributes an act against itself"
    ),
    publishes_for_others=real("probability that it does so for what another member suffered"),
    hindsight=integer("1 if investigators learn in the end who did it, and weigh suspects by Bayes' rule"),
    standard_scatter=real("standard deviation, over cases, of the log-odds that the EU requires for attribution"),
    exposure_rate=real("probability a week that a wrong attribution comes to light"),
    caution_gained=real(
        "rise of every Member State's standard when one does, as a share of what is left to 1 log-odds"
    ),
    caution_half_life=real("half-life of that rise, weeks"),
    # choice
    choice_rule=integer("code in CHOICE_RULES: how one activity is chosen, given utilities"),
    tremble=real("under best response, share of choices that are any activity in reach, 0 to 1"),
    success_slope=real("slope of the log-odds of success in capability minus resilience"),
    success_margin=real("advantage of the perpetrator at equal capability and resilience"),
    saturation=real("how fast bite in force lowers the effect of further bite, per unit of bite"),
    incapacitation=real("how fast pressure lowers capability, per unit of bite"),
    blame_replaced=real("share of the blame for others' acts that an act of its own would replace, 0 to 1"),
    target_scatter=real("spread of the log affinity of a perpetrator for a victim"),
    target_persistence=real("probability that an act is against the same victim as the last one, 0 to 1"),
    # belief
    signal_precision=real("weight of the standing announcement, per odds of clarity, in observations"),
    signal_noise=real("vagueness left in the clearest announcement"),
    spillover=real("weight of others' outcomes relative to one's own (general deterrence), 0 to 1"),
    memory_half_life=real("half-life of evidence in a belief, weeks"),
    attribution_experience=real("number of own cases that weigh as much as the expected odds of attribution"),
    learning_rate=real("weight of one week in the learned blame"),
    # learning adversaries
    experience=real("share of experience in utility, the rest being belief, 0 to 1"),
    experience_kept=real("share of the weight of past opportunities kept at each new one, 0 to 1"),
    experience_prior=real("number of opportunities that weigh as much as the first belief"),
    foregone=real("weight of beliefs about activities not chosen, relative to the observed outcome of the one chosen"),
    imitation=real("weight of the observed gains of others of the same kind, relative to its own"),
    retooling=real("how far a perpetrator changes its tools after an attribution, 0 to 1"),
    retooling_half_life=real("half-life of new tools, weeks"),
    retooling_cost=real("share of capability that new tools cost"),
    # grievance
    grievance_gain=real("grievance per unit of bite beyond what the perpetrator considers justified"),
    grievance_half_life=real("half-life of grievance, weeks"),
    self_serving_bias=real("share of its own severity for which a perpetrator considers no bite justified, 0 to 1"),
    sponsor_share=real("share of its proxy's bite and grievance that a sponsor with an established link feels"),
    accusation=real("bite that an innocent party resents in addition to that of a measure against it"),
    diligence_resented=real("weekly rise in a harbour's grievance under full pressure to police its territory"),
    # the Council
    public_discount=real("weekly discount factor with which the public, and the Council, weigh a late answer"),
    credibility_half_life=real("half-life of memory in credibility, weeks"),
    credibility_lost=real("share of credibility in the class that is lost when a wrong attribution comes to light"),
    statement_readiness=real("odds of a statement on an attributed case at full effort in stability"),
    member_will=real("probability, at full effort in support, that an injured Member State responds on its own"),
    answer_window=integer("weeks after attribution in which a joint attribution or a dossier may still open"),
    evidence_floor=real(
        "lowest confidence for a restrictive dossier under any doctrine, because courts review listings"
    ),
    agenda=integer("number of restrictive dossiers that the preparatory bodies can prepare at once"),
    patience=integer("weeks after which a dossier waiting for room on the agenda lapses"),
    victim_bonus=real("extra readiness to act of the victim"),
    audience=real(
        "extra readiness to act after a clear and credible announcement, while it is remembered (tied hands)"
    ),
    partner_backing=real("extra readiness to act if partners of the EU's own weight join"),
    stance_noise=real("standard deviation of other influences on a member in one vote, utility"),
    abstention_margin=real(
        "largest shortfall of readiness at which a member declares an abstention instead of objecting"
    ),
    vital_margin=real(
        "lowest cost of a measure through dependence at which an objecting member claims a vital interest"
    ),
    partner_clues=real("rise of the clue probability where all partners share intelligence"),
    partner_support=real("how readily aligned partners join, at mean severity"),
    # what a doctrine costs
    campaign_cost=real("political cost of a campaign at full clarity"),
    haste_cost=real("political cost a year of preparing in half the time"),
    partner_cost=real("political cost a year of full cooperation with partners"),
    diligence_cost=real("political cost a year of full pressure on harbours"),
    # norms, resilience, harbours
    norm_baseline=real("norm strength without toolbox, 0 to 1"),
    norm_half_life=real("half-life of norm strength gained, weeks"),
    resilience_trend=real("change of resilience a year, all victims"),
    resilience_half_life=real("half-life of resilience gained, weeks"),
    diligence_half_life=real("half-life of diligence gained, weeks"),
    compliance_half=real("entanglement at which a state complies with half of the pressure to police its territory"),
)

CLASS = Columns(
    prior_bite=real("discounted bite per unit of severity expected before any experience"),
    spread=real("standard deviation of the discounted bite of one attributed act, in bite"),
    credibility=real("credibility of the EU in the class at the start, 0 to 1"),
    credibility_weight=real("promised bite that weighs as much as credibility at the start"),
)
"""What holds in a class of severity before any experience: one row for each of `agents.catalogue.CLASSES`."""
