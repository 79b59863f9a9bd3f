"""The tables. Two are the record (``blob``, ``event`` with its ``chain`` head); the others are the fold of the log and
can be dropped and rebuilt (``kbo_core.store.fold``)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A UTC instant; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value.astimezone(UTC) if value else None


def _cycle_id() -> Column[str]:
    return Column("cycle_id", String(63), ForeignKey("cycle.cycle_id"), primary_key=True)


blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

chain = Table(
    "chain",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("cycle_id", String(63), ForeignKey("chain.cycle_id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    CheckConstraint("seq >= 1", name="seq_from_one"),
)

cycle = Table(
    "cycle",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("province_code", String(2), nullable=False),
    Column("definition_sha256", String(64), ForeignKey("blob.sha256"), nullable=False),
    Column("inputs", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    # Without a grace lateness is not excused; without a lock answers are taken until the report is issued.
    Column("grace_until", Instant, nullable=True),
    Column("lock_at", Instant, nullable=True),
    Column("state", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("decided_at", Instant, nullable=True),
    Column("outputs", Text, nullable=False),
    # The register as it was decided on last; none of a cycle that was opened before snapshots were kept.
    Column("snapshot", String(64), nullable=True),
    CheckConstraint("state in ('open', 'closed')", name="state"),
)

producer = Table(
    "producer",
    metadata,
    _cycle_id(),
    Column("producer_id", String(100), primary_key=True),
    Column("producer_name", Text, nullable=False),
    Column("district_code", String(4), nullable=False),
    Column("products", Text, nullable=False),
    Column("stars", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("row", Integer, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("producer_id", String(100), primary_key=True),
    *[Column(f"clause_{code}", String(7), nullable=False) for code in ("1a", "1b", "2", "3", "4")],
    Column("tier", String(1), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("reason_th", Text, nullable=False),
    ForeignKeyConstraint(["cycle_id", "producer_id"], ["producer.cycle_id", "producer.producer_id"]),
    CheckConstraint("verdict in ('eligible', 'ineligible', 'unknown')", name="verdict"),
    CheckConstraint("tier in ('1', '2', '')", name="tier"),
    CheckConstraint("(verdict = 'eligible') = (tier <> '')", name="eligible_has_tier"),
)

assignment = Table(
    "assignment",
    metadata,
    _cycle_id(),
    Column("district_code", String(4), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("quota", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("grace_until", Instant, nullable=True),
    Column("lock_at", Instant, nullable=True),
    # When a turn found the lock passed: from then on only an extension or a reopening opens the district again.
    Column("locked_at", Instant, nullable=True),
    # How many new deadlines the district was given: each has reminders of its own.
    Column("extension", Integer, nullable=False, server_default="0"),
    # Since when the district owes what it owes now; reminders from before do not count.
    Column("asked_at", Instant, nullable=True),
    Column("packet_revision", Integer, nullable=False),
    Column("packet_quota", Integer, nullable=True),
    Column("candidates", Text, nullable=False),
    Column("letter_sha256", String(64), ForeignKey("blob.sha256"), nullable=True),
    Column("form_sha256", String(64), ForeignKey("blob.sha256"), nullable=True),
    Column("dispatched_at", Instant, nullable=True),
    Column("version", Integer, nullable=False),
    Column("submission_sha256", String(64), ForeignKey("blob.sha256"), nullable=True),
    Column("submitted_at", Instant, nullable=True),
    Column("is_late", Boolean, nullable=False),
    Column("shortfall_reason", Text, nullable=False),
    # What fell out of the answer, and the packet that asks for another; only while the district is under repair.
    Column("repair", Text, nullable=True),
    # Why an answer was sent back; only while another is owed for it.
    Column("comments", Text, nullable=True),
    UniqueConstraint("cycle_id", "place"),
    CheckConstraint("quota >= 0", name="quota"),
)

pick = Table(
    "pick",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    # A producer is picked once in a cycle, by whichever district.
    Column("producer_id", String(100), primary_key=True),
    Column("district_code", String(4), nullable=False),
    Column("place", Integer, nullable=False),
    Column("tier", Integer, nullable=False),
    # Its own id, or the first of those that are linked with it: nobody is picked under two of them either.
    Column("identity", String(100), nullable=False),
    ForeignKeyConstraint(["cycle_id", "producer_id"], ["producer.cycle_id", "producer.producer_id"]),
    ForeignKeyConstraint(["cycle_id", "district_code"], ["assignment.cycle_id", "assignment.district_code"]),
    UniqueConstraint("cycle_id", "district_code", "place"),
    UniqueConstraint("cycle_id", "identity"),
)

submission = Table(
    "submission",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("district_code", String(4), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String(64), ForeignKey("blob.sha256"), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("is_nil", Boolean, nullable=False),
    Column("picks", Text, nullable=False),
    Column("shortfall_reason", Text, nullable=False),
    Column("via", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    ForeignKeyConstraint(["cycle_id", "district_code"], ["assignment.cycle_id", "assignment.district_code"]),
    CheckConstraint("state in ('in_force', 'superseded', 'returned', 'withdrawn', 'fallen')", name="state"),
    CheckConstraint("version >= 1", name="version_from_one"),
)

override = Table(
    "override",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("producer_id", String(100), primary_key=True),
    Column("clauses", Text, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("granted_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["cycle_id", "producer_id"], ["producer.cycle_id", "producer.producer_id"]),
    # A lawful exception has two hands.
    CheckConstraint("approver <> by", name="two_hands"),
)

reallocation = Table(
    "reallocation",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("giver", String(4), nullable=False),
    Column("taker", String(4), nullable=False),
    Column("places", Integer, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("giver_consent", Text, nullable=True),
    Column("taker_consent", Text, nullable=True),
    Column("state", String(10), nullable=False),
    ForeignKeyConstraint(["cycle_id", "giver"], ["assignment.cycle_id", "assignment.district_code"]),
    ForeignKeyConstraint(["cycle_id", "taker"], ["assignment.cycle_id", "assignment.district_code"]),
    CheckConstraint("giver <> taker", name="two_districts"),
    CheckConstraint("places >= 1", name="places"),
    CheckConstraint("state in ('proposed', 'approved', 'rejected')", name="state"),
    CheckConstraint(
        "state <> 'approved' or (giver_consent is not null and taker_consent is not null)", name="both_consent"
    ),
)

approval = Table(
    "approval",
    metadata,
    _cycle_id(),
    Column("subject", String(10), primary_key=True),
    # The report's version; 1 for the dispatch.
    Column("number", Integer, primary_key=True),
    Column("step", String(30), primary_key=True),
    Column("signed_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("subject in ('dispatch', 'report')", name="subject"),
)

# A district's own door to its desk; the newest is the one in force, if it was not revoked.
district_link = Table(
    "district_link",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("district_code", String(4), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("link_id", String(32), nullable=False, unique=True),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant, nullable=True),
    ForeignKeyConstraint(["cycle_id", "district_code"], ["assignment.cycle_id", "assignment.district_code"]),
)

# Kept bytes that were emptied for the sake of the persons in them.
redaction = Table(
    "redaction",
    metadata,
    _cycle_id(),
    Column("sha256", String(64), ForeignKey("blob.sha256"), primary_key=True),
    Column("redacted_at", Instant, nullable=False),
)

# What follows is no fold of the log: unfinished work, and who may sign in. Nothing refers to it.
draft = Table(
    "draft",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("district_code", String(4), primary_key=True),
    Column("content", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String(10), nullable=False),
    # None: every province.
    Column("province_code", String(2), nullable=True),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("role in ('operator', 'approver', 'auditor')", name="role"),
)

sign_in = Table(
    "sign_in",
    metadata,
    # The cookie's own value is known to the browser alone.
    Column("token_sha256", String(64), primary_key=True),
    Column("account", String(63), ForeignKey("account.name"), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

linked_identity = Table(
    "linked_identity",
    metadata,
    Column("cycle_id", String(63), primary_key=True),
    Column("producer_id", String(100), primary_key=True),
    Column("identity", String(100), nullable=False),
    ForeignKeyConstraint(["cycle_id", "producer_id"], ["producer.cycle_id", "producer.producer_id"]),
)

message = Table(
    "message",
    metadata,
    _cycle_id(),
    Column("district_code", String(4), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("step", String(40), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("state", String(15), nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("sent_at", Instant, nullable=True),
    Column("subject", Text, nullable=False),
    Column("sha256", String(64), ForeignKey("blob.sha256"), nullable=True),
    Column("explanation", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    # Whom it is for, as a list of addresses; none of messages planned before several could have one.
    Column("envelope", String(64), ForeignKey("blob.sha256"), nullable=True),
    # Where each recipient stands, by the place in the envelope.
    Column("recipients", Text, nullable=False),
    # When those still to be reached are tried again; of a planned message, none means at once.
    Column("retry_at", Instant, nullable=True),
    # When the channel's server was last found out of reach; none after any answer.
    Column("unreachable_at", Instant, nullable=True),
    Column("delivery", String(10), nullable=True),
    Column("delivery_at", Instant, nullable=True),
    CheckConstraint("state in ('planned', 'sent', 'explained', 'undeliverable')", name="state"),
    CheckConstraint("delivery in ('bounced', 'delivered', 'opened')", name="delivery"),
)

report = Table(
    "report",
    metadata,
    _cycle_id(),
    Column("version", Integer, primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("files", Text, nullable=False),
)

match_answer = Table(
    "match_answer",
    metadata,
    Column("province_code", String(2), primary_key=True),
    Column("finding", String(20), primary_key=True),
    # The key of a name that is near to the producer's, or the id of another producer that may be the same.
    Column("subject", Text, primary_key=True),
    Column("producer_id", String(100), primary_key=True),
    Column("name", Text, nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("answer", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("answer in ('same', 'different')", name="answer"),
    CheckConstraint("finding in ('near-match', 'producer-duplicate')", name="finding"),
)

# Children before parents: the order in which the fold is cleared.
DERIVED = (
    redaction,
    district_link,
    approval,
    reallocation,
    override,
    report,
    message,
    linked_identity,
    pick,
    submission,
    assignment,
    decision,
    producer,
    cycle,
)
# The fold of a province's own log, which no cycle ends.
DERIVED_OF_PROVINCE = (match_answer,)
