"""What stands around a length of time: the bound, the calendar, the event it counts from."""

from __future__ import annotations

from bisect import bisect_left

from analyzer.quantities.lengths import Reading
from analyzer.quantities.tokens import Tokens
from analyzer.types import Bound, TimeUnit

#: Tokens looked at on either side.
_BEFORE, _AFTER, _ANCHOR = 8, 9, 14
_REFERENCE_BEFORE, _SENTENCE = 6, 40
_REFERENCE_UNITS = frozenset((TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR))
#: Tokens of a clause looked back over for a negation or a count.
_CLAUSE = 14
#: Tokens back from "over" to the verb that makes it no minimum ("is calculated over 12 months").
_SPREAD = 5
_DEADLINE_UNITS = frozenset((TimeUnit.SECOND, TimeUnit.MINUTE, TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH))
#: Tokens between two figures with a remark in brackets between them.
_BRACKETED = 12
_BOUND_BEFORE, _BOUND_AFTER = frozenset(("min_before", "max_before")), frozenset(("min_after", "max_after"))
#: Tokens of a label before its colon, and what ends it.
_LABEL = 9
_LABEL_ENDS = frozenset(("|", ";", ":", ",", "!", "?", "•"))
_SHORT = frozenset((TimeUnit.MINUTE, TimeUnit.HOUR))
_WEEKEND = (5, 6)
_APOSTROPHES = frozenset(("'", "’"))
_DASHES = frozenset("-‐‑–")


def find_bound(t: Tokens, found: Reading) -> Bound:
    """Tell whether the figure is the most, the least, or what it is."""
    if found.until:
        return Bound.MAX
    if found.ranged:
        return Bound.RANGE
    senses = t.senses
    start = found.end + (t.lows[found.end] in ("(", ","))
    if not senses[start].heads.isdisjoint(_BOUND_AFTER):
        for name, bound in (("max_after", Bound.MAX), ("min_after", Bound.MIN)):
            end = t.phrase(start, name)
            # "minimo 2 ore, massimo 4 ore", "almeno dieci giorni e non oltre trenta": the word belongs to the next figure.
            other = "min_before" if bound is Bound.MAX else "max_before"
            if end != -1 and (t.senses[end].number is None or (start == found.end and t.phrase_before(found.start, other) == -1)):
                return bound
    i = found.start
    for _ in range(_BEFORE):
        nearest = senses[i - 1]
        if nearest.tails.isdisjoint(_BOUND_BEFORE):
            if not ("filler" in nearest.classes or nearest.article):
                break
            i -= 1
            continue
        low, high = t.phrase_before(i, "min_before"), t.phrase_before(i, "max_before")
        # "30 min: 4 h"
        if low != -1 and t.senses[low].unit is not None and t.senses[low - 1].number is not None:
            break
        if low != -1 or high != -1:
            if t.has(high - 1, "rounding"):
                # "rounded up to quarter-hour steps"
                return Bound.EXACT
            if t.phrase_before(i, "spread_over") != -1 and (
                any(t.has(k, "spread") for k in (*range(i - _SPREAD, i), found.end, found.end + 1))
                or any(t.has(k, "period_noun") for k in range(i, found.start))
            ):
                # "over a period of five quarters"
                return Bound.EXACT
            # "dans un délai minimum de": the nearer word "minimum" was met first.
            bound = Bound.MIN if low != -1 and (high == -1 or low < high) else Bound.MAX
            if bound is Bound.MAX and _before_event(t, found) and t.phrase_before(i, "latest") != -1:
                # "at the latest 30 days before the end" is 30 days or more.
                return Bound.MIN
            return _turned(t, found, i, bound)
        if not (t.has(i - 1, "filler") or t.senses[i - 1].article):
            break
        i -= 1
    start = t.phrase_before(found.start, "before") if "before" in senses[found.start - 1].tails else -1
    if start != -1 and t.phrase(found.end, "before") == -1:
        return Bound.MIN if _denied(t, start - (t.lows[start - 1] == ",")) else Bound.MAX
    if t.has(found.start - 1, "limit_lead") and t.has(found.end, "limits"):
        # "auf 90 Minuten begrenzt"
        return Bound.MAX
    if t.lows[found.start - 1] == ":":
        return _label_bound(t, found.start - 1)
    if "deadline_before" in senses[found.start - 1].tails and _deadline(t, found):
        return Bound.MAX
    return _far_bound(t, found) if "anchor" in senses[found.end].heads else Bound.EXACT


def _label_bound(t: Tokens, colon: int) -> Bound:
    """Read the bound in a label: "Délai maximal de rétablissement : 4 h", "Minimum notice period: 30 days"."""
    for k in range(colon - 1, max(-1, colon - _LABEL), -1):
        if t.has(k, "label_max") or t.has(k, "label_min"):
            return Bound.MAX if t.has(k, "label_max") else Bound.MIN
        if t.lows[k] in _LABEL_ENDS or t.senses[k].number is not None:
            break
    return Bound.EXACT


def _before_event(t: Tokens, found: Reading) -> bool:
    """Whether the time is counted back from an event: "vor Ablauf", "prior to expiry"."""
    i = found.end
    i += t.lows[i] in _APOSTROPHES
    i += t.has(i, "before_event_gap") and t.has(i + 1, "before_event")
    return t.has(i, "before_event")


def _far_bound(t: Tokens, found: Reading) -> Bound:
    """Read "twelve months after go-live at the earliest": the bound behind the event."""
    if t.phrase(found.end, "anchor") == -1:
        return Bound.EXACT
    for i in range(found.end + 1, min(t.n, found.end + _AFTER)):
        if t.has(i, "stop") or t.senses[i].number is not None or t.has(i, "clause"):
            break
        for name, bound in (("max_far", Bound.MAX), ("min_far", Bound.MIN)):
            # "spätestens am 1. Mai" belongs to what follows.
            end = t.phrase(i, name)
            if end != -1:
                return bound if end >= t.n or t.has(end, "stop") else Bound.EXACT
    return Bound.EXACT


def same_bound(t: Tokens, before: Reading, found: Reading) -> bool:
    """Whether a figure goes on from the one before it, so that its bound holds: "innert 1 Std. (Stadt) bzw. 2 Std."."""
    i = before.end
    short = before.unit in _SHORT and found.unit in _SHORT
    if (
        short
        and t.has(found.start - 1, "and")
        and found.start - i <= _BRACKETED
        and not any(t.has(k, "stop") for k in range(i, found.start))
    ):
        # "n'excède pas une heure en cas de panne et quatre heures dans les autres cas"
        return True
    if found.start - i > _BRACKETED:
        return False
    if t.lows[i] == "(":
        i = next((k + 1 for k in range(i, found.start) if t.lows[k] == ")"), i)
    if not t.has(i, "or"):
        return False
    i += 1 + (t.lows[i + 1] == "." and t.glued(i + 1))
    return i == found.start


def _turned(t: Tokens, found: Reading, i: int, bound: Bound) -> Bound:
    """Correct a bound for what stands farther away: "no claim later than", "bis zwei Jahre nach Ende"."""
    if bound is Bound.MIN:
        if t.has(i - 1, "exceeds") and _denied_behind(t, found.end):
            # "überschreitet 8 Stunden im Jahr nicht"
            return Bound.MAX
        start = t.phrase_before(i, "more_than")
        turned = start != -1 and start == t.phrase_before(i, "min_before") and _denied(t, start)
        # "once nobody has signed in for over six months" is a time that has passed.
        since = turned and t.has(start - 1, "since") and any(t.has(k, "past") for k in range(max(0, start - _SPREAD), start))
        return Bound.MAX if turned and not since else bound
    start = t.phrase_before(i, "less_than")
    if start != -1 and start == t.phrase_before(i, "max_before"):
        return Bound.MIN if _denied(t, start) else bound
    # A duty that lasts until years after an event lasts that long, not at most.
    lasting = i == found.start and found.unit in _REFERENCE_UNITS and t.phrase_before(i, "until_before") == i - 1
    return Bound.EXACT if lasting and t.phrase(found.end, "ordinal_after") != -1 else bound


def _denied(t: Tokens, i: int) -> bool:
    """Whether a negation stands before in the same clause ("no copy stays longer than")."""
    for k in range(i - 1, max(-1, i - _CLAUSE), -1):
        if t.has(k, "denial"):
            return True
        if t.has(k, "stop") or t.has(k, "clause"):
            return False
    return False


def _denied_behind(t: Tokens, i: int) -> bool:
    """Whether a negation closes the clause that goes on at token `i`."""
    for k in range(i, min(t.n, i + _AFTER)):
        if t.has(k, "denial"):
            return k + 1 >= t.n or t.has(k + 1, "stop") or t.has(k + 1, "and")
        if t.has(k, "stop") or t.has(k, "clause"):
            break
    return False


def _deadline(t: Tokens, found: Reading) -> bool:
    """Whether "in 10 days" is the time something may take, not the time over which things are counted."""
    start = t.phrase_before(found.start, "deadline_before")
    if start == -1 or found.unit not in _DEADLINE_UNITS:
        return False
    unit = t.senses[found.at].unit
    if t.senses[start - 1].unit is not None or t.phrase(found.end, "within_period") != -1:
        return False
    # "in half hours", but not "in half an hour", "in mezz'ora"
    one = t.senses[found.start + 1].article or t.lows[found.start + 1] in _APOSTROPHES
    if unit is not None and unit.count > found.lower and not one:
        return False
    # "in six-minute units", "in twelve-month blocks"
    if (t.lows[found.at - 1] in _DASHES and t.glued(found.at)) or t.has(found.end, "block_noun"):
        return False
    # "in zwei aufeinanderfolgenden Monaten"
    if any(t.has(k, "consecutive") for k in range(found.start, found.end + 1)):
        return False
    longer = found.unit is not TimeUnit.MINUTE and found.unit is not TimeUnit.HOUR
    if found.unit is TimeUnit.MONTH and t.phrase_before(found.start, "period_before") != -1:
        return False
    for k in range(start - 1, max(-1, start - _CLAUSE), -1):
        sense = t.senses[k]
        if t.has(k, "stop"):
            break
        if t.has(k, "set_verb"):
            # "è fissato in quattro ore"
            return False
        if sense.times is not None or (sense.ordinal is not None and longer):
            return False
        if t.has(k, "past"):
            return _denied(t, start)
        # "trois pannes en deux mois", but not the number of the paragraph
        counted = longer and sense.number is not None and not sense.article and t.senses[k + 1].unit is None
        if counted and not (sense.digits and (k == 0 or t.glued(k) or t.glued(k + 1) or "." in sense.low)):
            return False
    return not any(t.senses[k].times is not None for k in range(found.end, found.end + 6))


def find_business(t: Tokens, found: Reading, windows: list[int]) -> bool:
    """Tell whether the time runs in working or service hours only.

    Parameters
    ----------
    windows : list of int
        First tokens of the service windows of the text that leave out nights or weekends, ascending.
    """
    if found.business:
        return True
    if found.unit is TimeUnit.DAY and not found.elapsed and _weekend_out(t, found.end):
        return True
    if found.elapsed or _negated(t, found.end):
        return False
    i = found.end
    for _ in range(_AFTER):
        heads = t.senses[i].heads
        if "business_near" in heads and t.phrase(i, "business_near") != -1:
            return not _reported(t, found.end, i)
        if "between_business" not in heads or t.phrase(i, "between_business") == -1:
            break
        i += 1
    if t.lows[found.start - 1] in (":", ")", "|") and _headed(t, found.start - 1):
        return True
    if found.unit not in (TimeUnit.MINUTE, TimeUnit.HOUR) or found.until:
        return False
    following = bisect_left(windows, found.end)
    if following == len(windows) or windows[following] - found.end > _SENTENCE:
        return False
    start = windows[following]
    return not _reported(t, found.end, start) and not _walled(t, found.end, start)


def _weekend_out(t: Tokens, i: int) -> bool:
    """Whether "(excluding weekends and public holidays)", "samedis, dimanches et jours fériés exclus" follows."""
    i += t.lows[i] in ("(", ",")
    uncounted = t.has(i, "negation") and t.has(i + 1, "counting")
    i += uncounted
    if uncounted or t.has(i, "except"):
        return any(t.senses[k].weekday in _WEEKEND or t.phrase(k, "days_weekend") != -1 for k in range(i + 1, i + 4))
    if t.senses[i].weekday not in _WEEKEND:
        return False
    behind = range(i + 1, i + _AFTER)
    return any(t.has(k, "except_after") or (t.has(k, "negation") and t.has(k + 1, "counting")) for k in behind)


def _negated(t: Tokens, i: int) -> bool:
    """Whether "(heures non ouvrées)" follows."""
    if t.lows[i] != "(":
        return False
    return any(t.has(k, "negation") for k in range(i + 1, i + 4))


def _headed(t: Tokens, i: int) -> bool:
    """Whether "(heures ouvrées):" or "en heures ouvrées :" stands before."""
    i -= t.lows[i] in (":", "|")
    if t.lows[i] == ")":
        i -= 1
    elif t.lows[i + 1] not in (":", "|"):
        return False
    i += 1
    start = t.phrase_before(i, "business_near")
    return start != -1 and not t.has(start - 1, "negation") and t.phrase(start - 1, "between_business") != -1


def _reported(t: Tokens, start: int, end: int) -> bool:
    """Whether the hours are those in which a fault is reported, not those in which the time runs."""
    verbs = [k for k in range(max(start, end - 16), end) if t.has(k, "reported")]
    return any(t.has(k + step, "during") for k in verbs for step in (1, 2, 3))


def _walled(t: Tokens, start: int, end: int) -> bool:
    """Whether a cell, a sentence or another figure ends between the time and the window."""
    return any(
        t.lows[k] in ("|", ";") or (t.lows[k] == "." and t.word(k + 1)[:1].isupper() and not t.glued(k + 1)) for k in range(start, end)
    )


def find_anchor(t: Tokens, found: Reading) -> str | None:
    """Return the words that name the event the time counts from or up to ("dès réception de l'annonce")."""
    i = found.end
    for _ in range(4):
        if "anchor" in t.senses[i].heads and t.phrase(i, "anchor") != -1:
            break
        if not (t.lows[i] in _BEFORE_ANCHOR or t.has(i, "anchor_gap")) or "\n\n" in t.gap(i):
            return None
        i += 1
    begin = t.phrase(i, "anchor")
    if begin == -1 or t.has(begin, "no_anchor"):
        return None
    # "within 5 days of receipt", but not "thirty days' notice of cancellation"
    if t.has(i, "anchor_direct") and (i > found.end or find_bound(t, found) is not Bound.MAX):
        return None
    end = begin
    while end < min(t.n, begin + _ANCHOR):
        low = t.lows[end]
        if end > begin and t.has(end, "anchor_stop"):
            break
        if (t.has(end, "stop") and not (low == "." and t.glued(end + 1))) or (t.senses[end].digits and end > begin + 1):
            break
        if "\n\n" in t.gap(end):
            break
        end += 1
    while end > begin and (t.has(end - 1, "filler") or t.has(end - 1, "and")) and t.lows[end - 1] != "'":
        end -= 1
    if end <= begin and t.lows[begin] not in ("|", ";", ",", ".", ")", ""):
        end = begin
    return " ".join(t.text[t.start(i) : t.ends[end - 1]].split()) if end > begin else None


_BEFORE_ANCHOR = frozenset((")", ".", "'", "’"))
