"""What takes longer than a page may: done in a thread, watched on a page of its own."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from kbo_core.domain.findings import Finding, KboError, block

_MOST = 200


@dataclass
class Job:
    """One piece of work: whose, what, where it leads to, and what came of it."""

    account: str
    title_th: str
    back: str
    started_at: datetime
    is_done: bool = False
    words_th: str = ""
    findings: list[Finding] = field(default_factory=list)


class Jobs:
    """The work of this process. The oldest is forgotten first: what it did is in the store."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def keep(self, job: Job) -> str:
        """Remember what came of work; the name under which it is found."""
        name = secrets.token_urlsafe(12)
        self._jobs[name] = job
        if len(self._jobs) > _MOST:
            self._jobs.popitem(last=False)
        return name

    def start(self, job: Job, work: Callable[[], str]) -> str:
        """Begin; the name under which it is watched."""
        name = self.keep(job)
        threading.Thread(target=_run, args=(job, work), name="job", daemon=True).start()
        return name

    def find(self, name: str, account: str) -> Job | None:
        """An account's own work under a name."""
        job = self._jobs.get(name)
        return job if job and job.account == account else None


def _run(job: Job, work: Callable[[], str]) -> None:
    try:
        job.words_th = work()
    except KboError as error:
        job.findings = list(error.findings)
    except Exception as error:  # whoever watches must learn of it
        job.findings = [
            block(
                "internal-error",
                "job",
                "เกิดข้อผิดพลาดภายในระบบ ไม่มีการเปลี่ยนแปลงใด โปรดแจ้งผู้ดูแลระบบ",
                f"internal error ({type(error).__name__})",
            )
        ]
    finally:
        job.is_done = True
