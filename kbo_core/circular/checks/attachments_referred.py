"""A sentence may point only to attachments that the list names."""

from collections.abc import Iterable

from kbo_core.circular.attachments import referred
from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block


def referred_attachments(contents: Contents) -> Iterable[Finding]:
    """Asks for an attachment that is referred to and not listed."""
    body = contents.body
    if not body.starts:
        return
    named = {attachment.no for attachment in contents.attachments}
    end = min([h.start for h in contents.headings], default=len(contents.letter.source))
    for no, quote in referred(contents.page, body.starts[0]):
        if no not in named and quote.start < end:
            named.add(no)  # once is enough
            yield block(
                "attachment-not-listed",
                f"circular.attachments.{no}",
                f"หนังสืออ้างถึงสิ่งที่ส่งมาด้วย {no} แต่ไม่มีลำดับนี้ในรายการสิ่งที่ส่งมาด้วย หมายถึงเอกสารใด{beside(quote)}",
                f"the letter refers to attachment {no}, which its list does not name: what is meant?{beside(quote)}",
            )
