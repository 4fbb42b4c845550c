"""Charts change hands, and have a day of assessment."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    op.add_column("charts", sa.Column("as_of", sa.Text))
    op.create_table(
        "handovers",
        sa.Column("chart", sa.Text, sa.ForeignKey("charts.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("receiver", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("once", sa.Text, nullable=False),
        sa.Column("opened", sa.Boolean, nullable=False),
        sa.UniqueConstraint("chart", "once", name="handovers_once"),
    )
    op.create_index("handovers_of_sender", "handovers", ["sender"])
    op.create_index("handovers_of_receiver", "handovers", ["receiver"])
