"""The tables of the clinic's store. Migrations lead to exactly these; a test compares the two."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),  # the hash; never the password
    Column("must_change", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Text),
    Column("created_at", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),  # the digest; the token itself is only in the browser
    Column("account", Text, ForeignKey("accounts.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Index("sessions_of_account", "account"),
)

# A patient that is being entered; with `what_if_of`, a copy that may be changed without touching the record.
charts = Table(
    "charts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, ForeignKey("accounts.id"), nullable=False),
    Column("pseudonym", Text, unique=True),  # none for a what-if copy: it is never recorded
    Column("label", Text, nullable=False),  # for the owner's eyes only, whoever that is
    Column("data", Text, nullable=False),  # the patient file as JSON
    Column("refused", Text, nullable=False),  # answers that could not be taken, kept until they are mended, as JSON
    Column("version", Integer, nullable=False),
    Column("what_if_of", Text, ForeignKey("charts.id")),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("as_of", Text),  # the day of assessment; none: today, whatever day that is
    Index("charts_of_owner", "owner"),
)

# Every change of a chart, so that it can be told when a fact was entered, and undone.
changes = Table(
    "changes",
    metadata,
    Column("chart", Text, ForeignKey("charts.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("once", Text, nullable=False),
    UniqueConstraint("chart", "once", name="changes_once"),
)

# Which chart went from whom to whom, and who saw to it: the one who had it, or an administrator.
handovers = Table(
    "handovers",
    metadata,
    Column("chart", Text, ForeignKey("charts.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # of the chart, counted on with the changes
    Column("at", Text, nullable=False),
    Column("sender", Text, ForeignKey("accounts.id"), nullable=False),
    Column("receiver", Text, ForeignKey("accounts.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("once", Text, nullable=False),  # the same for all charts that went together
    Column("opened", Boolean, nullable=False),  # by the receiver
    UniqueConstraint("chart", "once", name="handovers_once"),
    Index("handovers_of_sender", "sender"),
    Index("handovers_of_receiver", "receiver"),
)

# Which records of the ledger were made from which chart.
recorded = Table(
    "recorded",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("chart", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("once", Text, nullable=False),
    UniqueConstraint("chart", "once", name="recorded_once"),
    Index("recorded_of_chart", "chart"),
)

# An author's own copy of a rule file.
edits = Table(
    "edits",
    metadata,
    Column("account", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("base", Text, nullable=False),  # digest of the rulebook that it was copied from
    Column("version", Integer, nullable=False),
    Column("changed_at", Text, nullable=False),
)
