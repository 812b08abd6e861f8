"""Every finding as a sentence, in the language of the ``say`` that is handed in.

Sentences are written from readings of a Report, that is from figures which have passed disclosure, never from answers.
They say what was seen ("trust rose"), never why ("the programme raised trust"). Each is one marked msgid with named
places; word order, gender and plural are the catalogue's business. What a sentence names is either a *subject* that
can open it ("Trust rose", "La confianza subió") or a label that cannot, which is then set apart with a colon.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.columns import Words
from analysis.readings import BeforeNow, Change, Distribution, Goal, Matrix, Reading, Recommendation, Response, Shift, Spread, Trend, Turned
from analysis.saying import (
    Say,
    Unit,
    amount,
    decimal,
    full_day,
    interval,
    listed,
    mark,
    month,
    percent,
    quoted,
    round_name,
    said,
    signed,
    span,
    whole,
)
from analysis.trends import raw_misleads

#: Constructs of the item bank, as subjects that open a sentence and agree with a singular verb.
SUBJECTS = {
    "TRUST": mark("Trust"),
    "TRUST_BETWEEN": mark("Trust between groups"),
    "CAPACITY_NOW": mark("Capacity"),
    "CAPACITY_THEN": mark("Capacity before the workshop"),
    "LEARNING": mark("Learning"),
    "ACCESS": mark("Access to information"),
    "COALITION": mark("The strength of the coalition"),
    "PROCESS": mark("Satisfaction with the workshops"),
}

#: b.12, in its order.
CHANGES = {
    "increase": mark("increase"),
    "small_increase": mark("small increase"),
    "decrease": mark("decrease"),
    "small_decrease": mark("small decrease"),
    "no_meaningful_change": mark("no meaningful change"),
    "cannot_tell": mark("cannot tell yet"),
    "all_equal": mark("all answers are equal"),
}

STATUSES = {
    "achieved": mark("Achieved"),
    "on_track": mark("On track"),
    "at_risk": mark("At risk"),
    "off_track": mark("Off track"),
    "not_enough_evidence": mark("Not enough evidence"),
}

#: b.13: why the rule decided as it did, in words; the keys are the reasons of analysis.expected.
REASONS = {
    "not_enough": mark("This round does not say enough: too few answers, a group missing, or an interval that is too wide."),
    "absent_groups": mark("A group of the programme did not answer in this round, so there is no adjusted figure."),
    "no_baseline": mark("The starting point is not known, so the change cannot be judged."),
    "baseline_before_break": mark("The question changed after the start was measured, so progress cannot be judged from there."),
    "few_people": mark("Fewer than 8 answers in this round."),
    "wide_interval": mark("The interval is too wide to tell."),
    "low_response": mark("Fewer than three in ten of the people invited answered."),
    "all_equal": mark("All answers are equal, so the change cannot be judged."),
    "no_value": mark("There is no figure for this round."),
    "due_without_measurement": mark("The due date passed without a measurement."),
    "target_met": mark("The target is met, with clear evidence."),
    "not_reached": mark("The due date has passed and the target was not reached."),
    "not_confirmed": mark("The due date has passed and it is not confirmed that the target was met."),
    "baseline_round": mark("This is the first round; progress can be read from the next one."),
    "below_baseline": mark("It is below where it started, with clear evidence."),
    "above_baseline": mark("It is above where it started, with clear evidence; it should have come down."),
    "too_early": mark("Too early to tell: the way it should have come by now is shorter than the margin."),
    "no_path": mark("Without a starting point and a due date the way to the target cannot be judged."),
    "on_course": mark("At this pace the target is more likely than not to be reached in time."),
    "on_course_milestone": mark("It is where it should be by now to reach the target in time."),
    "doubtful": mark("At this pace the target is unlikely to be reached in time."),
    "doubtful_milestone": mark("It is behind where it should be by now to reach the target in time."),
    "off_course": mark("At this pace the target is very unlikely to be reached in time."),
    "off_course_milestone": mark("It is far behind where it should be by now to reach the target in time."),
}
#: What a rule means where no reason was handed over: (otherwise, off track).
RULES = {
    "S0": ("not_enough", "not_enough"),
    "S1": ("target_met", "target_met"),
    "S2": ("not_confirmed", "not_reached"),
    "S3": ("baseline_round", "baseline_round"),
    "S4": ("below_baseline", "below_baseline"),
    "S5": ("too_early", "too_early"),
    "S6": ("on_course", "on_course"),
    "S7": ("doubtful", "off_course"),
}

#: The same rules as a key to the chips, printed on the page that uses them.
KEY = {
    "achieved": mark("The target is very probably met (90%% or more), in two rounds or at the due date."),
    "on_track": mark("At this pace it is more likely than not to reach the target in time."),
    "at_risk": mark("It has a chance of 10%% to 49%% of arriving in time, or the due date passed and the target is not confirmed."),
    "off_track": mark("It has a chance under 10%% of arriving in time, is below where it started, or missed the due date."),
    "not_enough_evidence": mark(
        "First round, under 8 answers or 30%% answering, a group missing, too wide an interval, or a changed question."
    ),
}

ROSE = {"increase", "small_increase"}
FELL = {"decrease", "small_decrease"}


# --- words that stand alone


def change_word(key: str, say: Say) -> str:
    """The word of b.12 for a change, "cannot tell yet" for one that is not known."""
    return say(CHANGES.get(key, CHANGES["cannot_tell"]))


def status_word(status: str, say: Say) -> str:
    return say(STATUSES.get(status, STATUSES["not_enough_evidence"]))


def withheld(say: Say) -> str:
    """The one sentence of privacy D2, the same whatever the cause."""
    return say("not shown, to protect small groups")


def no_data(say: Say) -> str:
    return say("No closed round has answers to this yet.")


def sentence(words: str) -> str:
    """The first letter as a capital, where a label or the words of D2 open a sentence."""
    return words[:1].upper() + words[1:]


# --- status


def rule_sentence(goal: Goal, say: Say) -> str:
    """Why the rule that fired decided as it did, in words (b.13)."""
    reason = reason_of(goal)
    return say(REASONS[reason]) if reason else say("No rule could be applied yet.")


def reason_of(goal: Goal) -> str | None:
    """The key of ``REASONS``: the reason handed over, else what the rule means, told for the direction and the forecast."""
    usual, off_track = RULES.get(goal.rule[:2].upper(), (None, None))
    reason = goal.reason if goal.reason in REASONS else off_track if goal.status == "off_track" else usual
    if reason == "below_baseline" and goal.direction == "down":
        return "above_baseline"
    if not goal.has_forecast and f"{reason}_milestone" in REASONS:
        return f"{reason}_milestone"
    return reason


def tipping_sentence(goal: Goal, say: Say) -> str | None:
    """b.14, where a target is claimed: how far from the others the silent would have to be for it to be missed."""
    if goal.status != "achieved" or goal.tipping_point is None or goal.tipping_point <= 0:
        return None
    apart = amount(goal.tipping_point, goal.unit, say)
    if goal.direction == "down":
        return say("Those who did not answer would have to read %(apart)s higher for the target to be missed.", apart=apart)
    return say("Those who did not answer would have to read %(apart)s lower for the target to be missed.", apart=apart)


def likely(probability: float | None, say: Say) -> str:
    """A probability as a per cent; the ends are never given as certain, nor an unknown one as nought."""
    if probability is None:
        return say("not known")
    if probability < 0.01:
        return say("under %(share)s", share=percent(1, say))
    if probability > 0.99:
        return say("over %(share)s", share=percent(99, say))
    return percent(100 * probability, say)


def goal_amount(goal: Goal, value: float, say: Say) -> str:
    """A value of an indicator in its unit; one stated by hand in the unit that the programme names."""
    written = amount(value, goal.unit, say)
    if goal.unit != "stated" or not goal.unit_words:
        return written
    unit = said(goal.unit_words, say)
    return percent(value, say) if unit == "%" else written


# --- trend of a construct


def subject(key: str, label: Words, say: Say) -> str | None:
    """What can open a sentence and agree with "rose": the bank's own noun, or a label with a singular article."""
    if key in SUBJECTS:
        return say(SUBJECTS[key])
    words = said(label, say)
    articles = {"es": ("El ", "La "), "en": ("The ",)}.get(say.language, ())
    return words if words.startswith(articles) and articles else None


def trend_heading(trend: Trend, say: Say) -> str:
    """The finding of a trend, to be read without its chart."""
    shown = trend.shown
    if not shown:
        hidden = any(point.hidden for point in trend.main)
        words = withheld(say) if hidden else no_data(say)
        return say("%(label)s: %(finding)s", label=said(trend.label, say), finding=words.rstrip("."))
    if len(shown) == 1:
        return _first_round(trend, shown[0], say)
    words = trend.change.words if trend.change else "cannot_tell"
    who = subject(trend.key, trend.label, say)
    ends = {"first": decimal(trend.start.value or 0, say), "last": decimal(shown[-1].value or 0, say), "span": _span(trend, say)}
    return _opened(who, words, ends, say) if who else _labelled(said(trend.label, say), words, ends, say)


def _span(trend: Trend, say: Say) -> str:
    first, last = trend.start.on, trend.shown[-1].on
    return span(first, last, say) if first and last else ""


def _first_round(trend: Trend, point: Reading, say: Say) -> str:
    who = subject(trend.key, trend.label, say)
    places = {"value": decimal(point.value or 0, say), "lo": whole(trend.lo, say), "hi": whole(trend.hi, say)}
    if who:
        return say("%(what)s starts at %(value)s on a scale of %(lo)s to %(hi)s", what=who, **places)
    return say("%(label)s: %(value)s at the start, on a scale of %(lo)s to %(hi)s", label=said(trend.label, say), **places)


def _opened(who: str, words: str, ends: dict[str, str], say: Say) -> str:
    places = {"what": who, **ends}
    match words:
        case "increase":
            return say("%(what)s rose from %(first)s to %(last)s in %(span)s", **places)
        case "small_increase":
            return say("%(what)s rose a little, from %(first)s to %(last)s, in %(span)s", **places)
        case "decrease":
            return say("%(what)s fell from %(first)s to %(last)s in %(span)s", **places)
        case "small_decrease":
            return say("%(what)s fell a little, from %(first)s to %(last)s, in %(span)s", **places)
        case "no_meaningful_change":
            return say("%(what)s has stayed about the same: %(first)s at the start, %(last)s after %(span)s", **places)
        case "all_equal":
            return say("%(what)s reads %(last)s, and %(first)s at the start; within each round all answers are equal", **places)
    return say("%(what)s reads %(last)s, and %(first)s at the start: we cannot tell yet whether it changed", **places)


def _labelled(label: str, words: str, ends: dict[str, str], say: Say) -> str:
    places = {"label": label, **ends}
    match words:
        case "increase":
            return say("%(label)s: up from %(first)s to %(last)s in %(span)s", **places)
        case "small_increase":
            return say("%(label)s: up a little, from %(first)s to %(last)s, in %(span)s", **places)
        case "decrease":
            return say("%(label)s: down from %(first)s to %(last)s in %(span)s", **places)
        case "small_decrease":
            return say("%(label)s: down a little, from %(first)s to %(last)s, in %(span)s", **places)
        case "no_meaningful_change":
            return say("%(label)s: about the same, %(first)s at the start and %(last)s after %(span)s", **places)
        case "all_equal":
            return say("%(label)s: %(last)s now, %(first)s at the start; within each round all answers are equal", **places)
    return say("%(label)s: %(last)s now, %(first)s at the start; we cannot tell yet whether it changed", **places)


def trend_about(trend: Trend, say: Say) -> str:
    """What is measured, in which unit, over which time: the line above the heading."""
    scale = {"what": said(trend.label, say), "lo": whole(trend.lo, say), "hi": whole(trend.hi, say)}
    days = [point.on for point in trend.main if point.on]
    if not days:
        return say("%(what)s, %(lo)s to %(hi)s", **scale)
    if days[0] == days[-1]:
        return say("%(what)s, %(lo)s to %(hi)s, %(month)s", month=month(days[0], say), **scale)
    return say("%(what)s, %(lo)s to %(hi)s, %(first)s to %(last)s", first=month(days[0], say), last=month(days[-1], say), **scale)


def trend_summary(trend: Trend, say: Say) -> list[str]:
    """Paragraphs a listener could use alone: how sure the change is, the way to the target, why raw and adjusted differ."""
    shown = trend.shown
    if not shown:
        return []
    found = [_where_it_stands(trend, say)]
    if len(trend.raw) == 1:
        found.append(say("There is one round only: nothing to compare it with yet."))
    found += turn_sentences(trend.turns, say)
    if trend.segment > 1 and len(shown) == 1:
        found.append(say("There is one round since the question changed: nothing to compare it with yet."))
    if trend.change and len(shown) > 1:
        found.append(change_sentence(trend.change, "points", say))
    if trend.goal and (target := target_sentence(trend.goal, say)):
        found.append(target)
    more = (raw_sentence(trend, say), weight_sentence(trend, say), missing_sentence(trend, say), hidden_sentence(trend, say))
    found += [words for words in more if words]
    return found


def turn_sentences(turns: Sequence[Turned], say: Say) -> list[str]:
    """When the question changed, and what that means for the line, with the reason that somebody gave."""
    return [turn_sentence(turned, say) for turned in turns]


def turn_sentence(turned: Turned, say: Say) -> str:
    when, reason = month(turned.on, say), _given(turned.reason.rstrip("."), say)
    if turned.kind == "break" and not turned.reason:
        return say("The question changed in %(when)s: a new series begins, not to be compared with the one before.", when=when)
    if turned.kind == "break":
        return say("The question changed in %(when)s and a new series begins: %(reason)s.", when=when, reason=reason)
    if not turned.reason:
        return say("Something about the question changed in %(when)s, not its words: the series goes on.", when=when)
    if turned.kind == "note":
        return say("The question changed in %(when)s; read the line with care: %(reason)s.", when=when, reason=reason)
    return say("The question changed in %(when)s and was judged comparable: %(reason)s.", when=when, reason=reason)


def turn_words(turned: Turned, say: Say) -> str:
    """A turn as a cell of a table says it."""
    words = {"break": mark("New series"), "note": mark("Read with care"), "comparable": mark("Judged comparable")}
    said_kind = say(words[turned.kind])
    return say("%(what)s: %(reason)s", what=said_kind, reason=_given(turned.reason, say)) if turned.reason else said_kind


def _given(reason: str, say: Say) -> str:
    """Somebody's own words in quotes; the quotes inside them are the inner ones of the language."""
    inner = "“”" if say.language == "es" else "‘’"
    return quoted(reason.translate(str.maketrans("«»“”", inner * 2)), say)


def _where_it_stands(trend: Trend, say: Say) -> str:
    last = trend.shown[-1]
    places = {"when": month(last.on, say) if last.on else said(last.label, say), "value": decimal(last.value or 0, say)}
    if last.low is None or last.high is None:
        return say("In %(when)s it reads %(value)s.", **places)
    places["ends"] = _between(last.low, last.high, say)
    if last.n is None:
        return say("In %(when)s it reads %(value)s; it may lie between %(ends)s.", **places)
    return say.many(
        "In %(when)s it reads %(value)s; with %(count)s answer it may lie between %(ends)s.",
        "In %(when)s it reads %(value)s; with %(count)s answers it may lie between %(ends)s.",
        last.n,
        **places,
    )


def _between(low: float, high: float, say: Say, unit: Unit = "points") -> str:
    return say("%(low)s and %(high)s", low=amount(low, unit, say), high=amount(high, unit, say))


def _signed_between(low: float, high: float, unit: Unit, say: Say) -> str:
    return say("%(low)s and %(high)s", low=signed(low, unit, say), high=signed(high, unit, say))


def change_sentence(change: Change, unit: Unit, say: Say) -> str:
    """How large the change is, how sure, and what it is called (b.12)."""
    if change.words == "cannot_tell" or not change.words:
        return cannot_tell(change, unit, say)
    places = {"change": signed(change.value, unit, say), "word": change_word(change.words, say)}
    if change.low is None or change.high is None:
        return say("The change is %(change)s: %(word)s.", **places)
    near, far = sorted((change.low, change.high), key=abs)
    if change.words in ROSE | FELL and signed(near, unit, say) == signed(0, unit, say):
        return say(
            "The change is %(change)s: it may be very small, or as large as %(far)s (%(word)s).", far=signed(far, unit, say), **places
        )
    return say(
        "The change is %(change)s and may lie between %(ends)s: %(word)s.",
        **places,
        ends=_signed_between(change.low, change.high, unit, say),
    )


def cannot_tell(change: Change, unit: Unit, say: Say) -> str:
    """ "Cannot tell yet", with the smallest change this round could have shown: 2.8 standard errors (b.12)."""
    if not change.se:
        return say("We cannot tell yet whether there was a change.")
    smallest = signed(2.8 * change.se, unit, say).lstrip("+")
    return say(
        "We cannot tell yet whether there was a change: this round could only have shown one of %(smallest)s or more.", smallest=smallest
    )


def target_sentence(goal: Goal, say: Say) -> str | None:
    """The way to the target, at the present pace; nothing without a target or a probability."""
    if goal.target is None or goal.target_kind == "change":
        return None
    places = {"target": amount(goal.target, goal.unit, say)}
    if goal.status == "achieved":
        return say("The target of %(target)s is reached, with clear evidence.", **places)
    if goal.due_on is None or goal.p_on is None or goal.status == "not_enough_evidence":
        return None
    places["due"] = month(goal.due_on, say)
    if is_past_due(goal):
        return _past_due(goal, places, say)
    return _forecast(goal, places, say) if goal.has_forecast else _against_the_milestone(goal, places, say)


def is_past_due(goal: Goal) -> bool:
    """S2 of b.13: the status was decided on or after the due date, so there is nothing left to forecast."""
    return goal.rule.startswith("S2")


def _past_due(goal: Goal, places: dict[str, str], say: Say) -> str:
    if reason_of(goal) == "not_reached":
        return say("The due date, %(due)s, has passed and the target of %(target)s was not reached.", **places)
    return say("The due date, %(due)s, has passed and it is not confirmed that the target of %(target)s was met.", **places)


def _forecast(goal: Goal, places: dict[str, str], say: Say) -> str:
    if (goal.p_on or 0) >= 0.5:
        return say("If the present pace continues, the target of %(target)s is likely to be reached by %(due)s.", **places)
    if (goal.p_on or 0) >= 0.1:
        return say("If the present pace continues, the target of %(target)s is unlikely to be reached by %(due)s.", **places)
    return say("If the present pace continues, the target of %(target)s is very unlikely to be reached by %(due)s.", **places)


def _against_the_milestone(goal: Goal, places: dict[str, str], say: Say) -> str:
    if (goal.p_on or 0) >= 0.5:
        return say("It is where it should be by now to reach the target of %(target)s by %(due)s.", **places)
    return say("It is behind where it should be by now to reach the target of %(target)s by %(due)s.", **places)


def raw_sentence(trend: Trend, say: Say) -> str | None:
    """Why the raw and the adjusted figure differ: whose share of the answers is not its share in the mix."""
    pair = _both(trend)
    if pair is None:
        return None
    adjusted, raw = pair
    if decimal(adjusted.value or 0, say) == decimal(raw.value or 0, say):
        return say("Without adjustment it reads the same, %(raw)s.", raw=decimal(raw.value or 0, say))
    words = say("Without adjustment it would read %(raw)s.", raw=decimal(raw.value or 0, say))
    parts = [words]
    if trend.shift and adjusted.on:
        parts.append(shift_sentence(trend.shift, adjusted.on, say))
    if mix_warning(trend):
        parts.append(say("Who answered has changed: do not read the line without adjustment as change."))
    return " ".join(parts)


def _both(trend: Trend) -> tuple[Reading, Reading] | None:
    """The latest round that has both an adjusted and a raw figure."""
    raw = {point.round: point for point in trend.raw if point.value is not None}
    both = [(point, raw[point.round]) for point in trend.adjusted if point.value is not None and point.round in raw]
    return both[-1] if both else None


def shift_sentence(shift: Shift, on: date, say: Say) -> str:
    """Whose answers are more, or fewer, than the mix gives them."""
    return say(
        "In %(when)s %(group)s gave %(answered)s of the answers and counts for %(mix)s in the adjusted figure.",
        when=month(on, say),
        group=quoted(said(shift.group, say), say),
        answered=percent(shift.answered_pct, say),
        mix=percent(shift.mix_pct, say),
    )


def mix_warning(trend: Trend) -> bool:
    """b.9: raw and fixed-mix change differ by more than 0.1 R/4, or in sign."""
    if trend.change is None or trend.raw_change is None:
        return False
    return raw_misleads(trend.raw_change.value, trend.change.value, trend.hi - trend.lo)


def missing_sentence(trend: Trend, say: Say) -> str | None:
    """The rounds without an adjusted figure, because a group of the mix was absent, and which group that was."""
    if not trend.is_adjusted and not trend.absent:
        return say("There is no adjusted figure: not every group of the programme answered.") if trend.shown else None
    days = {point.round: point.on for point in (*trend.raw, *trend.adjusted)}
    found = []
    for round_, groups in trend.absent:
        on = days.get(round_)
        if on is not None:
            names = [quoted(said(group, say), say) for group in groups]
            found.append(_absent_in(month(on, say), names, say))
    return " ".join(found) or None


def _absent_in(when: str, names: Sequence[str], say: Say) -> str:
    if not names:
        return say("There is no adjusted figure for %(when)s: a group of the programme did not answer.", when=when)
    return say("There is no adjusted figure for %(when)s: nobody from %(groups)s answered.", when=when, groups=listed(names, say))


def weight_sentence(trend: Trend, say: Say) -> str | None:
    """b.9: a few people carry most of the weight of the last adjusted figure."""
    if trend.is_adjusted and trend.shown and trend.shown[-1].note == "lopsided":
        return say("A few people carry most of the weight in the adjusted figure: read it with caution.")
    return None


def hidden_sentence(trend: Trend, say: Say) -> str | None:
    """The rounds of which nothing is shown, in the one sentence of D2."""
    months = [month(point.on, say) for point in trend.main if point.hidden and point.on]
    return say("%(months)s: %(withheld)s.", months=sentence(listed(months, say)), withheld=withheld(say)) if months else None


# --- how the answers are spread


def spread_heading(distribution: Distribution, say: Say) -> str:
    """How many gave the better answers: from the item with the fewest to the one with the most."""
    shown = ranked(distribution)
    if not shown:
        return sentence(withheld(say)) if distribution.spreads else no_data(say).rstrip(".")
    answers = _answers(distribution, _better(distribution, shown[0]), say)
    high, low = (percent(spread.share(_better(distribution, spread)), say) for spread in (shown[0], shown[-1]))
    if len(shown) == 1:
        item = said(shown[0].label, say)
        if item.endswith("?"):
            return say("%(question)s %(share)s answered %(answers)s", question=item, share=high, answers=answers)
        return say("%(item)s: %(share)s answered %(answers)s", item=quoted(item, say), share=high, answers=answers)
    places = {"what": said(distribution.label, say).rstrip("."), "answers": answers, "low": low, "high": high}
    if _is_mixed(shown):
        if high == low:
            return say("%(what)s: %(high)s gave favourable answers, whichever the question", **places)
        return say("%(what)s: %(low)s to %(high)s gave favourable answers, depending on the question", **places)
    if high == low:
        return say("%(what)s: %(high)s answered %(answers)s, whichever the question", **places)
    return say("%(what)s: %(low)s to %(high)s answered %(answers)s, depending on the question", **places)


def ranked(distribution: Distribution) -> list[Spread]:
    """The spreads that may be shown, the one with the most of the better answers first."""
    shown = [spread for spread in distribution.spreads if spread.parts]
    return sorted(shown, key=lambda spread: -spread.share(_better(distribution, spread)))


def _better(distribution: Distribution, spread: Spread) -> tuple[str, ...]:
    """The answers that speak well of what is measured: the lower ones where less is better."""
    return distribution.negative if spread.reverse else distribution.positive


def _worse(distribution: Distribution, spread: Spread) -> tuple[str, ...]:
    return distribution.positive if spread.reverse else distribution.negative


def _is_mixed(shown: Sequence[Spread]) -> bool:
    """More is better in some items and less in others, so that no answer is the better one in all."""
    return len({spread.reverse for spread in shown}) > 1


def spread_summary(distribution: Distribution, say: Say) -> list[str]:
    """What a favourable answer is, the items with the most and the fewest, and how many are not shown."""
    shown = ranked(distribution)
    if not shown:
        return []
    found = [_favourable(distribution, say)] if _is_mixed(shown) else []
    found += _most_and_fewest(distribution, shown, say) if len(shown) > 1 else [_other_answers(distribution, shown[0], say)]
    hidden = sum(1 for spread in distribution.spreads if not spread.parts)
    if not hidden:
        return found
    more = say.many(
        "How the answers to %(count)s more item are spread is not shown, to protect small groups.",
        "How the answers to %(count)s more items are spread is not shown, to protect small groups.",
        hidden,
    )
    return [*found, more]


def _favourable(distribution: Distribution, say: Say) -> str:
    return say(
        "Favourable answers: %(positive)s; where less is better, %(negative)s.",
        positive=_answers(distribution, distribution.positive, say),
        negative=_answers(distribution, distribution.negative, say),
    )


def _most_and_fewest(distribution: Distribution, shown: Sequence[Spread], say: Say) -> list[str]:
    """Nothing where all items read the same."""
    top, bottom = shown[0], shown[-1]
    high, low = (percent(spread.share(_better(distribution, spread)), say) for spread in (top, bottom))
    if high == low:
        return []
    fewest = say(
        "Fewest: %(item)s, %(share)s; another %(other)s answered %(answers)s.",
        item=quoted(said(bottom.label, say), say),
        share=low,
        other=percent(bottom.share(_worse(distribution, bottom)), say),
        answers=_answers(distribution, _worse(distribution, bottom), say),
    )
    return [say("Most: %(item)s, %(share)s.", item=quoted(said(top.label, say), say), share=high), fewest]


def _other_answers(distribution: Distribution, spread: Spread, say: Say) -> str:
    worse = _worse(distribution, spread)
    return say("%(share)s answered %(answers)s.", share=percent(spread.share(worse), say), answers=_answers(distribution, worse, say))


def spread_rounding(shares: Sequence[Sequence[float]], say: Say) -> str:
    """A note where printed parts do not add up to 100: each is rounded apart."""
    return say("Parts are rounded, so they may not add up to 100.") if any(round(sum(parts)) != 100 for parts in shares if parts) else ""


def item_words(spread: Spread, say: Say) -> str:
    """An item as a row is labelled, with a note where less is better."""
    label = said(spread.label, say)
    return say("%(item)s (less is better)", item=label.rstrip(".")) if spread.reverse else label


def _answers(distribution: Distribution, points: Sequence[str], say: Say) -> str:
    labels = dict(distribution.points)
    quotes = [quoted(said(labels[point], say), say) for point in points]
    return quotes[0] if len(quotes) == 1 else say("%(one)s or %(other)s", one=", ".join(quotes[:-1]), other=quotes[-1])


def spread_about(distribution: Distribution, say: Say) -> str:
    """What, the round and its month, and how many people answered each item."""
    places = {
        "what": said(distribution.label, say).rstrip("."),
        "round": _opening(distribution.round, say),
    }
    if [spread.key for spread in distribution.spreads] == [distribution.key]:  # its heading asks the question itself
        places["what"] = say("One question")
    counts = [spread.n for spread in distribution.spreads if spread.n is not None]
    if not counts:
        return say("%(what)s, answer by answer. %(round)s", **places)
    people = whole(counts[0], say) if min(counts) == max(counts) else interval(min(counts), max(counts), "count", say)
    return say("%(what)s, answer by answer. %(round)s, n %(count)s", count=people, **places)


def _opening(reading: Reading, say: Say) -> str:
    """The name of a round where it opens a sentence."""
    return sentence(round_name(reading.label, reading.on, say))


# --- who trusts whom


def matrix_about(matrix: Matrix, say: Say) -> str:
    places = {
        "round": _opening(matrix.round, say),
        "lo": whole(matrix.lo, say),
        "hi": whole(matrix.hi, say),
    }
    return say("Who trusts whom, means of %(lo)s to %(hi)s. %(round)s", **places)


def matrix_heading(matrix: Matrix, say: Say) -> str:
    """The most uneven pair, stated in both directions; else the range; else why there is nothing to see."""
    shown = {pair: cell.value for pair, cell in matrix.cells.items() if cell.value is not None}
    if not shown:
        return sentence(withheld(say))
    pair = _most_uneven(shown)
    if pair and abs(shown[pair] - shown[pair[::-1]]) >= _well_apart(matrix):
        names = _names(matrix, say)
        return say(
            "Trust is not even: from %(one)s to %(other)s, %(there)s; from %(other)s to %(one)s, %(back)s",
            one=names[pair[0]],
            other=names[pair[1]],
            there=decimal(shown[pair], say),
            back=decimal(shown[pair[::-1]], say),
        )
    low, high = min(shown.values()), max(shown.values())
    if decimal(low, say) == decimal(high, say):
        return say("Every group trusts the others alike: %(value)s", value=decimal(low, say))
    return say("Trust between groups goes from %(low)s to %(high)s", low=decimal(low, say), high=decimal(high, say))


def _well_apart(matrix: Matrix) -> float:
    """Half a point of a scale of five: less is not told as a difference between groups."""
    return 0.125 * (matrix.hi - matrix.lo) - 1e-9


def _most_uneven(shown: dict[tuple[str, str], float]) -> tuple[str, str] | None:
    """The pair of groups whose two directions differ most, the more trusting direction first."""
    both = [pair for pair in shown if pair[::-1] in shown and shown[pair] >= shown[pair[::-1]]]
    return max(both, key=lambda pair: shown[pair] - shown[pair[::-1]], default=None)


def _names(matrix: Matrix, say: Say) -> dict[str, str]:
    return {group.key: said(group.label, say) for group in (*matrix.groups, *matrix.columns)}


def matrix_summary(matrix: Matrix, say: Say) -> list[str]:
    """The groups that are trusted most and least, by the mean of the cells shown, where the two stand well apart."""
    received: dict[str, list[float]] = {}
    for (_, to), cell in matrix.cells.items():
        if cell.value is not None:
            received.setdefault(to, []).append(cell.value)
    found = []
    complete = {to: values for to, values in received.items() if not any(c.hidden for (_, t), c in matrix.cells.items() if t == to)}
    if len(complete) > 1:
        mean = {to: sum(values) / len(values) for to, values in complete.items()}
        top, bottom = max(mean, key=lambda to: mean[to]), min(mean, key=lambda to: mean[to])
        names = _names(matrix, say)
        if mean[top] - mean[bottom] >= _well_apart(matrix):
            found.append(
                say(
                    "The other groups trust %(top)s most and %(bottom)s least.",
                    top=quoted(names[top], say),
                    bottom=quoted(names[bottom], say),
                )
            )
    found.append(say("Each mean comes from few people and may vary: it helps to talk, not to judge anyone."))
    return found


# --- before and now, as participants see it


def before_now_about(found: BeforeNow, say: Say) -> str:
    """The unit, the round and how many people gave both ratings."""
    scale = {"lo": whole(found.lo, say), "hi": whole(found.hi, say), "round": _opening(found.round, say)}
    counts = [pair.now.n for pair in found.pairs if pair.now.n is not None]
    if not counts:
        return say("Before and now, %(lo)s to %(hi)s. %(round)s", **scale)
    people = whole(counts[0], say) if min(counts) == max(counts) else interval(min(counts), max(counts), "count", say)
    return say("Before and now, %(lo)s to %(hi)s. %(round)s, n %(count)s", count=people, **scale)


def before_now_heading(found: BeforeNow, say: Say) -> str:
    """The row with the largest difference that participants report."""
    shown = [pair for pair in found.pairs if pair.before.value is not None and pair.now.value is not None]
    if not shown:
        return sentence(withheld(say)) if any(pair.before.hidden or pair.now.hidden for pair in found.pairs) else no_data(say).rstrip(".")
    most = max(shown, key=lambda pair: abs((pair.now.value or 0) - (pair.before.value or 0)))
    before, now = decimal(most.before.value or 0, say), decimal(most.now.value or 0, say)
    item = quoted(said(most.label, say), say)
    if before == now:
        return say("Participants report no difference between before and now")
    if len(shown) == 1:
        return say("As participants see it, %(item)s went from %(before)s to %(now)s", item=item, before=before, now=now)
    return say("What changed most, as participants see it: %(item)s, from %(before)s to %(now)s", item=item, before=before, now=now)


def before_now_summary(found: BeforeNow, say: Say) -> list[str]:
    """How many rows are rated higher now; that this is a view of the change and not a measured one."""
    shown = [pair for pair in found.pairs if pair.before.value is not None and pair.now.value is not None]
    if not shown:
        return []
    higher = sum(1 for pair in shown if (pair.now.value or 0) > (pair.before.value or 0))
    return [
        _counted(higher, len(shown), say),
        say("This is the change as participants see it: both ratings were given after the workshop."),
    ]


def _counted(higher: int, rows: int, say: Say) -> str:
    if higher == rows:
        return say.many("The rating is higher now than before.", "The %(count)s ratings are all higher now than before.", rows)
    every = whole(rows, say)
    return say.many(
        "Of %(all)s ratings, %(count)s is higher now than before.",
        "Of %(all)s ratings, %(count)s are higher now than before.",
        higher,
        all=every,
    )


# --- recommendation


def recommendation_heading(found: Recommendation, say: Say) -> str:
    """Rose or fell only where the two intervals leave no doubt."""
    shown = found.shown
    if not shown:
        return sentence(withheld(say)) if any(reading.hidden for reading, _ in found.rounds) else no_data(say).rstrip(".")
    first, last = shown[0], shown[-1]
    ends = {"first": signed(first.value or 0, "nps", say), "last": signed(last.value or 0, "nps", say)}
    if first is last:
        return say("The recommendation index is %(last)s", **ends)
    if first.high is not None and last.low is not None and last.low > first.high:
        return say("The recommendation index rose from %(first)s to %(last)s", **ends)
    if first.low is not None and last.high is not None and last.high < first.low:
        return say("The recommendation index fell from %(first)s to %(last)s", **ends)
    return say("The recommendation index is %(last)s, and was %(first)s at the start: we cannot tell yet whether it changed", **ends)


def recommendation_summary(found: Recommendation, say: Say) -> list[str]:
    shown = found.shown
    words = [say("The index is the share of 9 and 10 minus the share of 0 to 6."), *turn_sentences(found.turns, say)]
    last = shown[-1] if shown else None
    if last and last.low is not None and last.high is not None and last.n is not None:
        ends = _signed_between(last.low, last.high, "nps", say)
        margin = say.many(
            "The margin is wide: with %(count)s answer the last value may lie between %(ends)s.",
            "The margin is wide: with %(count)s answers the last value may lie between %(ends)s.",
            last.n,
            ends=ends,
        )
        words.append(margin)
    return words


# --- who answered


def response_heading(rates: Sequence[Response], say: Say) -> str:
    """The response of the last round, everyone together."""
    totals = [rate for rate in rates if not rate.group]
    if not totals:
        return no_data(say).rstrip(".")
    last = totals[-1]
    when = month(last.round.on, say) if last.round.on else said(last.round.label, say)
    if isinstance(last.rate, str):
        return _half(last.rate, when, say)
    if last.rate is None or last.invited is None or last.answered is None:
        if last.answered is None:
            return sentence(withheld(say)) if last.hidden else no_data(say).rstrip(".")
        return say.many(
            "%(count)s person answered in %(when)s; how many were invited is not known",
            "%(count)s people answered in %(when)s; how many were invited is not known",
            last.answered,
            when=when,
        )
    places = {"invited": whole(last.invited, say), "when": when, "rate": percent(last.rate, say)}
    return say.many(
        "%(count)s of the %(invited)s people invited answered in %(when)s: %(rate)s",
        "%(count)s of the %(invited)s people who were invited answered in %(when)s: %(rate)s",
        last.answered,
        **places,
    )


def _half(rate: str, when: str, say: Say) -> str:
    if rate == "under_half":
        return say("Fewer than half of the people invited answered in %(when)s", when=when)
    return say("More than half of the people invited answered in %(when)s", when=when)


def rate_words(response: Response, say: Say) -> str:
    """A response rate as a cell of a table says it."""
    return withheld(say) if response.hidden else share_words(response.rate, say)


def share_words(rate: float | str | None, say: Say) -> str:
    """A response rate: a per cent, which half it is in (privacy D11), or that nobody knows."""
    if rate is None:
        return say("attendance unknown")
    if rate == "under_half":
        return say("under %(share)s", share=percent(50, say))
    if rate == "over_half":
        return say("over %(share)s", share=percent(50, say))
    return percent(float(rate), say)


def response_summary(rates: Sequence[Response], say: Say) -> list[str]:
    """b.14: under half asks for caution, under 30 % no status is given."""
    totals = [rate for rate in rates if not rate.group and isinstance(rate.rate, float)]
    if not totals:
        return []
    rate = float(totals[-1].rate or 0)
    if rate < 30:
        return [say("Fewer than three in ten answered: no status is given on this round.")]
    if rate < 50:
        return [say("Fewer than half answered: read the figures of this round with caution.")]
    return []


# --- the overview


def story(goals: Sequence[Goal], trends: Sequence[Trend], say: Say) -> list[str]:
    """The programme in two sentences: the clearest progress, then what is farthest from its target.

    Each names its indicator, not the expected result, which may have others; ``trends`` give the first its verb where a
    construct moved.
    """
    best, worst = _best(goals), _worst(goals)
    found = [_progress(best, trends, say)] if best else []
    if worst:
        found.append(_farthest(worst, say))
    return found or [say("There is not enough evidence yet to say how the programme is doing.")]


def _best(goals: Sequence[Goal]) -> Goal | None:
    """The first goal that is on track or achieved; one that is measured before one that is counted."""
    good = [goal for goal in goals if goal.status in ("achieved", "on_track") and goal.now.value is not None]
    measured = [goal for goal in good if goal.now.has_interval]
    return next(iter(measured or good), None)


def _worst(goals: Sequence[Goal]) -> Goal | None:
    """The first goal that is off track, else the first at risk."""
    for status in ("off_track", "at_risk"):
        for goal in goals:
            if goal.status == status and goal.now.value is not None:
                return goal
    return None


def _progress(goal: Goal, trends: Sequence[Trend], say: Say) -> str:
    places = _story_places(goal, say)
    moved = next((trend for trend in trends if trend.goal and trend.goal.code == goal.code and trend.change), None)
    if moved and moved.change and moved.change.words in (ROSE if goal.direction == "up" else FELL):
        return say("%(finding)s, and the target is %(target)s.", finding=trend_heading(moved, say), target=places["target"])
    if goal.status == "achieved":
        return say("Achieved: %(indicator)s, at %(now)s; the target was %(target)s.", **places)
    if goal.baseline is None:
        return say("On track: %(indicator)s, at %(now)s; the target is %(target)s.", **places)
    return say("On track: %(indicator)s, at %(now)s against %(start)s at the start; the target is %(target)s.", **places)


def _farthest(goal: Goal, say: Say) -> str:
    places = _story_places(goal, say)
    if is_past_due(goal) and goal.status == "at_risk":
        return say("At risk: %(indicator)s, at %(now)s; the target was %(target)s and it is not confirmed that it was met.", **places)
    if is_past_due(goal):
        return say("Off track: %(indicator)s, at %(now)s; the target was %(target)s.", **places)
    if goal.status == "at_risk":
        return say("At risk: %(indicator)s, at %(now)s; the target is %(target)s.", **places)
    return say("Off track: %(indicator)s, at %(now)s; the target is %(target)s.", **places)


def _story_places(goal: Goal, say: Say) -> dict[str, str]:
    def put(value: float | None) -> str:
        return goal_amount(goal, value, say) if value is not None else say("no figure")

    return {
        "indicator": quoted(said(goal.title, say), say),
        "now": put(goal.now.value),
        "start": put(goal.baseline),
        "target": target_words(goal, say),
    }


def target_words(goal: Goal, say: Say) -> str:
    """A target as a level, or as a change with its sign."""
    if goal.target is None:
        return say("no figure")
    if goal.target_kind == "change":
        return signed(abs(goal.target) * (1 if goal.direction == "up" else -1), goal.unit, say)
    return goal_amount(goal, goal.target, say)


def last_round(reading: Reading, say: Say) -> str:
    """The line below the programme's name: the last closed round."""
    return say("Last closed round: %(round)s.", round=round_name(reading.label, reading.on, say))


def made_on(day: date, say: Say) -> str:
    return say("Updated on %(day)s.", day=full_day(day, say))


def trends_title(first: date, last: date, say: Say) -> str:
    if month(first, say) == month(last, say):
        return say("Trends, %(month)s", month=month(first, say))
    return say("Trends, %(first)s to %(last)s", first=month(first, say), last=month(last, say))
