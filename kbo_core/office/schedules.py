"""A district's reminders: the cycle's plan laid against the district's own deadline and the office's working days."""

from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.reminders import Schedule
from kbo_core.domain.working_days import Calendar
from kbo_core.store.reading import Assignment, Cycle


def schedule_of(
    cycle: Cycle, definition: CycleDefinition, assignment: Assignment, calendar: Calendar
) -> Schedule | None:
    """The schedule of a district that owes an answer and knows it; None for any other."""
    if cycle.state != "open" or not assignment.state.owes or assignment.asked_at is None or assignment.locked_at:
        return None
    return Schedule(
        asked_at=assignment.asked_at,
        deadline=assignment.due_at,
        plan=definition.reminders,
        calendar=calendar,
        extension=assignment.extension,
        lock_at=assignment.lock_at,
    )
