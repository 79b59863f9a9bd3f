"""The contact book: who is reached, on which days, and what is turned away with row and remedy."""

from pathlib import Path

import pytest

from kbo_core.clock import parse_now
from kbo_core.domain.findings import RefusedError
from kbo_core.office.contacts import ContactBook, addresses_of, line_users_of, read_contacts

NOON = parse_now("2025-06-04T12:00")
LINE_USER = "U" + "0123456789abcdef" * 2
HEADING = "district_code,role,name,email,line_user_id,valid_from,valid_until"


def book(home: Path, *lines: str) -> ContactBook:
    (home / "contacts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return read_contacts(home)


def reached(book: ContactBook, code: str, role: str = "", at: str = "2025-06-04T12:00") -> list[str]:
    return [a.addr_spec for a in addresses_of(book.valid(code, role, parse_now(at)), "ผู้รับ")]


def test_no_book_is_an_empty_book(tmp_path: Path) -> None:
    """Whoever lays mail in a folder needs none."""
    assert read_contacts(tmp_path) == ContactBook(())


def test_a_file_of_three_columns_is_read_as_before(tmp_path: Path) -> None:
    """An empty role is the district's officer; ``superior`` the one whom an escalation reaches."""
    found = book(
        tmp_path, "district_code,role,email", "5601,,a@district.example", "5601,superior,b@province.example", ""
    )
    assert reached(found, "5601") == ["a@district.example"]
    assert reached(found, "5601", "superior") == ["b@province.example"]
    assert reached(found, "5601", "chief") == []
    assert reached(found, "5602") == []


def test_several_people_hold_a_role(tmp_path: Path) -> None:
    """All of them are reached, each address once, by name where there is one; columns come in any order."""
    found = book(
        tmp_path,
        "email,name,district_code,line_user_id",
        'a@district.example,"นาย ก, เจ้าหน้าที่",5601,',
        f",นาง ข,5601,{LINE_USER}",
        "A@district.example,,5601,",
        "c@district.example,,5601,",
    )
    contacts = found.valid("5601", "", NOON)
    assert [str(address) for address in addresses_of(contacts, "สพอ.")] == [
        '"นาย ก, เจ้าหน้าที่" <a@district.example>',
        '"สพอ." <c@district.example>',
    ]
    assert line_users_of(contacts) == [LINE_USER]


def test_staff_belong_to_no_district(tmp_path: Path) -> None:
    """They are the province's own, whichever district a message is about."""
    assert reached(book(tmp_path, "district_code,role,email", ",staff,s@province.example"), "5601", "staff") == [
        "s@province.example"
    ]


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2025-05-31T23:59:59", ["old@d.example"]),
        ("2025-06-01T00:00:00", ["old@d.example", "new@d.example"]),
        ("2025-06-04T23:59:59", ["old@d.example", "new@d.example"]),
        ("2025-06-05T00:00:00", ["new@d.example"]),
        ("2025-06-04T17:00:00+00:00", ["new@d.example"]),
        ("2028-02-29T12:00:00", ["new@d.example"]),
        ("2028-03-01T00:00:00", []),
    ],
)
def test_a_contact_is_in_force_on_its_days_in_bangkok(tmp_path: Path, at: str, who: list[str]) -> None:
    """The first and the last day included, to the second."""
    found = book(
        tmp_path,
        "district_code,email,valid_from,valid_until",
        "5601,old@d.example,,2025-06-04",
        "5601,new@d.example,2025-06-01,2028-02-29",
    )
    assert reached(found, "5601", at=at) == who


@pytest.mark.parametrize(
    ("row", "code", "where"),
    [
        ("5601,boss,,a@d.example,,,", "contact-role", "role"),
        ("5699,,,a@d.example,,,", "contact-district", "district_code"),
        (",,,a@d.example,,,", "contact-district", "district_code"),
        ("5601,staff,,a@d.example,,,", "contact-district", "district_code"),
        ("5601,,นาย ก,,,,", "contact-empty", "email"),
        ("5601,,,a@d.example;b@d.example,,,", "contact-email", "email"),
        ("5601,,,a@localhost,,,", "contact-email", "email"),
        ("5601,,,อีเมล@d.example,,,", "contact-email", "email"),
        ("5601,,,a b@d.example,,,", "contact-email", "email"),
        ("5601,,,a@d.example> RCPT,,,", "contact-email", "email"),
        ("5601,,,..@d.example,,,", "contact-email", "email"),
        ("5601,,,,somchai99,,", "contact-line", "line_user_id"),
        ("5601,,,a@d.example,,4/6/2568,", "contact-date", "valid_from"),
        ("5601,,,a@d.example,,2568-06-04,", "contact-date", "valid_from"),
        ("5601,,,a@d.example,,,2025-02-29", "contact-date", "valid_until"),
        ("5601,,,a@d.example,,2025-06-04,2025-06-03", "contact-dates", "valid_until"),
        ("5601,,นาย ก, ข,a@d.example,,,", "contact-cells", "-"),
        ("5601,,,a@d.example", "contact-cells", "-"),
    ],
)
def test_a_faulty_row_is_named_with_its_remedy(tmp_path: Path, row: str, code: str, where: str) -> None:
    """File, row and column; what may be personal is not repeated."""
    with pytest.raises(RefusedError) as caught:
        book(tmp_path, HEADING, "5601,,,fine@d.example,,,", row)
    found = {(f.code, f.where) for f in caught.value.findings}
    assert (code, f"contacts.csv แถว 3 · {where}") in found
    assert all("d.example" not in f.message_th + f.message_en for f in caught.value.findings)
    assert all("โปรด" in f.message_th or "ใช้ได้เพียง" in f.message_th or "ต้องเป็น" in f.message_th or "ให้" in f.message_th
               for f in caught.value.findings)  # fmt: skip


def test_every_faulty_row_is_told_at_once(tmp_path: Path) -> None:
    """Nobody corrects a file one fault at a time."""
    with pytest.raises(RefusedError) as caught:
        book(tmp_path, HEADING, "5601,boss,,a@d.example,,,", "", "9999,,,b@d.example,,,")
    assert [f.where for f in caught.value.findings] == [
        "contacts.csv แถว 4 · district_code",
        "contacts.csv แถว 2 · role",
    ]


@pytest.mark.parametrize(
    "heading", ["role,email", "district_code,role", "district_code,email,phone", "district_code,email,email", ""]
)
def test_columns_that_are_missing_unknown_or_twice_are_refused(tmp_path: Path, heading: str) -> None:
    """By name, with the columns that there are."""
    with pytest.raises(RefusedError) as caught:
        book(tmp_path, heading)
    assert {f.code for f in caught.value.findings} == {"contacts-columns"}


@pytest.mark.parametrize(
    "content", ["district_code,name,email\n5601,นาย ก,a@d.example\n".encode("cp874"), b'district_code,email\n5601,"a@d']
)
def test_a_file_that_is_no_csv_in_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    """With how to save it."""
    (tmp_path / "contacts.csv").write_bytes(content)
    with pytest.raises(RefusedError) as caught:
        read_contacts(tmp_path)
    assert [f.code for f in caught.value.findings] == ["contacts-unreadable"]
