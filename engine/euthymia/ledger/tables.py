"""The tables of the store. Migrations lead to exactly these; a test compares the two."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
NUMBER = BigInteger().with_variant(Integer, "sqlite")

# `kind` and `subject` repeat what the body says, so that records can be found by them; verification compares the two.
records = Table(
    "records",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("signature", Text),
    Column("kind", Text, nullable=False),
    Column("subject", Text),
    Index("records_of_subject", "subject", "number"),
    Index("records_of_kind", "kind", "number"),
)

# What can be forgotten: salts and values, by record and part.
openings = Table(
    "openings",
    metadata,
    Column("number", NUMBER, ForeignKey("records.number"), primary_key=True, autoincrement=False),
    Column("part", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

patients = Table(
    "patients",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("pseudonym", Text, nullable=False, unique=True),
)

# Subjects that were forgotten while old pages may still hold what they told: left by whoever was stopped before these were cleared.
unscrubbed = Table("unscrubbed", metadata, Column("subject", Text, primary_key=True))

rulebooks = Table(
    "rulebooks",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("files", LargeBinary, nullable=False),
    Column("compiled", LargeBinary, nullable=False),
)
