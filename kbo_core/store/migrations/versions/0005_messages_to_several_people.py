"""Messages to several people by several channels: where each recipient stands, when it is tried again"""

import json

import sqlalchemy as sa
from alembic import op

import kbo_core.store.schema

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OUTCOMES = {"sent": "accepted", "explained": "dropped"}


def upgrade() -> None:
    instant = kbo_core.store.schema.Instant(timezone=True)
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("envelope", sa.String(length=64), nullable=True))
        message.add_column(sa.Column("recipients", sa.Text(), nullable=True))
        message.add_column(sa.Column("retry_at", instant, nullable=True))
        message.add_column(sa.Column("unreachable_at", instant, nullable=True))
        message.add_column(sa.Column("delivery", sa.String(length=10), nullable=True))
        message.add_column(sa.Column("delivery_at", instant, nullable=True))
    _tell_recipients()
    with op.batch_alter_table("message") as message:
        message.alter_column("recipients", existing_type=sa.Text(), nullable=False)
        message.alter_column("state", existing_type=sa.String(length=10), type_=sa.String(length=15))
        message.drop_constraint(op.f("ck_message_state"), type_="check")
        message.create_check_constraint(
            op.f("ck_message_state"), "state in ('planned', 'sent', 'explained', 'undeliverable')"
        )
        message.create_check_constraint(op.f("ck_message_delivery"), "delivery in ('bounced', 'delivered', 'opened')")
        message.create_foreign_key(op.f("fk_message_envelope"), "blob", ["envelope"], ["sha256"])


def _tell_recipients() -> None:
    """Every message of before had one recipient, or was never planned."""
    message = sa.table(
        "message",
        *[sa.column(name) for name in ("cycle_id", "district_code", "kind", "step", "channel")],
        *[sa.column(name) for name in ("state", "sha256", "explanation", "attempts", "recipients")],
    )
    key = (message.c.cycle_id, message.c.district_code, message.c.kind, message.c.step, message.c.channel)
    connection = op.get_bind()
    for row in connection.execute(sa.select(message)).all():
        waits = ("deferred", row.explanation) if row.attempts else ("waiting", "")
        outcome, words = (_OUTCOMES[row.state], "") if row.state in _OUTCOMES else waits
        told = [] if row.sha256 is None else [{"outcome": outcome, "words": words}]
        written = json.dumps(told, ensure_ascii=False, sort_keys=True)
        mine = [column == row._mapping[column.name] for column in key]
        connection.execute(sa.update(message).where(*mine).values(recipients=written))


def downgrade() -> None:
    op.execute("update message set state = 'planned' where state = 'undeliverable'")
    with op.batch_alter_table("message") as message:
        message.drop_constraint(op.f("fk_message_envelope"), type_="foreignkey")
        message.drop_constraint(op.f("ck_message_delivery"), type_="check")
        message.drop_constraint(op.f("ck_message_state"), type_="check")
        message.create_check_constraint(op.f("ck_message_state"), "state in ('planned', 'sent', 'explained')")
        message.alter_column("state", existing_type=sa.String(length=15), type_=sa.String(length=10))
        for column in ("delivery_at", "delivery", "unreachable_at", "retry_at", "recipients", "envelope"):
            message.drop_column(column)
