"""Small experiments of every kind, from which mutations begin."""

HEAD = """
title = "Small"
question = "What is wrong?"
seed = 3
"""

TEXTS = [
    f"{HEAD}{rest}"
    for rest in (
        """
replicates = 2
[factors]
"doctrine.clarity" = [0.0, 1.0]
"doctrine.voting_rule" = ["qmv", "unanimity"]
doctrine.campaign_interval = [26, 52]
[design]
constraints = [
  "doctrine.clarity < 0.5 or doctrine.voting_rule == 'qmv'",
  "doctrine.firmness <= 2 * doctrine.ratchet + 5",
]
[sources]
default = "assumption"
"factors.doctrine.*" = "design"
""",
        """
replicates = { at_least = 20, at_most = 50 }
precision = { deterrence_rate = 0.01 }
scenario = "illustrative"
doctrine = "clear_ladder"
engine = "mesa"
[factors]
"doctrine.firmness" = { low = 0.5, high = 2.0 }
"doctrine.ratchet" = { low = 0.01, high = 1.0, scale = "log" }
"scenario.time.weeks" = { low = 26, high = 52 }
"doctrine" = ["none", "status_quo"]
[design]
kind = "latin"
size = 7
cross = ["doctrine"]
seed = 5
""",
        """
replicates = 2
uncertainty = "posterior"
factors.scenario.grievance.grievance_gain = { low = 0.1, high = 1.0 }
factors.switches.norms = [true, false]
design = { kind = "sobol", size = 8 }
""",
        """
replicates = 2
[factors]
"doctrine.clarity" = { low = 0.1, high = 1.0 }
"archetypes.major_power.capability.mean" = { low = 0.1, high = 0.9 }
"scenario.time.start" = [2015-01-05, 2016-01-04]
[design]
kind = "saltelli"
size = 4
second_order = true
""",
        """
replicates = 2
[factors]
"doctrine.clarity" = { low = 0.1, high = 1.0 }
"doctrine.voting_rule" = ["qmv", "unanimity", "coalition"]
[design]
kind = "morris"
trajectories = 4
levels = 6
""",
        """
replicates = 2
[factors]
"doctrine.clarity" = [0.1, 0.2, 0.3]
"measures.asset_freeze.delay.high" = [300, 301, 302]
[design]
kind = "zip"
""",
        """
replicates = 2
[design]
kind = "list"
points = [{ doctrine.clarity = 0.1, doctrine.firmness = 1 }, { doctrine.clarity = 0.2, "doctrine.firmness" = 2 }]
[search]
objectives = ["max deterrence_rate", "min eu_cost", "max worst harm_averted"]
worst = 0.1
trials = 8
population = 4
""",
    )
]
