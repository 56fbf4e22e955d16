"""The day of the last push is read from `texts`: nothing ever wrote it into `subscribers`."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("subscribers", "last_push_on")


def downgrade() -> None:
    op.add_column("subscribers", sa.Column("last_push_on", sa.Date(), nullable=True))
