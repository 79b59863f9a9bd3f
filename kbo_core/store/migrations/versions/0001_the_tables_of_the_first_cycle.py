"""The tables of the first cycle"""

import sqlalchemy as sa
from alembic import op

import kbo_core.store.schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "chain",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_chain")),
    )
    op.create_table(
        "cycle",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("definition_sha256", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("opened_at", kbo_core.store.schema.Instant(timezone=True), nullable=False),
        sa.Column("due_at", kbo_core.store.schema.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decided_at", kbo_core.store.schema.Instant(timezone=True), nullable=True),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('open', 'closed')", name=op.f("ck_cycle_state")),
        sa.ForeignKeyConstraint(["definition_sha256"], ["blob.sha256"], name=op.f("fk_cycle_definition_sha256")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_cycle")),
    )
    op.create_table(
        "event",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", kbo_core.store.schema.Instant(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_event_seq_from_one")),
        sa.ForeignKeyConstraint(["cycle_id"], ["chain.cycle_id"], name=op.f("fk_event_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "seq", name=op.f("pk_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_event_hash")),
    )
    op.create_table(
        "assignment",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", kbo_core.store.schema.Instant(timezone=True), nullable=False),
        sa.Column("packet_revision", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("letter_sha256", sa.String(length=64), nullable=True),
        sa.Column("form_sha256", sa.String(length=64), nullable=True),
        sa.Column("dispatched_at", kbo_core.store.schema.Instant(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submission_sha256", sa.String(length=64), nullable=True),
        sa.Column("submitted_at", kbo_core.store.schema.Instant(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("shortfall_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_assignment_quota")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("fk_assignment_cycle_id")),
        sa.ForeignKeyConstraint(["form_sha256"], ["blob.sha256"], name=op.f("fk_assignment_form_sha256")),
        sa.ForeignKeyConstraint(["letter_sha256"], ["blob.sha256"], name=op.f("fk_assignment_letter_sha256")),
        sa.ForeignKeyConstraint(["submission_sha256"], ["blob.sha256"], name=op.f("fk_assignment_submission_sha256")),
        sa.PrimaryKeyConstraint("cycle_id", "district_code", name=op.f("pk_assignment")),
        sa.UniqueConstraint("cycle_id", "place", name=op.f("uq_assignment_cycle_id_place")),
    )
    op.create_table(
        "message",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("planned_at", kbo_core.store.schema.Instant(timezone=True), nullable=False),
        sa.Column("sent_at", kbo_core.store.schema.Instant(timezone=True), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('planned', 'sent', 'explained')", name=op.f("ck_message_state")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("fk_message_cycle_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_message_sha256")),
        sa.PrimaryKeyConstraint("cycle_id", "district_code", "kind", "step", "channel", name=op.f("pk_message")),
    )
    op.create_table(
        "producer",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("producer_id", sa.String(length=100), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=False),
        sa.Column("products", sa.Text(), nullable=False),
        sa.Column("stars", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("fk_producer_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "producer_id", name=op.f("pk_producer")),
    )
    op.create_table(
        "report",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", kbo_core.store.schema.Instant(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("fk_report_cycle_id")),
        sa.PrimaryKeyConstraint("cycle_id", "version", name=op.f("pk_report")),
    )
    op.create_table(
        "decision",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.String(length=100), nullable=False),
        sa.Column("clause_1a", sa.String(length=7), nullable=False),
        sa.Column("clause_1b", sa.String(length=7), nullable=False),
        sa.Column("clause_2", sa.String(length=7), nullable=False),
        sa.Column("clause_3", sa.String(length=7), nullable=False),
        sa.Column("clause_4", sa.String(length=7), nullable=False),
        sa.Column("tier", sa.String(length=1), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason_th", sa.Text(), nullable=False),
        sa.CheckConstraint("(verdict = 'eligible') = (tier <> '')", name=op.f("ck_decision_eligible_has_tier")),
        sa.CheckConstraint("tier in ('1', '2', '')", name=op.f("ck_decision_tier")),
        sa.CheckConstraint("verdict in ('eligible', 'ineligible', 'unknown')", name=op.f("ck_decision_verdict")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "producer_id"],
            ["producer.cycle_id", "producer.producer_id"],
            name=op.f("fk_decision_cycle_id_producer_id"),
        ),
        sa.PrimaryKeyConstraint("cycle_id", "revision", "producer_id", name=op.f("pk_decision")),
    )
    op.create_table(
        "pick",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("producer_id", sa.String(length=100), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "district_code"],
            ["assignment.cycle_id", "assignment.district_code"],
            name=op.f("fk_pick_cycle_id_district_code"),
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "producer_id"],
            ["producer.cycle_id", "producer.producer_id"],
            name=op.f("fk_pick_cycle_id_producer_id"),
        ),
        sa.PrimaryKeyConstraint("cycle_id", "producer_id", name=op.f("pk_pick")),
        sa.UniqueConstraint("cycle_id", "district_code", "place", name=op.f("uq_pick_cycle_id_district_code_place")),
    )


def downgrade() -> None:
    op.drop_table("pick")
    op.drop_table("decision")
    op.drop_table("report")
    op.drop_table("producer")
    op.drop_table("message")
    op.drop_table("assignment")
    op.drop_table("event")
    op.drop_table("cycle")
    op.drop_table("chain")
    op.drop_table("blob")
