"""The snapshot that a cycle rests on; answers that must be given again"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cycle", sa.Column("snapshot", sa.String(length=64), nullable=True))
    op.add_column("assignment", sa.Column("repair", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("assignment", "repair")
    op.drop_column("cycle", "snapshot")
