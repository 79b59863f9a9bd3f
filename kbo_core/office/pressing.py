"""The follow-up letter: who has not reported, by when they must now. Drafted here, signed by a person."""

from datetime import datetime

from kbo_core.documents.follow_up import NAME, follow_up_docx, follow_up_pdf
from kbo_core.documents.papers import FollowUp, OverdueDistrict
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import blocked
from kbo_core.domain.reminder_plan import Urgency
from kbo_core.domain.thai_dates import bangkok_day
from kbo_core.office.definitions import definition_of
from kbo_core.office.limits import refuse_past
from kbo_core.office.office import Office
from kbo_core.office.own_papers import own_template, paper_style
from kbo_core.store.reading import assignments, get_cycle, messages


def follow_up_letter(
    office: Office, cycle_id: str, until: datetime, urgency: Urgency, at: datetime
) -> dict[str, bytes]:
    """A draft to every district that is overdue, in Word and PDF, by file name; it cites the circular.

    The office's own ``templates/letters/follow-up.docx`` in the home is used where it is there.

    Raises BlockedError when nobody is overdue, RefusedError for a new date that has passed.
    """
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        definition = definition_of(connection, cycle)
        refuse_past(until, at)
        overdue = tuple(
            OverdueDistrict(
                districts()[a.district_code],
                a.quota,
                a.due_at,
                (bangkok_day(at) - bangkok_day(a.due_at)).days,
                len(
                    {
                        m.step
                        for m in messages(connection, cycle_id, district_code=a.district_code, kind="reminder")
                        if m.sent_at
                    }
                ),
            )
            for a in assignments(connection, cycle_id)
            if a.state.owes and a.limits.is_late(at)
        )
    if cycle.state != "open" or not overdue:
        raise blocked(
            "follow-up-needless",
            cycle_id,
            "ไม่มีอำเภอที่เลยกำหนดส่ง จึงไม่ต้องมีหนังสือติดตาม",
            "no district is overdue: there is nobody to press",
        )
    facts = FollowUp(
        cycle=cycle_id,
        programme_year_be=definition.programme_year_be,
        province=definition.province,
        circular_number=definition.circular.number,
        circular_issued_on=definition.circular.issued_on,
        made_on=bangkok_day(at),
        until=until,
        urgency=urgency.th,
        overdue=overdue,
    )
    style = paper_style()
    stem = f"หนังสือติดตาม-{cycle_id}-{bangkok_day(at)}"
    return {
        f"{stem}.docx": follow_up_docx(facts, own_template(office.home, NAME), style),
        f"{stem}.pdf": follow_up_pdf(facts, style),
    }
