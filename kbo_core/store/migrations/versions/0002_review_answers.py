"""Answers about names, remembered from year to year; producers that are one under several ids"""

import sqlalchemy as sa
from alembic import op

import kbo_core.store.schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "match_answer",
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("finding", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("producer_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("at", kbo_core.store.schema.Instant(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("answer in ('same', 'different')", name=op.f("ck_match_answer_answer")),
        sa.CheckConstraint("finding in ('near-match', 'producer-duplicate')", name=op.f("ck_match_answer_finding")),
        sa.PrimaryKeyConstraint("province_code", "finding", "subject", "producer_id", name=op.f("pk_match_answer")),
    )
    op.create_table(
        "linked_identity",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("producer_id", sa.String(length=100), nullable=False),
        sa.Column("identity", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "producer_id"],
            ["producer.cycle_id", "producer.producer_id"],
            name=op.f("fk_linked_identity_cycle_id_producer_id"),
        ),
        sa.PrimaryKeyConstraint("cycle_id", "producer_id", name=op.f("pk_linked_identity")),
    )
    with op.batch_alter_table("pick") as pick:
        pick.add_column(sa.Column("identity", sa.String(length=100), nullable=True))
    op.execute("update pick set identity = producer_id")
    with op.batch_alter_table("pick") as pick:
        pick.alter_column("identity", existing_type=sa.String(length=100), nullable=False)
        pick.create_unique_constraint(op.f("uq_pick_cycle_id_identity"), ["cycle_id", "identity"])


def downgrade() -> None:
    with op.batch_alter_table("pick") as pick:
        pick.drop_constraint(op.f("uq_pick_cycle_id_identity"), type_="unique")
        pick.drop_column("identity")
    op.drop_table("linked_identity")
    op.drop_table("match_answer")
