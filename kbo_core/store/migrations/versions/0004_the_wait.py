"""Limits, versions of answers, overrides, reallocations and signatures"""

import sqlalchemy as sa
from alembic import op

from kbo_core.store.schema import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ASSIGNMENT = ("grace_until", "lock_at", "locked_at", "asked_at")


def upgrade() -> None:
    for column in ("grace_until", "lock_at"):
        op.add_column("cycle", sa.Column(column, Instant(timezone=True), nullable=True))
    for column in _ASSIGNMENT:
        op.add_column("assignment", sa.Column(column, Instant(timezone=True), nullable=True))
    op.add_column("assignment", sa.Column("extension", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("assignment", sa.Column("packet_quota", sa.Integer(), nullable=True))
    op.add_column("assignment", sa.Column("comments", sa.Text(), nullable=True))
    op.create_table(
        "submission",
        sa.Column("cycle_id", sa.String(63), nullable=False),
        sa.Column("district_code", sa.String(4), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("received_at", Instant(timezone=True), nullable=False),
        sa.Column("is_nil", sa.Boolean(), nullable=False),
        sa.Column("picks", sa.Text(), nullable=False),
        sa.Column("shortfall_reason", sa.Text(), nullable=False),
        sa.Column("via", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "district_code", "version", name=op.f("pk_submission")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_submission_sha256")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "district_code"],
            ["assignment.cycle_id", "assignment.district_code"],
            name=op.f("fk_submission_cycle_id_district_code"),
        ),
        sa.CheckConstraint(
            "state in ('in_force', 'superseded', 'returned', 'withdrawn', 'fallen')", name=op.f("ck_submission_state")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_submission_version_from_one")),
    )
    op.create_table(
        "override",
        sa.Column("cycle_id", sa.String(63), nullable=False),
        sa.Column("producer_id", sa.String(100), nullable=False),
        sa.Column("clauses", sa.Text(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("granted_at", Instant(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "producer_id", name=op.f("pk_override")),
        sa.ForeignKeyConstraint(
            ["cycle_id", "producer_id"],
            ["producer.cycle_id", "producer.producer_id"],
            name=op.f("fk_override_cycle_id_producer_id"),
        ),
        sa.CheckConstraint("approver <> by", name=op.f("ck_override_two_hands")),
    )
    op.create_table(
        "reallocation",
        sa.Column("cycle_id", sa.String(63), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("giver", sa.String(4), nullable=False),
        sa.Column("taker", sa.String(4), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Instant(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("giver_consent", sa.Text(), nullable=True),
        sa.Column("taker_consent", sa.Text(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "number", name=op.f("pk_reallocation")),
        *[
            sa.ForeignKeyConstraint(
                ["cycle_id", side],
                ["assignment.cycle_id", "assignment.district_code"],
                name=op.f(f"fk_reallocation_cycle_id_{side}"),
            )
            for side in ("giver", "taker")
        ],
        sa.CheckConstraint("giver <> taker", name=op.f("ck_reallocation_two_districts")),
        sa.CheckConstraint("places >= 1", name=op.f("ck_reallocation_places")),
        sa.CheckConstraint("state in ('proposed', 'approved', 'rejected')", name=op.f("ck_reallocation_state")),
        sa.CheckConstraint(
            "state <> 'approved' or (giver_consent is not null and taker_consent is not null)",
            name=op.f("ck_reallocation_both_consent"),
        ),
    )
    op.create_table(
        "approval",
        sa.Column("cycle_id", sa.String(63), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(30), nullable=False),
        sa.Column("signed_at", Instant(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "subject", "number", "step", name=op.f("pk_approval")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("fk_approval_cycle_id")),
        sa.CheckConstraint("subject in ('dispatch', 'report')", name=op.f("ck_approval_subject")),
    )


def downgrade() -> None:
    for table in ("approval", "reallocation", "override", "submission"):
        op.drop_table(table)
    for column in ("comments", "packet_quota", "extension", *_ASSIGNMENT):
        op.drop_column("assignment", column)
    for column in ("lock_at", "grace_until"):
        op.drop_column("cycle", column)
