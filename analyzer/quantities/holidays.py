"""Public holidays around a service window: within it, or not."""

from __future__ import annotations

from analyzer.quantities.tokens import Tokens

_BETWEEN = frozenset(",();-–./")

#: Tokens behind a window in which public holidays are named.
_NEAR = 22
#: Articles and adjectives between "except" and the holidays.
_MOST_WORDS = 5
#: Words before them where what is said of them follows.
_MOST_BEFORE = 2


def read_holidays(t: Tokens, i: int) -> tuple[int, bool | None]:
    """Read what is said of public holidays, behind a comma or a bracket."""
    for skip in range(4):
        for name, value in (("holidays_out", False), ("holidays_in", True)):
            end = t.phrase(i + skip, name)
            if end != -1:
                return _closed(t, end), value
        end = _except_holidays(t, i + skip)
        if end != -1:
            return _closed(t, end), False
        said = _said_behind(t, i + skip)
        if said is not None:
            return said
        if not (t.lows[i + skip] in _BETWEEN or t.has(i + skip, "and")):
            break
    return i, None


def _said_behind(t: Tokens, i: int) -> tuple[int, bool] | None:
    """Read "jours fériés nationaux exclus", "bundeseinheitliche Feiertage ausgenommen": the holidays first."""
    named = next((k for k in range(i, i + _MOST_BEFORE + 1) if t.has(k, "holiday")), -1)
    if named == -1 or not all(t.lows[k].isalpha() and t.senses[k].weekday is None and not t.has(k, "and") for k in range(i, named)):
        return None
    for k in range(named + 1, named + _MOST_WORDS + 1):
        if t.has(k, "except_after") or t.has(k, "include_after"):
            return _closed(t, k + 1), t.has(k, "include_after")
        if not (t.has(k, "holiday_after") or t.has(k, "holiday_adjective")):
            break
    return None


def _closed(t: Tokens, end: int) -> int:
    """Take in the adjective behind the holidays ("jours fériés légaux") and the bracket that closes."""
    end += t.has(end, "holiday_after")
    return end + (t.lows[end] == ")")


def _except_holidays(t: Tokens, i: int) -> int:
    """Read "excl. bank holidays", "salvo i festivi": a word for "except", articles and adjectives, and the holidays."""
    j = t.phrase(i, "except_lead") if "except_lead" in t.senses[i].heads else -1
    if j == -1:
        if not t.has(i, "except"):
            return -1
        j = i + 1 + (t.lows[i + 1] == "." and t.glued(i + 1))
    for _ in range(_MOST_WORDS):
        if t.has(j, "holiday"):
            return j + 1
        if not (t.has(j, "article") or t.has(j, "holiday_adjective")):
            break
        # "ausg. gesetzl. Feiertage"
        j += 1 + (t.lows[j + 1] == "." and t.glued(j + 1))
    return -1


def find_holidays_near(t: Tokens, i: int) -> bool | None:
    """Tell what the rest of the clause says of public holidays: "ausgenommen die im Kanton anerkannten Feiertage"."""
    named = excepted = included = False
    for k in range(i, min(t.n, i + _NEAR)):
        low = t.lows[k]
        if (low in (".", ";") and not t.glued(k + 1) and not (low == "." and len(t.lows[k - 1]) <= 5)) or "\n" in t.gap(k):
            break
        if low == "|" and named:
            break
        # Another window, or a figure that is no part of the exception, ends the search.
        if t.senses[k].weekday is not None or (t.senses[k].digits and not (excepted or included)):
            break
        named |= t.has(k, "holiday")
        excepted |= t.has(k, "except") and not t.has(k - 1, "negation") and not t.has(k - 1, "denial")
        included |= t.has(k, "include") or (t.has(k, "except") and (t.has(k - 1, "negation") or t.has(k - 1, "denial")))
        if named and (excepted or included):
            return not excepted
    return None
