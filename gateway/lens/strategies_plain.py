"""Hypothesis strategies for single values. They are small on purpose, so that hundreds of examples are cheap."""

from typing import Any

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError("the laws need hypothesis: install scim-gateway[laws]") from error

from gateway.lens.shapes import Leaf

__all__ = ["DAY", "EMAIL", "FOREIGN", "INSTANT", "NATIVE", "TEXT", "Values", "rarely", "st", "text_of"]

Values = st.SearchStrategy[Any]
NATIVE = st.sampled_from(["7", "a-b", "2819c223", "x/y z", "naïve", "..", "~41", "u-1"])
TEXT = st.one_of(
    st.sampled_from(["bjensen", "Barbara", "Ann-Marie O'Neil", "Jürgen", "日本", 'q"q', "{x}", "a\\b", "true", "42"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=6),
)
EMAIL = st.sampled_from(["bjensen@example.com", "babs@jensen.example", "o'neil+x@example.com"])
INSTANT = st.sampled_from(
    ["2010-01-23T04:56:22Z", "2011-05-13T04:42:34.123Z", "2022-12-17T09:03:39-05:00", "1999-12-31T23:59:59.5+05:30"]
)
DAY = st.sampled_from(["1999-12-31", "2000-02-29", "0987-01-01", "2010-01-23"])
FOREIGN = "not-in-any-list"


def rarely(usual: Values, seldom: Values) -> Values:
    """Mostly the one, now and then the other."""
    return st.integers(0, 7).flatmap(lambda number: seldom if number == 7 else usual)


def text_of(leaf: Leaf, base: Values = TEXT) -> Values:
    """Texts within a leaf's bounds, the bounds themselves among them."""
    low, high = leaf.low, leaf.high
    if high is None and low <= 1:
        return base
    short = base.map(lambda text: (text + "x" * low)[: high if high is not None else None])
    return short if high is None else rarely(short, st.sampled_from(["x" * high, "y" * max(low, 1)]))
