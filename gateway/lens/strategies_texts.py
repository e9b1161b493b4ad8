"""Hypothesis strategies for texts: values that fit the holes, texts that have the form, and now and then neither."""

from gateway.lens.holes import Hole, Template, holes
from gateway.lens.kinds import Field, TextRule, attributes_of, keys_of
from gateway.lens.strategies_plain import TEXT, Values, rarely, st, text_of
from gateway.lens.texts import join_text
from gateway.scim.filter import AttrPath

_WORDS = st.sampled_from(["Barbara", "Ann-Marie", "bjensen", "Jürgen", "日本", "x"])
_OF_KIND: dict[str, Values] = {
    "digits": st.sampled_from(["42", "0", "701984"]),
    "local": st.sampled_from(["bjensen", "o'neil+x", "a.b"]),
    "host": st.sampled_from(["example.com", "localhost"]),
    "email": st.sampled_from(["bjensen@example.com"]),
    "word": _WORDS,
    "any": st.one_of(_WORDS, TEXT, st.sampled_from(["van Dyke", "a@b", "Mary Ann Smith"])),
    "line": st.one_of(_WORDS, st.sampled_from(["Mary Ann"])),
}


def hole_values(hole: Hole) -> Values:
    """What fits a hole, and seldom what need not."""
    return rarely(_OF_KIND[hole.kind], TEXT)


def text_values(template: Template) -> Values:
    """Texts of a template's form, with and without the holes that may be absent, and seldom any text."""
    parts = [st.one_of(hole_values(one), st.none()) if one.optional else hole_values(one) for one in holes(template)]
    made = st.tuples(*parts).map(lambda values: join_text(template, values) or "x")
    return rarely(made, TEXT)


def text_attribute_values(rule: TextRule, path: AttrPath) -> Values:
    """Values of one attribute that a text is made of."""
    if _is_bare(rule.left):
        return rarely(text_values(rule.right), st.just(_beyond(rule)))
    hole = next(hole for hole in holes(rule.left) if hole.path == path)
    long = _at_the_limit(rule, hole)
    return rarely(hole_values(hole), st.sampled_from(long)) if long else hole_values(hole)


def _at_the_limit(rule: TextRule, hole: Hole) -> list[str]:
    """Values as long as a field takes, and longer by one: with what stands beside it the text is longer still."""
    most = [end.leaf.high for end in rule.ends if end.leaf.high is not None and hole.kind != "email"]
    return [("4" if hole.kind == "digits" else "x") * length for high in most for length in (high, high + 1)]


def _is_bare(template: Template) -> bool:
    """Is any text of the template's form? Then the other side alone says what a text must be."""
    return len(template.parts) == 1 and all(hole.kind == "any" for hole in holes(template))


def _beyond(rule: TextRule) -> str:
    """A text whose pieces are longer than the fields take, where there is a limit."""
    long = ["x" * (1 if end.leaf.high is None else end.leaf.high + 1) for end in rule.ends]
    return join_text(rule.right, long) or ""


def field_texts(rule: TextRule) -> Values:
    """What the fields hold, by address: mostly all that the text is split into, or a text that can be split."""
    if len(rule.ends) == 1:
        text = text_values(rule.right if _is_bare(rule.left) else rule.left)
        return text_of(rule.ends[0].leaf, text).map(lambda text: {rule.ends[0].v: text})
    pairs = zip(rule.ends, holes(rule.right), strict=True)
    found = {end.v: text_of(end.leaf, hole_values(hole)) for end, hole in pairs}
    must = {v: one for (v, one), hole in zip(found.items(), holes(rule.right), strict=True) if not hole.optional}
    return rarely(
        st.fixed_dictionaries(must, optional={v: one for v, one in found.items() if v not in must}),
        st.fixed_dictionaries({}, optional=found),
    )


def partners(rule: TextRule, chosen: set[Field], choice: int) -> set[Field]:
    """The attributes that must be there along with the chosen ones; now and then not all of them are."""
    needed = {
        keys_of(path) for path, hole in zip(attributes_of(rule), holes(rule.left), strict=True) if not hole.optional
    }
    return needed if choice and any(keys_of(path) in chosen for path in attributes_of(rule)) else set()
