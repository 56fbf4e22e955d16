"""The tables. Instants are stored as microseconds since 1970 UTC, the same on both databases, so
that set-based statements can add seconds to them anywhere.

Hot tables (`schedule`, `texts`) have no foreign keys to `subscribers`: PostgreSQL would lock and
dirty a page of `subscribers` for each planned text, and planning would slow down as people join.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as a whole number of microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class Strings(TypeDecorator[Mapping[str, str]]):
    """A small mapping of strings, stored as JSON with sorted keys, so that equal ones group."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, str] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(dict(value), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, str]:
        return {} if not value else json.loads(value)


Id = BigInteger().with_variant(Integer(), "sqlite")


def _column(name: str, kind: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, nullable=options.pop("nullable", False), **options)


subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Id, primary_key=True),
    _column("number_index", LargeBinary(32), unique=True),
    _column("number_sealed", LargeBinary),
    _column("consent", String(9)),
    _column("zones", String(200)),
    _column("slot", String(9)),
    _column("pace", String(8)),
    _column("language", String(2)),
    _column("spread", Integer),  # seconds into a slot
    _column("paused_until", Instant, nullable=True),
    _column("held_until", Instant, nullable=True),
    _column("question_id", String(40), nullable=True),
    _column("question_at", Instant, nullable=True),
    _column("question_unclear", SmallInteger, server_default="0"),
    _column("question_about", String(80), server_default=""),
    _column("topic", String(40), nullable=True),
    _column("topic_position", SmallInteger, server_default="0"),
    _column("last_message", String(60), nullable=True),
    _column("fallback_at", Instant, nullable=True),
    _column("tags", Strings, server_default="{}"),
    _column("pending_programme", String(40), nullable=True),
    _column("pending_until", Instant, nullable=True),
    _column("unreachable", String(40), nullable=True),  # why the carrier can't reach the number
    _column("created_at", Instant),
    _column("seen_at", Instant),
    Index(
        "ix_subscribers_pending_until",
        "pending_until",
        sqlite_where=text("pending_until IS NOT NULL"),
        postgresql_where=text("pending_until IS NOT NULL"),
    ),
    sqlite_autoincrement=True,  # an erased person's id is never given to another
)

paths = Table(
    # What somebody received in a programme, in order, interned: people in step share a row.
    "paths",
    metadata,
    Column("id", Id, primary_key=True),
    _column("programme", String(40)),
    _column("received", Text),  # message ids, separated by blanks
    Index("uq_paths_programme_received", "programme", "received", unique=True),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", Id, primary_key=True),
    _column("subscriber_id", Id),
    _column("programme", String(40)),
    _column("state", String(9)),
    _column(
        "path_id", Id
    ),  # where it stood when it last left the schedule; else the schedule knows
    _column("joined_at", Instant),
    _column("ended_at", Instant, nullable=True),
    _column("end_reason", String(40), nullable=True),
    Index("ix_enrolments_subscriber_id", "subscriber_id"),
    Index(
        "uq_enrolments_active",
        "subscriber_id",
        "programme",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    sqlite_autoincrement=True,
)

schedule = Table(
    # Who is due when, clustered by the instant at which the slot begins: a sweep touches what is
    # due and nothing else, however many people there are.
    "schedule",
    metadata,
    Column("base_at", Instant, primary_key=True),  # start of the slot on the due day
    Column("subscriber_id", Id, primary_key=True, autoincrement=False),
    Column("priority", SmallInteger, primary_key=True, autoincrement=False),  # who goes first
    Column("programme", String(40), primary_key=True),
    _column("enrolment_id", Id),
    _column("path_id", Id),
    _column("due_on", Date),  # the local date of base_at
    sqlite_with_rowid=False,
)

texts = Table(
    "texts",
    metadata,
    Column("id", Id, primary_key=True),
    _column("subscriber_id", Id),
    _column("kind", String(8)),  # push, reply (TwiML), notice (sent by API, urgent)
    _column("state", String(11)),
    _column("priority", SmallInteger),  # 0 urgent, 1 routine
    _column("message_id", String(60)),
    _column("language", String(2)),
    _column("fingerprint", String(16)),
    _column("segments", SmallInteger),
    _column("due_at", Instant),
    _column("closes_at", Instant),  # not handed over after this
    _column("programme", String(40), nullable=True),
    _column("enrolment_id", Id, nullable=True),
    _column("path_id", Id, nullable=True),  # the path before this text, to step back to
    _column("next_base_at", Instant, nullable=True),  # where the schedule goes on, to step back
    _column("push_on", Date, nullable=True),  # local date of a push; one a day
    _column("inbox_sid", String(34), nullable=True),  # the text that a reply answers
    _column("attempts", SmallInteger, server_default="0"),  # counts claims: whose turn it is
    _column("tries", SmallInteger, server_default="0"),  # attempts that failed and count
    _column("attempted_at", Instant, nullable=True),
    _column("claimed_by", String(60), nullable=True),
    _column("sid", String(34), nullable=True),
    _column("error", String(60), nullable=True),
    _column("settled", String(8), nullable=True),  # how an unknown was settled: callback list again
    _column("created_at", Instant),
    _column("changed_at", Instant),
    Index(
        "uq_texts_push_on_subscriber_id",
        "push_on",
        "subscriber_id",
        unique=True,
        sqlite_where=text("push_on IS NOT NULL AND state NOT IN ('expired', 'cancelled')"),
        postgresql_where=text("push_on IS NOT NULL AND state NOT IN ('expired', 'cancelled')"),
    ),
    Index(
        "ix_texts_queue",
        "priority",
        "due_at",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_texts_closing",
        "closes_at",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_texts_open",
        "subscriber_id",
        sqlite_where=text("state IN ('queued', 'sending', 'unknown')"),
        postgresql_where=text("state IN ('queued', 'sending', 'unknown')"),
    ),
    Index(
        "ix_texts_taken_back",
        "subscriber_id",
        sqlite_where=text("state IN ('expired', 'cancelled')"),
        postgresql_where=text("state IN ('expired', 'cancelled')"),
    ),
    Index(
        "ix_texts_in_hand",
        "attempted_at",
        sqlite_where=text("state IN ('sending', 'unknown')"),
        postgresql_where=text("state IN ('sending', 'unknown')"),
    ),
    Index(
        "ix_texts_replies",
        "subscriber_id",
        "id",
        sqlite_where=text("kind != 'push'"),
        postgresql_where=text("kind != 'push'"),
    ),
    Index(
        "ix_texts_inbox_sid",
        "inbox_sid",
        sqlite_where=text("inbox_sid IS NOT NULL"),
        postgresql_where=text("inbox_sid IS NOT NULL"),
    ),
    Index(
        "uq_texts_sid",
        "sid",
        unique=True,
        sqlite_where=text("sid IS NOT NULL"),
        postgresql_where=text("sid IS NOT NULL"),
    ),
    sqlite_autoincrement=True,  # receipts of a text that is gone must not find another
)

wordings = Table(
    # Each text that was ever shown or queued, once.
    "wordings",
    metadata,
    Column("fingerprint", String(16), primary_key=True),
    _column("message_id", String(60)),
    _column("language", String(2)),
    _column("body", Text),
    _column("first_at", Instant),
)

inbox = Table(
    "inbox",
    metadata,
    Column("message_sid", String(34), primary_key=True),
    _column("subscriber_id", Id, nullable=True),  # NULL for machines and foreign numbers
    _column("received_at", Instant),
    _column("rule", String(60)),  # which rule decided, never the words
    _column("body_sealed", LargeBinary, nullable=True),
    _column("keep_until", Instant, nullable=True),
    Index("ix_inbox_subscriber_id", "subscriber_id"),
    Index("ix_inbox_received_at", "received_at"),
    Index(
        "ix_inbox_keep_until",
        "keep_until",
        sqlite_where=text("keep_until IS NOT NULL"),
        postgresql_where=text("keep_until IS NOT NULL"),
    ),
)

consents = Table(
    # The ledger: rows are added, never changed, and deleted by erasure alone.
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    _column("number_index", LargeBinary(32)),
    _column("event", String(12)),  # asked joined confirmed opted_out came_back erased
    _column("at", Instant),
    _column("channel", String(10)),  # keyword web carrier operator
    _column("detail", String(40)),  # programme joined, or how an opt-out was made
    _column("message_id", String(60), nullable=True),
    _column("language", String(2), nullable=True),
    _column("fingerprint", String(16), nullable=True),
    _column("message_sid", String(34), nullable=True),
    _column("address_hash", LargeBinary(32), nullable=True),
    Index("ix_consents_number_index", "number_index"),
)

suppressions = Table(
    # Numbers of erased people, as keyed hashes: never to be texted again by accident.
    "suppressions",
    metadata,
    Column("number_index", LargeBinary(32), primary_key=True),
    _column("since", Instant),
    _column("reason", String(40)),
)

flags = Table(
    "flags",
    metadata,
    Column("id", Id, primary_key=True),
    _column("kind", String(20)),
    _column("rule", String(60)),
    _column("subscriber_id", Id),
    _column("inbox_sid", String(34)),
    _column("raised_at", Instant),
    _column("settled_at", Instant, nullable=True),
    Index("ix_flags_subscriber_id", "subscriber_id"),
    Index(
        "ix_flags_open",
        "raised_at",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)

receipts = Table(
    # Status callbacks as they came, also those that fit no text of ours.
    "receipts",
    metadata,
    Column("sid", String(34), primary_key=True),
    Column("status", String(20), primary_key=True),
    _column("text_id", Id, nullable=True),
    _column("error", String(10), nullable=True),
    _column("received_at", Instant),
    Index("ix_receipts_text_id", "text_id"),
    Index("ix_receipts_received_at", "received_at"),
)

senders = Table(
    # The pace that all workers share: one row a sender.
    "senders",
    metadata,
    Column("sender", String(40), primary_key=True),
    _column("tat_at", Instant),  # GCRA's theoretical arrival time
    _column("slowed_until", Instant, nullable=True),
    _column("slow_factor", Integer, server_default="1"),
    _column("stopped_since", Instant, nullable=True),  # configuration error: sending stands still
    _column("stopped_error", String(60), nullable=True),
    _column("stopped_by", String(7), nullable=True),  # call or receipt
    _column("probe_at", Instant, nullable=True),  # when a stopped sender is tried again
    _column("probes", SmallInteger, server_default="0"),
    _column("capped_until", Instant, nullable=True),  # the carrier said: enough for today
    _column("day", Date, nullable=True),  # the carrier's day (Pacific) that day_segments counts
    _column("day_segments", Integer, server_default="0"),
)

redactions = Table(
    # Texts whose words the carrier is still to blank; a row goes when that is done.
    "redactions",
    metadata,
    Column("sid", String(34), primary_key=True),
    _column("due_at", Instant),
    _column("tries", SmallInteger, server_default="0"),
    Index("ix_redactions_due_at", "due_at"),
)

stopped_messages = Table(
    # Messages that a carrier filters: stopped for everybody until somebody looks.
    "stopped_messages",
    metadata,
    Column("fingerprint", String(16), primary_key=True),
    _column("message_id", String(60)),
    _column("error", String(60)),
    _column("since", Instant),
)

limits = Table(
    # Counters of the sign-up page, by window: they hold over processes and restarts.
    "limits",
    metadata,
    Column("key", LargeBinary(40), primary_key=True),  # kind and keyed hash, never an address
    Column("window_at", Instant, primary_key=True),
    _column("count", Integer),
    Index("ix_limits_window_at", "window_at"),
)

facts = Table(
    # Small things that the program must remember: last inbound known, fingerprint of a key.
    "facts",
    metadata,
    Column("name", String(60), primary_key=True),
    _column("value", Text),
    _column("changed_at", Instant),
)

ticks = Table(
    "ticks",
    metadata,
    Column("name", String(40), primary_key=True),
    _column("started_at", Instant, nullable=True),
    _column("finished_at", Instant, nullable=True),
    _column("failures", Integer, server_default="0"),
    _column("error", String(200), nullable=True),
    _column("healthy", Boolean, server_default=text("true")),
)
