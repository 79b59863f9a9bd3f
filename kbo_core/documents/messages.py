"""The words of the messages that offices get: what each may say. How it says it stands in ``templates/messages``."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from kbo_core.documents.message_samples import SAMPLES
from kbo_core.documents.message_templates import Facts, MessageTemplates, Words
from kbo_core.documents.papers import Changes, Packet
from kbo_core.domain.areas import District
from kbo_core.domain.findings import Finding, RefusedError
from kbo_core.domain.reminder_plan import ReminderPlan, Role
from kbo_core.domain.reminders import Step
from kbo_core.domain.thai_dates import bangkok_day, long_date, short_instant

__all__ = ["Wording", "Words"]


class Wording:
    """The words of an office: its own templates in ``folder``, the shipped ones for the rest.

    Every message raises RefusedError when a template of the office's cannot be used.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._templates = MessageTemplates(folder)

    def check(self, plan: ReminderPlan | None = None) -> None:
        """Raises RefusedError naming every fault of the office's own templates, each with file, line and remedy.

        With a plan, also each of its wordings that is not there.
        """
        missing = self._templates.missing(plan.wordings if plan else ())
        if faults := [*missing, *self._templates.faults(sample_facts())]:
            raise RefusedError(*faults)

    def packet(self, packet: Packet, link: str = "") -> Words:
        """The message that carries the packet; a later revision says that it replaces the earlier.

        ``link`` is the address of the district's own desk, where there is one.
        """
        return self._say("packet", _of_packet(packet), {"link": link})

    def link(self, cycle: str, province: str, district: District, link: str, due_at: datetime, at: datetime) -> Words:
        """A new address of the district's own desk; the one before holds no longer."""
        return self._say("link", _to(cycle, province, district), {"link": link}, _time_left(due_at, at))

    def changed_packet(self, packet: Packet, changes: Changes, at: datetime, link: str = "") -> Words:
        """The message of a packet that replaces an earlier one: which groups fell out, which came in, what to do."""
        picked = {i for i, *_ in changes.fallen_picks}
        restored = {i for i, _ in changes.restored}
        facts = {
            "answered": changes.answered,
            "was": changes.quota_before,
            "fallen_picks": _groups(changes.fallen_picks),
            "restored": _groups(changes.restored),
            "fallen": _groups(group for group in changes.fallen if group[0] not in picked),
            "joined": _groups(group for group in changes.joined if group[0] not in restored),
            "link": link,
        }
        return self._say("changed-packet", _of_packet(packet), facts, _time_left(packet.due_at, at))

    def reminder(
        self,
        cycle: str,
        province: str,
        circular_number: str,
        issued_on: date,
        district: District,
        due_at: datetime,
        step: Step,
        at: datetime,
        *,
        is_repair: bool = False,
        urgency: str = "",
        late_days: int = 0,
        escalates_to: Sequence[Role] = (),
        wording: str = "reminder",
    ) -> Words:
        """The reminder of one step; it cites the first letter and counts the days as they are when it is written.

        ``urgency`` is a grade (ด่วน, ด่วนมาก, ด่วนที่สุด) or empty. ``late_days`` says how late the reminder itself is,
        ``escalates_to`` who else is told, ``wording`` which template says it.
        """
        facts = {
            "escalates": step.escalates,
            "is_repair": is_repair,
            "urgency": urgency,
            "late_days": late_days,
            "escalates_to": tuple(escalates_to),
        }
        letter = _letter(circular_number, issued_on)
        return self._say(wording, _to(cycle, province, district), letter, _time_left(due_at, at), facts)

    def escalation(
        self,
        cycle: str,
        province: str,
        district: District,
        due_at: datetime,
        at: datetime,
        reminders: int,
        *,
        role: Role = Role.SUPERIOR,
        urgency: str = "",
    ) -> Words:
        """The word to who stands above the district's officer when reminders went unanswered.

        ``role`` is the district's chief or the provincial developer, ``reminders`` how many were sent.
        """
        facts = {"reminders": reminders, "role": role, "urgency": urgency}
        return self._say("escalation", _to(cycle, province, district), _time_left(due_at, at), facts)

    def receipt(
        self,
        cycle: str,
        province: str,
        district: District,
        reference: str,
        version: int,
        names: Sequence[str],
        at: datetime,
    ) -> Words:
        """The receipt for an accepted answer, with what was understood of it."""
        facts = {"reference": reference, "version": version, "received": short_instant(at), "names": tuple(names)}
        return self._say("receipt", _to(cycle, province, district), facts)

    def correction(
        self, cycle: str, province: str, district: District, name: str, findings: Sequence[Finding]
    ) -> Words:
        """Why an answer could not be accepted: each place and its remedy."""
        faults = tuple({"where": f.where, "message": f.message_th} for f in findings)
        return self._say("correction", _to(cycle, province, district), {"file": name, "faults": faults})

    def extension_declined(
        self, cycle: str, province: str, district: District, due_at: datetime, at: datetime, reason: str
    ) -> Words:
        """A request for more time that was not granted: the deadline stays."""
        return self._say(
            "extension-declined", _to(cycle, province, district), _time_left(due_at, at), {"reason": reason}
        )

    def accepted(self, cycle: str, province: str, district: District, version: int) -> Words:
        """An answer that a person has looked at and taken."""
        return self._say("accepted", _to(cycle, province, district), {"version": version})

    def returned(
        self,
        cycle: str,
        province: str,
        district: District,
        version: int,
        comments: Sequence[str],
        returned_by: str,
        due_at: datetime,
    ) -> Words:
        """An answer sent back for correction: what to correct, and until when.

        ``returned_by`` is a title of the office, never a person's name.
        """
        facts = {"version": version, "comments": tuple(comments), "returned_by": returned_by, "due": _moment(due_at)}
        return self._say("returned", _to(cycle, province, district), facts)

    def withdrawn(
        self, cycle: str, province: str, district: District, version: int, reason: str, due_at: datetime, at: datetime
    ) -> Words:
        """An answer taken back, at ``at``: it counts no longer, and another is owed."""
        facts = {"version": version, "reason": reason, "withdrawn": short_instant(at)}
        return self._say("withdrawn", _to(cycle, province, district), _time_left(due_at, at), facts)

    def extended(
        self,
        cycle: str,
        province: str,
        district: District,
        was_due_at: datetime,
        due_at: datetime,
        reason: str,
        reference: str = "",
    ) -> Words:
        """A deadline moved: from when to when, why, and the letter that says so."""
        facts = {"was": _moment(was_due_at), "due": _moment(due_at), "reason": reason, "reference": reference}
        return self._say("extended", _to(cycle, province, district), facts)

    def reopened(
        self, cycle: str, province: str, district: District, due_at: datetime, reason: str, reference: str = ""
    ) -> Words:
        """Answers are taken again after the lock, until ``due_at``."""
        facts = {"due": _moment(due_at), "reason": reason, "reference": reference}
        return self._say("reopened", _to(cycle, province, district), facts)

    def quota_changed(
        self,
        cycle: str,
        province: str,
        district: District,
        was: int,
        quota: int,
        reason: str,
        due_at: datetime,
        at: datetime,
        *,
        reference: str = "",
        version: int = 0,
        is_valid: bool = False,
    ) -> Words:
        """A district's places changed; its answer (``version``, 0 if none) stays valid or must be given again."""
        facts = {
            "was": was,
            "quota": quota,
            "reason": reason,
            "reference": reference,
            "version": version,
            "is_valid": is_valid,
        }
        return self._say("quota-changed", _to(cycle, province, district), _time_left(due_at, at), facts)

    def _say(self, name: str, *facts: Facts) -> Words:
        return self._templates.words(name, _joined(facts))


class _Facts(Wording):
    """Keeps what each message is made of instead of saying it."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Facts]] = []

    def _say(self, name: str, *facts: Facts) -> Words:
        self.kept.append((name, _joined(facts)))
        return "", ""


def sample_facts() -> list[tuple[str, Facts]]:
    """The name and the facts of every sample message."""
    facts = _Facts()
    for said in SAMPLES.values():
        said(facts)
    return facts.kept


def _joined(facts: Iterable[Facts]) -> Facts:
    return {name: value for part in facts for name, value in part.items()}


def _to(cycle: str, province: str, district: District) -> Facts:
    return {"cycle": cycle, "province": province, "district": district.title_th, "chief": district.chief_th}


def _letter(circular_number: str, issued_on: date) -> Facts:
    return {"circular_number": circular_number, "circular_date": long_date(issued_on)}


def _of_packet(packet: Packet) -> Facts:
    return {
        **_to(packet.cycle, packet.province.name_th, packet.district),
        **_letter(packet.circular_number, packet.circular_issued_on),
        "programme_year": packet.programme_year_be,
        "revision": packet.revision,
        "quota": packet.quota,
        "candidates": len(packet.candidates),
        "due": _moment(packet.due_at),
    }


def _groups(groups: Iterable[tuple[str, ...]]) -> tuple[Mapping[str, str], ...]:
    return tuple(dict(zip(("id", "name", "why"), group, strict=False)) for group in groups)


def _time_left(due_at: datetime, at: datetime) -> Facts:
    """The deadline, and how far ahead or behind it is in days of the calendar."""
    days = (bangkok_day(due_at) - bangkok_day(at)).days
    return {"due": _moment(due_at), "is_overdue": at > due_at, "days": abs(days)}


def _moment(at: datetime) -> str:
    return f"{long_date(bangkok_day(at))} เวลา {short_instant(at).rsplit(' ', 2)[1]} น."
