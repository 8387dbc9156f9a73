"""What a client may be called, as far as Python's standard library knows of it.

It has normalisation and case folding. It has no table of what looks alike (UTS 39), so
of two names in two scripts it can't tell that they could be taken for each other, as
src/chat/name.rs can. A package could; nothing here needs one.
"""

import re
import unicodedata

# The most characters in a name.
LONGEST = 20

# What can't be seen: Unicode's Default_Ignorable_Code_Point.
INVISIBLE = re.compile(
    '[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e'
    '\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3'
    '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
)


def name_of(typed: str) -> str | None:
    """The name that is meant by what a client has typed: in its normal form, and
    without what can't be seen. None if that is no name."""
    name = unicodedata.normalize('NFKC', INVISIBLE.sub('', typed))
    # Letters with their marks, digits and `_` of all scripts are what an identifier of
    # Python's can have. A mark at the beginning would be drawn on what stands before.
    is_usual = ('_' + name.replace('-', '_')).isidentifier()
    begins_well = name and not unicodedata.category(name[0]).startswith('M')
    return name if is_usual and begins_well and len(name) <= LONGEST else None


def folded(name: str) -> str:
    """What two names have in common that differ in nothing but case."""
    return unicodedata.normalize('NFKC', name.casefold())
