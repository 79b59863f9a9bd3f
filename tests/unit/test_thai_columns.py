"""Many texts at once come to the same as one by one, whatever stands in them."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kbo_core.domain.thai_columns import clean_all, letters_of, name_keys
from kbo_core.domain.thai_text import clean, name_key

# Marks that a repair moves, joins or takes out, what they stand on, blanks of every kind, and letters that are odd.
LETTERS = (
    "กขเแาอ"
    "\u0e31\u0e34\u0e35\u0e38\u0e39\u0e3a\u0e47\u0e4d\u0e4e\u0e33\u0e48\u0e49\u0e4a\u0e4b\u0e4c๐๙"
    " \t\n\r\x00\x1c\x85\xa0\u2003\u3000\u200b\u200f\u202e\u2060\ufeff\u00ad"
    "aZßİ1é\u0301\u0308\u0323Å\u212b\u1e9b😀𝔾\u0958\ud800"
)
TEXTS = st.lists(st.text(LETTERS, max_size=8), max_size=6)


@given(TEXTS)
@settings(max_examples=1_500, derandomize=True)
@example(["e", "\u0301"])
@example(["\u0e49", "\u0e34"])
@example(["เ", "เ"])
@example(["", " ", "", "\u0e4d", "\u0e32"])
@example(["a  b", "a b ", "A\tB"])
@example([""])
def test_cleaning_a_column_cleans_each_text(texts: list[str]) -> None:
    """A letter at the end of one text never meets the first of the next."""
    assert clean_all(texts) == [clean(text) for text in texts]


@given(TEXTS)
@settings(max_examples=1_500, derandomize=True)
@example(["เ เม่ใจ", "ก \u0e49\u0e49"])
@example(["e \u0301"])
@example(["\x00", ""])
@example(["STRASSE", "Straße", "İ"])
def test_the_keys_of_a_column_are_the_keys_of_each_name(texts: list[str]) -> None:
    """Also where two letters meet only because the blank between them is gone."""
    cleaned = [clean(text) for text in texts]
    assert name_keys(cleaned) == [name_key(text) for text in cleaned]


def test_a_column_of_no_texts_is_none() -> None:
    """A table may have headings only."""
    assert (clean_all([]), name_keys([])) == ([], [])


@given(TEXTS)
@settings(derandomize=True)
def test_the_letters_of_each_text_are_found_where_it_begins(texts: list[str]) -> None:
    """A letter beyond the first plane counts two, and shifts no other text."""
    letters, starts = letters_of(texts)
    parts = [letters[a:b].tobytes().decode("utf-16-le", "surrogatepass") for a, b in pairwise(starts)]
    assert parts == texts
