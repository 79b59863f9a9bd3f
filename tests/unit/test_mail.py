"""A mail's subject comes back as it was written."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from kbo_core.channels.mail import compose
from kbo_core.domain.areas import districts

AT = datetime(2025, 6, 5, 1, 30, tzinfo=UTC)
TITLES = sorted(district.title_th for district in districts().values())


@given(st.sampled_from(TITLES), st.text("กขคงา ่้็ำ()-1", max_size=60).map(lambda text: " ".join(text.split())))
def test_no_blank_of_a_subject_is_lost_where_its_line_is_folded(title: str, rest: str) -> None:
    """Thai subjects are long; wherever they are folded, every blank stays, and no line is too long."""
    subject = f"[kbo-2568-56] ด่วน ติดตามการรายงานรายชื่อกลุ่มเป้าหมาย KBO {title} {rest}".strip()
    mail = compose("k", Address("ก", "a", "b.c"), [Address("ข", "d", "e.f")], subject, "x", [], AT)
    assert str(message_from_bytes(mail, policy=default)["Subject"]) == subject
    head = mail.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, head)) <= 78
