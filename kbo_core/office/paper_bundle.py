"""Every paper of a cycle in one zip: what was sent out, what came back, what was reported."""

import io
import zipfile
from datetime import datetime

from kbo_core.documents.form_kinds import ending_of
from kbo_core.documents.page_answer import is_page_answer
from kbo_core.domain.areas import districts
from kbo_core.domain.thai_dates import BANGKOK
from kbo_core.office.office import Office
from kbo_core.store.database import load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import get_cycle, reports, submissions


def paper_bundle(office: Office, cycle_id: str, at: datetime) -> bytes:
    """Letters and forms of every revision, every version of every answer, every report; the same state, the same
    bytes."""
    files: dict[str, bytes] = {}
    with office.database.read() as connection:
        get_cycle(connection, cycle_id)
        for entry in events(connection, cycle_id, ("packet-prepared",)):
            facts = entry.payload
            stem = f"ชุดเอกสาร/{_folder(facts['district'])}/ชุดที่-{facts['revision']:02}"
            files[f"{stem}-หนังสือนำส่ง.pdf"] = load_blob(connection, facts["letter"])
            files[f"{stem}-แบบรายงาน.xlsx"] = load_blob(connection, facts["form"])
        for answer in submissions(connection, cycle_id):
            content = load_blob(connection, answer.sha256)
            ending = ".json" if is_page_answer(content) else ending_of(content)
            files[f"รายชื่อที่ส่ง/{_folder(answer.district_code)}/ฉบับที่-{answer.version:02}{ending}"] = content
        for report in reports(connection, cycle_id):
            for name, digest in report.files.items():
                files[f"รายงานรวม/v{report.version}/{name}"] = load_blob(connection, digest)
    return _zipped(files, at)


def _folder(district_code: str) -> str:
    return f"{district_code}-{districts()[district_code].name_th}"


def _zipped(files: dict[str, bytes], at: datetime) -> bytes:
    target, stamp = io.BytesIO(), at.astimezone(BANGKOK).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, files[name])
    return target.getvalue()
