"""Producers of the register that are probably one: the questions, and what an answer links."""

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from kbo_core.domain.answers import DUPLICATE, DUPLICATES, SAME, About, NameQuestion, about_twins
from kbo_core.domain.areas import districts
from kbo_core.domain.duplicates import NEAR_NAME, SAME_CORE, SAME_NAME, duplicates, groups
from kbo_core.domain.findings import Finding, warn
from kbo_core.domain.matching import doubt_place
from kbo_core.domain.nearness import Spellings

_WHY = {
    SAME_NAME: ("ชื่อเดียวกัน", "the same name"),
    SAME_CORE: ("ต่างกันเฉพาะคำนำหน้าชื่อ", "names that differ in the words before them"),
    NEAR_NAME: ("ชื่อใกล้เคียงกัน", "names that are near"),
}
Answered = Callable[[int, str, About], str | None]


def twins(
    producers: pd.DataFrame, keys: Sequence[str], spellings: Spellings, answered: Answered
) -> tuple[list[list[int]], list[NameQuestion]]:
    """The rows of producers that are answered to be one, and the questions still open."""
    same: list[tuple[int, int]] = []
    still_open = []
    for pair, question in _questions(producers, keys, spellings):
        answer = answered(int(question.about.province_code), question.place, question.about)
        if answer == SAME:
            same.append(pair)
        elif answer is None:
            still_open.append((pair, question))
    linked = groups(same)
    # Of two that are one through a third there is nothing to ask.
    group_of = {member: n for n, group in enumerate(linked) for member in group}
    return linked, [q for (a, b), q in still_open if group_of.get(a, -1) != group_of.get(b, -2)]


def twin_finding(question: NameQuestion) -> Finding:
    """What a person is asked about two producers."""
    one, two = question.about.subject, question.about.producer_id
    thai, english = _WHY[question.likeness]
    area = districts()[f"{question.district:04}"].title_th
    return warn(
        DUPLICATE,
        question.place,
        f'"{question.name}" ({one}) กับ "{question.producer_name}" ({two}) ใน{area}อาจเป็นรายเดียวกันที่ขึ้นทะเบียนซ้ำ ({thai}) '
        "เป็นรายเดียวกันหรือไม่",
        f"{one} and {two} of one district may be one producer ({english}): are they?",
    )


def _questions(
    producers: pd.DataFrame, keys: Sequence[str], spellings: Spellings
) -> Iterator[tuple[tuple[int, int], NameQuestion]]:
    found = duplicates(producers, keys, spellings)
    ids, names = producers["producer_id"].tolist(), producers["producer_name"].tolist()
    for first, second, likeness in found.itertuples(index=False, name=None):
        one, two = sorted((first, second), key=lambda n: ids[n])
        at = producers.iloc[one]
        about = about_twins(f"{at['province']:02}", ids[one], ids[two])
        yield (
            (one, two),
            NameQuestion(
                about=about,
                place=doubt_place(DUPLICATES, ids[one], ids[two]),
                table=DUPLICATES,
                name=names[one],
                district=int(at["district"]),
                source=at["source"],
                row=int(at["row"]),
                type=0,
                producer_name=names[two],
                likeness=likeness,
            ),
        )
