"""Text to durations, recurrences, service windows, percentages, money and dates, in French, German, Italian and English.

The grammar is here, the words are in `resources/lexicon/<language>.toml`. Standard library only; nothing is compiled before the first call.
"""

from analyzer.quantities.scan import find_durations, find_quantities, find_quantities_many

__all__ = ["find_durations", "find_quantities", "find_quantities_many"]
