"""What operators watch: one progress bar, one table and one page a cycle, each under a key that keeps its history."""

import os
from collections.abc import Sequence

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey, FlowRunFilter, TaskRunFilter
from prefect.client.schemas.sorting import ArtifactSort

from kbo_core.domain.areas import districts
from kbo_core.domain.reminders import step_title
from kbo_core.domain.thai_dates import bangkok_day, short_date, short_instant
from kbo_core.office.approving import unsigned
from kbo_core.office.board import BoardLine, board
from kbo_core.office.overview import Overview, overview
from kbo_core.office.reminding import Forecast, preview
from kbo_core.office.timeline import CHANNELS_TH, KINDS_TH, Entry, timeline
from kbo_core.store.reading import Message
from tasks.surroundings import instant, office

_LATEST = 100  # what an operator looks at; the whole is `kbo cycle timeline`


@task(name="publish-progress", task_run_name="publish progress", cache_policy=NO_CACHE, persist_result=False)
def publish_progress(cycle_id: str, now: str | None) -> str:
    """Publish how the cycle stands; one line that says it."""
    at = instant(now)
    lines = board(office(), cycle_id, at)
    seen, entries = overview(office(), cycle_id, at), timeline(office(), cycle_id)
    asked = [line for line in lines if line.quota]
    done = sum(not line.state.owes for line in asked)
    summary = f"{done} / {len(asked)} อำเภอรายงานแล้ว · {short_instant(at)}"
    create_progress_artifact(
        progress=100 * done / len(asked) if asked else 100, key=f"progress-{cycle_id}", description=summary
    )
    create_table_artifact(
        table=[_row(cycle_id, line) for line in lines],
        key=f"districts-{cycle_id}",
        description=f"{portal_link(f'รอบ {cycle_id}', f'office/c/{cycle_id}')} · {summary}",
    )
    create_markdown_artifact(
        markdown=_page(cycle_id, seen, lines, entries, summary), key=f"cycle-{cycle_id}", description=summary
    )
    create_table_artifact(
        table=[_reminder_row(line) for line in preview(office(), cycle_id, at)],
        key=f"reminders-{cycle_id}",
        description=f"การติดตามของรอบ {cycle_id} · {short_instant(at)}",
    )
    create_table_artifact(
        table=[_entry_row(entry) for entry in entries[-_LATEST:]][::-1],
        key=f"timeline-{cycle_id}",
        description=f"เหตุการณ์ล่าสุดของรอบ {cycle_id}",
    )
    return summary


async def progress_today(cycle_id: str, now: str | None) -> str:
    """The line published last, if it is today's and nothing has happened since; else empty."""
    async with get_client() as client:
        # Artifact.aget leaves the two empty filters out, which this server refuses.
        found = await client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[f"cycle-{cycle_id}"])),
            flow_run_filter=FlowRunFilter(),
            task_run_filter=TaskRunFilter(),
            sort=ArtifactSort.UPDATED_DESC,
            limit=1,
        )
    last = found[0] if found else None
    said = (last.description or "") if last else ""
    is_todays = f" · {short_date(bangkok_day(instant(now)))} " in said
    return said if last and is_todays and _newest(timeline(office(), cycle_id)) in str(last.data) else ""


def _newest(entries: Sequence[Entry]) -> str:
    return f"| เหตุการณ์ล่าสุด | {entries[-1].seq} |"


def _message(message: Message) -> str:
    kind, channel = KINDS_TH.get(message.kind, message.kind), CHANNELS_TH.get(message.channel, message.channel)
    return f"{kind} {step_title(message.step)} ({channel})"


def _reminder_row(line: Forecast) -> dict[str, str]:
    return {
        "อำเภอ": line.district.label,
        "ข้อความที่รอส่ง": "; ".join(map(_message, line.messages)) or "–",
        "เหตุ": line.why_th,
    }


def _entry_row(entry: Entry) -> dict[str, str | int]:
    area = districts().get(entry.district_code)
    return {
        "ที่": entry.seq,
        "เมื่อ": short_instant(entry.at),
        "อำเภอ": area.label if area else "–",
        "เหตุการณ์": entry.what_th,
        "โดย": entry.by,
    }


def _row(cycle_id: str, line: BoardLine) -> dict[str, str | int]:
    return {
        "อำเภอ": portal_link(line.district.label, f"office/c/{cycle_id}/d/{line.district.code}"),
        "สถานะ": line.state_th,
        "เลือกแล้ว/จัดสรร": f"{line.picked}/{line.quota}",
        "กลุ่มที่เข้าเกณฑ์": line.candidates,
        "กำหนดส่ง": line.due_th,
        "เหลือ (วัน)": _told(line.days_left_th),
        "ฉบับที่": line.version,
        "แจ้งเตือนครั้งถัดไป": _told(line.next_reminder_th),
        "ข้อสังเกต": line.notice_th,
    }


def _told(words: str) -> str:
    """A cell of a table, where the UI would take a hyphen alone for the beginning of a list."""
    return words if words != "-" else "–"


def _page(cycle_id: str, seen: Overview, lines: Sequence[BoardLine], entries: Sequence[Entry], summary: str) -> str:
    waiting = [line.district.title_th for line in lines if line.state.owes]
    waiting_signatures = unsigned(office(), cycle_id)
    findings = "\n".join(f"- {code}: {count}" for code, count in seen.finding_counts.items()) or "- ไม่มี"
    return f"""### {portal_link(f"รอบ {cycle_id}", f"office/c/{cycle_id}")} · จังหวัด{seen.province_th}

{summary}

| เรื่อง | ข้อมูล |
|---|---|
| กำหนดส่ง | {short_instant(seen.due_at)} |
| สถานะรอบ | {"เปิดอยู่" if seen.state == "open" else "รวมเล่มแล้ว"} |
| ผู้ผลิตในทะเบียน | {seen.register_count} |
| เข้าเกณฑ์ / ไม่เข้าเกณฑ์ / รอชี้ขาด | {seen.eligible} / {seen.ineligible} / {seen.unknown} |
| กลุ่มสำรอง (ข้อ ๓) | {"เปิดใช้" if seen.fallback_open else "ไม่เปิดใช้"} |
| แฟ้มที่ตรึงไว้ | {seen.inputs} แฟ้ม |
{_newest(entries)}

**เอกสารที่รอลงนาม:** {", ".join(waiting_signatures) or "ไม่มี"}

**อำเภอที่ยังไม่รายงาน:** {", ".join(waiting) or "ไม่มี"}

**ข้อสังเกตที่ต้องอ่าน** {portal_link("อ่านทุกข้อ", f"office/c/{cycle_id}/findings")}

{findings}

**รายละเอียดการตรวจข้อมูล (Data Docs):** {data_docs_link(seen.data_docs)}
"""


def data_docs_link(data_docs: str) -> str:
    """The Data Docs at the portal, where one is served; else where they lie in the office's home."""
    return portal_link("เปิดดูผลการตรวจทุกข้อ", data_docs) if os.environ.get("KBO_PORTAL_URL") else f"`{data_docs}`"


def portal_link(words: str, page: str) -> str:
    """Words that lead to a page of the portal, where one is served; else the words."""
    portal = os.environ.get("KBO_PORTAL_URL")
    return f"[{words}]({portal.rstrip('/')}/{page})" if portal else words
