"""Circumstances that no doctrine chooses: one row of parameters, each with its unit."""

from agents.foundation.columns import Columns, integer, real

SCENARIO = Columns(
    # severity
    mean_severity=real("mean severity of detected acts without toolbox, the pivot of the response schedule"),
    severe_rung=integer("row of the first activity that counts as severe"),
    incident_scatter=real("standard deviation of an incident's seven values around the catalogue's"),
    # detection
    detection=real("EU's detection: factor on an activity's visibility, 0 to 1"),
    false_alarm_rate=real("probability a week that an accident or a third party's act opens a case"),
    # investigation
    skill=real("attribution skill: how far a clue tells who did it, 0 to 1"),
    skill_trend=real("change of skill a year"),
    clue_probability=real("probability a week that a case yields a clue"),
    investigation_weeks=integer("weeks after detection until an unattributed case goes cold"),
    suspicion=real("weight of the record in the first suspicion (usual suspects), log-odds per log record"),
    overconfidence=real("share of the gap to certainty that investigators overlook in a clue's reliability, 0 to 1"),
    false_alarm_share=real("share of false alarms among cases that investigators assume"),
    false_flag=real("probability, times stealth, that a clue against the framed party is planted"),
    link_evidence=real("probability that a clue to a proxy also proves its link to the sponsor, times the link"),
    record_half_life=real("half-life of the EU's record of an actor, weeks"),
    # choice
    success_slope=real("slope of the log-odds of success in capability minus resilience"),
    success_margin=real("advantage of the attacker at equal capability and resilience"),
    saturation=real("how fast bite in force lowers what further bite can do, per unit of bite"),
    incapacitation=real("how fast pressure lowers capability, per unit of bite"),
    blame_replaced=real("share of the blame for others' acts that an act of its own would replace, 0 to 1"),
    target_scatter=real("spread of the log affinity of a perpetrator for a victim"),
    # belief
    prior_fulfilment=real("bite delivered per bite announced, expected before any experience, 0 to 1"),
    prior_precision=real("precision of that expectation"),
    signal_precision=real("precision of a campaign's signal, per odds of clarity"),
    signal_noise=real("noise that the clearest signal keeps"),
    outcome_precision=real("precision of the outcome of an attributed case"),
    spillover=real("weight of others' outcomes relative to one's own (general deterrence), 0 to 1"),
    memory_half_life=real("half-life of evidence in a belief, weeks"),
    attribution_experience=real("own cases that weigh as much as the expected odds of attribution"),
    prior_delay=real("delay from act to bite expected before any experience, weeks"),
    learning_rate=real("weight of one case in the perceived delay and of one week in the learned blame"),
    # grievance
    grievance_gain=real("grievance per unit of bite beyond what is held justified"),
    grievance_half_life=real("half-life of grievance, weeks"),
    self_serving_bias=real("share of its own severity for which a perpetrator holds no bite justified, 0 to 1"),
    sponsor_share=real("share of its proxy's bite and grievance that a sponsor with an established link feels"),
    # the Council
    initial_credibility=real("credibility at the start, 0 to 1"),
    credibility_speed=real("weight of one attributed case in credibility, at full clarity"),
    victim_bonus=real("readiness to act that being the victim adds"),
    audience=real("readiness to act that a clear and credible announcement adds (tied hands)"),
    abstention_margin=real("shortfall of support up to which a member abstains instead of objecting"),
    vital_margin=real("shortfall of support from which a member claims a vital interest"),
    partner_clues=real("rise of the clue probability where all partners share intelligence"),
    partner_support=real("readiness of a joined partner to add its bite"),
    # norms, resilience, harbours
    norm_baseline=real("norm strength without toolbox, 0 to 1"),
    norm_half_life=real("half-life of norm strength gained, weeks"),
    resilience_trend=real("change of resilience a year, all victims"),
    resilience_half_life=real("half-life of resilience gained, weeks"),
    diligence_half_life=real("half-life of diligence gained, weeks"),
)
