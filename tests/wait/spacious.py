"""The small province with groups to spare, and the kinds of cycle that the wait's tests open in it."""

from pathlib import Path

from tests.province import GROUP, PRODUCERS, write_small_province

MORE = (
    ("A6", "กลุ่มดอกไม้ประดิษฐ์บ้านต้นผึ้ง", "เมืองพะเยา", "2"),
    ("B3", "กลุ่มข้าวแต๋นบ้านทุ่งกล้วย", "แม่ใจ", "1"),
    ("C2", "กลุ่มกระเป๋าผักตบบ้านท่าเรือ", "ปง", "3"),
    # Of a district that was given no place.
    ("D1", "กลุ่มเห็ดบ้านสันเวียงใหม่", "จุน", "2"),
)
NAMES = {i: (name, district) for i, name, _, district, _ in PRODUCERS} | {
    i: (name, district) for i, name, district, _ in MORE
}
LIST = "KBO 2567"

# What each kind of definition says otherwise.
KINDS: dict[str, dict[str, str]] = {
    "plain": {},
    "limits": {"if_nonworking: keep": "if_nonworking: keep, grace_until: 2025-06-11, lock_on: 2025-06-18"},
    "by_hand": {"settled: []": "review: by_hand\nsettled: []"},
    "signed": {"settled: []": "approvals: {dispatch: [owner, group_head], report: [owner]}\nsettled: []"},
}


def write_spacious_province(folder: Path, kind: str = "plain") -> Path:
    """Write the registers and the definition of a kind; the definition's path."""
    definition = write_small_province(folder)
    for producer_id, name, district, stars in MORE:
        with (folder / "producers.csv").open("a", encoding="utf-8") as file:
            file.write(f"{producer_id},{name},{GROUP},พะเยา,{district},,\n")
        with (folder / "products.csv").open("a", encoding="utf-8") as file:
            file.write(f"{producer_id},{name},พะเยา,ของ{producer_id},2567,{stars}\n")
    (folder / "kbo-2567.csv").write_bytes(list_of())
    text = definition.read_text("utf-8")
    for old, new in KINDS[kind].items():
        assert old in text
        text = text.replace(old, new)
    definition.write_text(f"{text}# {kind}, with groups to spare\n", encoding="utf-8")
    return definition


def list_of(*producer_ids: str) -> bytes:
    """The province's own list of last year with these groups on it; one name is near to B2's."""
    rows = ["กลุ่มเครื่องเงินบ้านป่าสักก,พะเยา,แม่ใจ", "กลุ่มอื่นที่ไม่อยู่ในทะเบียน,พะเยา,จุน"]
    rows += [f"{NAMES[i][0]},พะเยา,{NAMES[i][1]}" for i in producer_ids]
    return "\n".join(["producer_name,province,district", *rows, ""]).encode()
