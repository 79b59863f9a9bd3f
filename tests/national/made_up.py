"""Open cycles of many provinces at once, every district of each with places: what a ministry's turn goes through."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kbo_core.domain.areas import BANGKOK_CODE, Province, provinces
from kbo_core.office.following import districts_asked
from kbo_core.office.nation import read_definitions, screen_nation
from kbo_core.office.office import Office
from kbo_core.office.opening import freeze, opened_before, prepare_packet
from kbo_core.office.posting import send_planned
from kbo_core.registry.quality import Validate
from tests.province import DEFINITION, GROUP, write_csv

PRODUCERS = 6  # in each district, all of them eligible
_PLACES = 2
_CRAFTS = ("ทอผ้า", "จักสาน", "น้ำพริก", "สมุนไพร", "เครื่องเงิน", "แปรรูปปลา")


def chosen(count: int, districts: int | None = None) -> list[Province]:
    """The first provinces, Bangkok aside; with a number of districts, of those that have at least so many."""
    able = [p for p in provinces().values() if p.code != BANGKOK_CODE and len(p.districts) >= (districts or 0)]
    return able[:count]


def write_nation(folder: Path, which: Sequence[Province], districts: int | None = None) -> Path:
    """One set of registers and a definition a province, ``kbo-56`` and so on; the definitions' folder.

    With a number of districts, the others of a province get no places.
    """
    cycles = folder / "cycles"
    cycles.mkdir(parents=True)
    asked = {p.code: p.districts[: districts or len(p.districts)] for p in which}
    everyone = [
        (f"{d.code}-{n}", f"กลุ่ม{_CRAFTS[n]}บ้านที่ {d.code}", GROUP, p.name_th, d.name_th)
        for p in which
        for d in asked[p.code]
        for n in range(PRODUCERS)
    ]
    write_csv(
        folder / "producers.csv",
        ("producer_id", "producer_name", "producer_type", "province", "district", "contact_name", "phone"),
        [(*row, "นางสมมติ ไม่มีจริง", "0899999999") for row in everyone],
    )
    write_csv(
        folder / "products.csv",
        ("producer_id", "producer_name", "province", "product_name", "rating_year_be", "stars"),
        [(i, name, province, f"ของ{i}", "2567", "3") for i, name, _, province, _ in everyone],
    )
    for p in which:
        places = {d.code: _PLACES if d in asked[p.code] else 0 for d in p.districts}
        quota = "{" + ", ".join(f'"{code}": {count}' for code, count in places.items()) + "}"
        text = DEFINITION.format(cycle=f"kbo-{p.code}", quota=quota)
        text = text.replace('province_code: "56"', f'province_code: "{p.code}"').replace("path: ", "path: ../")
        text = text.replace("fiscal_year_be: 2567, path: ../kbo-2567.csv", "fiscal_year_be: 2567, empty: confirmed")
        (cycles / f"{p.code}.yaml").write_text(text, encoding="utf-8")
    return cycles


def open_nation(office: Office, definitions: Path, validate: Validate, at: datetime) -> list[str]:
    """Open every cycle and send every packet; the cycles' ids."""
    opened = []
    for outcome in screen_nation(read_definitions(definitions), validate):
        if outcome.error:
            raise outcome.error
        assert outcome.screening is not None
        if opened_before(office, outcome.file) is None:
            freeze(office, outcome.screening, at, "ผู้ทดสอบ")
        cycle_id = outcome.file.definition.cycle
        for code in districts_asked(office, cycle_id):
            prepare_packet(office, cycle_id, code, at)
            send_planned(office, cycle_id, code, at)
        opened.append(cycle_id)
    return opened
