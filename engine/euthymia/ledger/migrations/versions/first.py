"""The first tables."""

import sqlalchemy as sa
from alembic import op

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

revision = "1"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "records",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("signature", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
    )
    op.create_index("records_of_subject", "records", ["subject", "number"])
    op.create_index("records_of_kind", "records", ["kind", "number"])
    op.create_table(
        "openings",
        sa.Column("number", NUMBER, sa.ForeignKey("records.number"), primary_key=True, autoincrement=False),
        sa.Column("part", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "patients",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("pseudonym", sa.Text, nullable=False, unique=True),
    )
    op.create_table("unscrubbed", sa.Column("subject", sa.Text, primary_key=True))
    op.create_table(
        "rulebooks",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.Column("compiled", sa.LargeBinary, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":  # the planner's statistics would hold samples of what is forgotten
        op.execute("ALTER TABLE openings ALTER COLUMN content SET STATISTICS 0")
        op.execute("ALTER TABLE patients ALTER COLUMN pseudonym SET STATISTICS 0")
