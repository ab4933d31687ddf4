"""The European Union: the Council and the bodies around it, with its credibility, its programmes and its open cases."""

import math

from agents.attribution import log_odds, power
from agents.belief import CLASSES, publish_limits
from agents.catalogue import PROGRAMME
from agents.doctrine import LOOK_BACK, enter_phases
from agents.foundation.columns import Columns, Face, integer, natural, real
from agents.foundation.compiled import Tables, rule
from agents.foundation.functions import log
from agents.foundation.randomness import weekly_rate
from agents.partner import clue_chance
from agents.union.detection import call_perpetrators, open_cases
from agents.union.docket import OPEN
from agents.union.effects import take_effect
from agents.union.orders import follow_script, obey
from agents.union.response import effort, fill_agenda
from agents.union.script import clarity_announced

YEARLY = 52
"""Weeks after which an announcement of people's would be repeated."""

COUNCIL = Columns(
    entity=natural("number under which it draws"),
    standard=real("confidence required for attribution, log-odds"),
    lowest_standard=real("lowest standard of a Member State, log-odds"),
    highest_standard=real("highest standard of a Member State, log-odds"),
    caution=real("rise of every Member State's standard after errors came to light, fading, at most 1, log-odds"),
    log_real=real("log of the share of cases that are taken to be real"),
    log_discount=real("logarithm of the weekly factor by which the public discounts what is delivered"),
    credibility=real("the EU's credibility, 0 to 1: the mean of its classes"),
    kept=("(3,)f8", "credibility in each class of severity, 0 to 1"),
    promised=("(3,)f8", "what was promised for attributed cases in each class, bite, fading"),
    fulfilled=("(3,)f8", "how much of it was delivered, fading"),
    delivered=("(3,)f8", "bite delivered, discounted publicly, fading"),
    lateness=("(3,)f8", "the same times the weeks from act to adoption"),
    heard=real("how present the last campaign still is, 0 to 1"),
    norm_strength=real("strength of the norms of responsible state behaviour, 0 to 1"),
    skill=real("attribution skill this week, 0 to 1"),
    clue_probability=real("probability a week that a case yields a clue, partners' intelligence included"),
    clue_rate=real("the same as the rate of an exponential"),
    resilience_drift=real("change of resilience since the start of the run, from the trend"),
    attention=real("share of clues that investigators can follow: below 1 where they have too many cases"),
    mistaken=real("the EU's fading count of cases that turned out to be false alarms, with hindsight"),
    signal_weight=real("weight of this week's announcement for each activity; 0: none"),
    suspect_weight=real("sum over perpetrators of the weight with which investigators meet them"),
    suspect_record=real("sum over perpetrators of that weight times their record"),
    rows_used=integer("rows of the docket in use, counted to the last"),
    rows_full=integer("rows of the docket in use, counted to the first empty one"),
    rows_due=integer("cases on which something is due this week: entries of `due`"),
    rows_ended=integer("attributed cases whose answer was completed this week: entries of `ended`"),
    waiting=integer("dossiers that wait for room on the agenda"),
    in_preparation=integer("dossiers in preparation"),
    rows_met=integer("perpetrators that met an opportunity this week: entries of `met`"),
    overflow=integer("1 if the docket or the ledger was too small; the run must be repeated with larger ones"),
    ledger_rows=integer("rows written to the ledger"),
    votes_written=integer("votes written down"),
    acts_written=integer("acts written down"),
    counted_from=integer("week in which counting began"),
    # what phases of the doctrine wait for
    phases=integer("phases of the doctrine that hold, a bit for each"),
    turned=integer("week in which the doctrine last changed; campaigns are counted from it"),
    severe_by_week=(f"({LOOK_BACK},)i8", "cases assessed as severe that were opened in each week of the last year"),
    credibility_by_week=(f"({LOOK_BACK},)f8", "credibility at the end of each week of the last year"),
    # standing programmes
    programme_norms=real("level of norm strength that programmes add, as a share of what is missing"),
    programme_resilience=real("level of resilience that programmes add, as a share of what is missing"),
    programme_diligence=real("level of diligence that programmes add"),
    programme_calming=real("share of grievance that programmes calm a week"),
    running_cost=real("political cost of a week of programmes, haste, partners and pressure on harbours"),
)


@rule
def take_office(world: Tables, row: int, week: int) -> None:
    """Start with the scenario's credibility and norms, and with what is known of partners and perpetrators."""
    council = world.council[row]
    scenario = world.scenario[0]
    council.log_real = log(1.0 - scenario.false_alarm_share)
    council.log_discount = log(scenario.public_discount)
    council.credibility = 0.0
    for place in range(len(CLASSES)):
        council.kept[place] = world.classes[place].credibility
        council.credibility += council.kept[place] / len(CLASSES)
    council.norm_strength = scenario.norm_baseline
    take_up_doctrine(world, row, week)
    survey(world, row, week)


@rule
def take_up_doctrine(world: Tables, row: int, week: int) -> None:
    """Take up what the doctrine asks: standards of attribution, partners' intelligence, and standing programmes."""
    council = world.council[row]
    council.standard = log_odds(world.doctrine[0].attribution_confidence)
    council.lowest_standard, council.highest_standard = math.inf, -math.inf
    for place in range(len(world.member_states)):
        member = world.member_states[place]
        member.standard = council.standard + member.standard_offset
        council.lowest_standard = min(council.lowest_standard, member.standard)
        council.highest_standard = max(council.highest_standard, member.standard)
    council.clue_probability = clue_chance(world, world.doctrine[0].partners)
    council.clue_rate = weekly_rate(council.clue_probability)
    run_programmes(world, row, week)


@rule
def turn(world: Tables, row: int, week: int) -> None:
    """Let phases of the doctrine begin and end, by their dates and by what the Union has seen in the last year.

    It knows the cases that were opened and how severe it took them to be, false alarms among them, and what it kept of
    its promises. A changed doctrine is announced at once where it has campaigns (`signal`).
    """
    if len(world.phases) == 0:
        return
    council = world.council[row]
    severe = 0
    credibility = 0.0
    for place in range(LOOK_BACK):
        severe += council.severe_by_week[place]
        credibility += council.credibility_by_week[place]
    council.severe_by_week[week % LOOK_BACK] = 0
    if enter_phases(world, week, float(severe), credibility / LOOK_BACK):
        change_doctrine(world, row, week)


@rule
def change_doctrine(world: Tables, row: int, week: int) -> None:
    """Take up the doctrine as it is now, which is another than in the week before."""
    world.council[row].turned = week
    world.books[0].doctrine_changes += 1
    take_up_doctrine(world, row, week)
    for perpetrator in range(len(world.perpetrators)):
        # perpetrators keep the odds of being named while records stay alike; the standard is now another
        world.perpetrators[perpetrator].ratio_high = 0.0


@rule
def run_programmes(world: Tables, row: int, week: int) -> None:
    """Run the standing programmes that exist by now and are not forgone, each with the effort of its category."""
    council = world.council[row]
    norms = resilience = diligence = calming = cost = 0.0
    for measure_row in range(len(world.measures)):
        measure = world.measures[measure_row]
        if measure.occasion != PROGRAMME or measure.available > week or measure.forgone == 1:
            continue
        share = effort(world, measure.category)
        norms += share * measure.norms
        resilience += share * measure.resilience
        diligence += share * measure.diligence
        calming += share * measure.calming / 52.0
        cost += share * measure.cost / 52.0
    council.programme_norms = min(1.0, norms)
    council.programme_resilience = min(1.0, resilience)
    council.programme_diligence = min(1.0, diligence)
    council.programme_calming = min(1.0, calming)
    council.running_cost = cost + price(world) / 52.0


@rule
def price(world: Tables) -> float:
    """Political cost a year of what the doctrine keeps up: haste, close partners, and pressure on harbours."""
    doctrine = world.doctrine[0]
    scenario = world.scenario[0]
    haste = max(0.0, 1.0 / doctrine.delay_factor - 1.0)
    return (
        scenario.haste_cost * haste
        + scenario.partner_cost * doctrine.partners
        + scenario.diligence_cost * doctrine.due_diligence
    )


@rule
def survey(world: Tables, row: int, week: int) -> None:
    """Take stock for the week: attribution skill, and how busy the perpetrators are on record."""
    council = world.council[row]
    scenario = world.scenario[0]
    council.skill = min(1.0, max(0.0, scenario.skill + scenario.skill_trend * (week // 52)))
    council.resilience_drift = scenario.resilience_trend * week / 52.0
    weights = 0.0
    records = 0.0
    council.attention = attention(world)
    for perpetrator in range(len(world.perpetrators)):
        record = world.perpetrators[perpetrator].record
        weights += 1.0 + record
        records += (1.0 + record) * record
    council.suspect_weight = weights
    council.suspect_record = records


@rule
def attention(world: Tables) -> float:
    """Share of clues that investigators can follow: they work on so many open cases at once, where that is limited."""
    limit = world.scenario[0].investigators
    if limit == 0:
        return 1.0
    at_work = 0
    for row in range(world.council[0].rows_used):
        at_work += int(world.cases[row].status == OPEN)
    return min(1.0, limit / at_work) if at_work > 0 else 1.0


@rule
def signal(world: Tables, row: int, week: int) -> None:
    """Announce the response schedule on campaign weeks, at a price: the clearer, the more the announcement weighs.

    An announcement is one standing signal and no sample. A campaign adds what fades until the next, so that the weight
    in all does not depend on how often it is repeated: else a vague weekly campaign would outdo a clear yearly one.
    Campaigns are counted from the last change of doctrine, which is thus announced at once. What people announce counts
    as one of a yearly campaign.
    """
    council = world.council[row]
    doctrine = world.doctrine[0]
    scenario = world.scenario[0]
    council.signal_weight = 0.0
    council.heard *= world.keep[0].memory
    council.caution *= world.keep[0].caution
    council.mistaken *= world.keep[0].record
    interval = doctrine.campaign_interval
    campaign = interval > 0 and (week - council.turned) % interval == 0
    clarity = doctrine.clarity
    if len(world.script) > 0:
        said = clarity_announced(world, week)
        if said >= 0.0:
            campaign, clarity, interval = True, said, YEARLY
    if campaign:
        council.heard = 1.0
        world.books[0].cost += scenario.campaign_cost * clarity
        odds = clarity / (1.0 - clarity + scenario.signal_noise)
        fading = 1.0 - power(world.keep[0].memory, interval)
        council.signal_weight = scenario.signal_precision * odds * fading / (len(world.activities) - 1)
        publish_limits(world, week)


@rule
def renew(world: Tables, row: int, week: int) -> None:
    """End the week: norms relax towards what programmes hold up, and stock is taken for the next."""
    council = world.council[row]
    baseline = world.scenario[0].norm_baseline
    level = baseline + (1.0 - baseline) * council.programme_norms
    council.norm_strength = level + (council.norm_strength - level) * world.keep[0].norms
    council.credibility_by_week[week % LOOK_BACK] = council.credibility
    run_programmes(world, row, week + 1)
    survey(world, row, week + 1)


class Council(Face, table="council", columns=COUNCIL):
    """Signals, opens cases, lets decisions take effect and learns; doctrine is what it chooses, votes what it may."""

    def turn(self) -> None:
        """Let phases of the doctrine begin and end."""
        self.apply(turn)

    def signal(self) -> None:
        """Announce the response schedule."""
        self.apply(signal)

    def call_perpetrators(self) -> None:
        """List the perpetrators that met an opportunity."""
        self.apply(call_perpetrators)

    def follow_script(self) -> None:
        """Let injected acts happen, and call the cases that orders are about."""
        self.apply(follow_script)

    def obey(self) -> None:
        """Carry out what people have decided on cases."""
        self.apply(obey)

    def open_cases(self) -> None:
        """Put acts that will surface, and false alarms, on the docket."""
        self.apply(open_cases)

    def fill_agenda(self) -> None:
        """Take up waiting dossiers, while there is room on the agenda."""
        self.apply(fill_agenda)

    def take_effect(self) -> None:
        """Bring adopted measures into force and let lapsed ones end."""
        self.apply(take_effect)

    def renew(self) -> None:
        """Renew norms, programmes and the survey of perpetrators."""
        self.apply(renew)
