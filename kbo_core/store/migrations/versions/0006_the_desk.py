"""The district's desk: links, drafts, accounts, and what was redacted"""

import sqlalchemy as sa
from alembic import op

import kbo_core.store.schema

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = kbo_core.store.schema.Instant(timezone=True)
    op.create_table(
        "district_link",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("issued_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("revoked_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["cycle_id", "district_code"],
            ["assignment.cycle_id", "assignment.district_code"],
            name=op.f("fk_district_link_cycle_id_district_code"),
        ),
        sa.PrimaryKeyConstraint("cycle_id", "district_code", "number", name=op.f("pk_district_link")),
        sa.UniqueConstraint("link_id", name=op.f("uq_district_link_link_id")),
    )
    op.create_table(
        "redaction",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("redacted_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.cycle_id"], name=op.f("fk_redaction_cycle_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_redaction_sha256")),
        sa.PrimaryKeyConstraint("cycle_id", "sha256", name=op.f("pk_redaction")),
    )
    op.create_table(
        "draft",
        sa.Column("cycle_id", sa.String(length=63), nullable=False),
        sa.Column("district_code", sa.String(length=4), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "district_code", name=op.f("pk_draft")),
    )
    op.create_table(
        "account",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.CheckConstraint("role in ('operator', 'approver', 'auditor')", name=op.f("ck_account_role")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=63), nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_sign_in_account")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in")),
    )


def downgrade() -> None:
    for table in ("sign_in", "account", "draft", "redaction", "district_link"):
        op.drop_table(table)
