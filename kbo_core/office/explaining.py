"""Why a producer is eligible or not, for one of them or for all: the decision sheets and the files made of them."""

from typing import Any

import pandas as pd

from kbo_core.domain.explanations import Explanations, title_of
from kbo_core.domain.findings import refused
from kbo_core.domain.forecast import Outlook, forecast
from kbo_core.domain.nearness import near_names
from kbo_core.domain.outcomes import NEAR_MISS_COLUMNS, near_miss_rows, open_rows, tally
from kbo_core.domain.thai_text import name_key
from kbo_core.office.results import csv_bytes, json_lines_bytes

_NEAREST = 5


def find_producer(explained: Explanations, wanted: str) -> int:
    """The producer of an id, or else of a name however it is spelt.

    Raises RefusedError when there is none, naming the nearest, or when several have the name.
    """
    producers = explained.register.producers
    ids, names = producers["producer_id"].tolist(), producers["producer_name"].tolist()
    if wanted in ids:
        return int(ids.index(wanted))
    keys, key = [name_key(name) for name in names], name_key(wanted)
    found = [n for n, other in enumerate(keys) if other == key]
    if len(found) == 1:
        return found[0]
    codes = explained.district_codes
    if found:
        raise refused(
            "producer-ambiguous",
            wanted,
            f"มี {len(found)} รายที่ชื่อนี้ ระบุด้วยรหัส: " + "; ".join(f"{ids[n]} ({title_of(codes[n])})" for n in found),
            f"{len(found)} producers have this name; give an id: {', '.join(ids[n] for n in found)}",
        )
    near = _nearest(key, keys)
    shown = "; ".join(f"{ids[n]} {names[n]}" for n in near) or "-"
    raise refused(
        "producer-unknown",
        wanted,
        f"ไม่มีผู้ผลิตรหัสหรือชื่อนี้ในทะเบียนของจังหวัด ที่ใกล้เคียง: {shown}",
        f"no producer of this id or name; the nearest: {', '.join(ids[n] for n in near) or '-'}",
    )


def _nearest(key: str, keys: list[str]) -> list[int]:
    """Names that could be meant: the near ones, or those of which it is a part."""
    if not key:
        return []
    return (near_names(key, keys) or [n for n, other in enumerate(keys) if key in other])[:_NEAREST]


def outlooks(explained: Explanations) -> dict[str, Outlook]:
    """Which districts will be short, before anything is sent."""
    definition, register = explained.definition, explained.register
    return forecast(explained.found, register.districts, definition.rules, definition.quota, register.linked)


def province_document(explained: Explanations) -> dict[str, Any]:
    """How the province came out: counts, districts with their outlook, near misses, who waits for what."""
    whole, by_district = tally(explained)
    ahead = {code: outlook.as_dict() for code, outlook in outlooks(explained).items()}
    return {
        **whole.as_dict(),
        "districts": [
            {"district_code": code, "district_th": title_of(code), **told.as_dict(), "forecast": ahead.get(code)}
            for code, told in by_district.items()
        ],
        "near_miss_list": near_miss_rows(explained),
        "unknown_list": open_rows(explained),
    }


def explanation_files(explained: Explanations) -> dict[str, bytes]:
    """``explanations.json``, a sheet for every producer in the order of the decisions, and ``near-misses.csv``."""
    near = pd.DataFrame(near_miss_rows(explained), columns=list(NEAR_MISS_COLUMNS))
    return {
        "explanations.json": json_lines_bytes(sheet.as_dict() for sheet in explained.sheets()),
        "near-misses.csv": csv_bytes(near, NEAR_MISS_COLUMNS),
    }
