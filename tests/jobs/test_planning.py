"""Planning: everybody who is due gets the next message, once, inside their window."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, update

from bot import content
from bot.core.calendar import Window, spread, wanted_after
from bot.core.library import Library
from bot.planning import Planned, plan
from bot.store import enrolments
from bot.store.database import Database
from bot.store.paths import intern, received
from bot.store.schedule import Due, place, soonest
from bot.store.tables import enrolments as enrolments_table
from bot.store.tables import schedule, subscribers, texts, wordings

LIBRARY = content.load(Path(__file__).parents[2] / "messages")
WINDOW = Window.of(LIBRARY.service)
JOINED = datetime(2026, 12, 1, 15, tzinfo=UTC)
ZONES = (
    "America/New_York",
    "America/Chicago America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "Pacific/Honolulu",
    "",
)


def join(
    connection: Connection,
    programme: str,
    *,
    person: int,
    zones: str = "America/New_York",
    slot: str = "morning",
    pace: str = "standard",
    tags: dict[str, str] | None = None,
    at: datetime = JOINED,
) -> int:
    """Somebody joins and has the welcome; returns the enrolment's id."""
    if not connection.execute(select(subscribers.c.id).where(subscribers.c.id == person)).first():
        connection.execute(
            insert(subscribers).values(
                id=person,
                number_index=person.to_bytes(32, "big"),
                number_sealed=b"",
                consent="given",
                zones=zones,
                slot=slot,
                pace=pace,
                language="en",
                spread=spread(person, LIBRARY.service.spread_minutes),
                tags=tags or {},
                created_at=at,
                seen_at=at,
            )
        )
    welcome = LIBRARY.programmes[programme].messages[0].id
    path = intern(connection, programme, [welcome])
    enrolment = enrolments.start(connection, person, programme, path, at)
    on = wanted_after(
        LIBRARY.programmes[programme], 1, pace, at.astimezone(ZoneInfo("America/New_York")).date()
    )
    due = WINDOW.next_due(zones, slot, on, at)
    priority = LIBRARY.programmes[programme].priority
    place(connection, [Due(due.base_at, person, priority, programme, enrolment, path, due.on)])
    return enrolment


def send_all(database: Database, now: datetime) -> None:
    """What a carrier would take by now is taken."""
    sent = update(texts).where(texts.c.state == "queued", texts.c.due_at <= now)
    database.write(lambda c: c.execute(sent.values(state="sent", attempted_at=texts.c.due_at)))


def live(
    database: Database,
    library: Library,
    start: datetime,
    days: int,
    every: timedelta = timedelta(hours=2),
    down: Sequence[tuple[datetime, datetime]] = (),
) -> Planned:
    """Let time pass in steps, planning and sending but for the hours in which all was down."""
    total, now = Planned(), start
    while now < start + timedelta(days=days):
        if not any(begin <= now < end for begin, end in down):
            total += plan(database, library, now)
            send_all(database, now)
        now += every
    return total


def pushes(database: Database) -> list[tuple[int, str, datetime, date]]:
    query = (
        select(texts.c.subscriber_id, texts.c.message_id, texts.c.due_at, texts.c.push_on)
        .where(texts.c.kind == "push", texts.c.state == "sent")
        .order_by(texts.c.due_at, texts.c.id)
    )
    return [tuple(row) for row in database.read(lambda c: c.execute(query).all())]  # type: ignore[misc]


def ids(database: Database, person: int = 1) -> list[str]:
    return [message for who, message, _, _ in pushes(database) if who == person]


def order_of(programme: str) -> list[str]:
    return [message.id for message in LIBRARY.programmes[programme].messages[1:]]


def test_the_whole_programme_comes_in_order_and_ends(database: Database) -> None:
    database.write(lambda c: join(c, "recovery", person=1))
    live(database, LIBRARY, JOINED, 75)
    assert ids(database) == order_of("recovery")
    state = select(enrolments_table.c.state, enrolments_table.c.path_id)
    ended, path = database.read(lambda c: c.execute(state).one())
    assert ended == "completed"
    walked = database.read(lambda c: received(c, path))
    assert list(walked) == [message.id for message in LIBRARY.programmes["recovery"].messages]
    assert database.read(soonest) is None


def test_days_are_those_of_the_programme(database: Database) -> None:
    database.write(lambda c: join(c, "treatment", person=1))
    live(database, LIBRARY, JOINED, 40)
    days = [(on - date(2026, 12, 1)).days + 1 for _, _, _, on in pushes(database)]
    assert days == [message.day for message in LIBRARY.programmes["treatment"].messages[1:]]


def test_every_text_lies_in_the_window_of_its_person(database: Database) -> None:
    for person, zones in enumerate(ZONES, start=1):
        database.write(lambda c, p=person, z=zones: join(c, "recovery", person=p, zones=z))
    live(database, LIBRARY, JOINED, 14)
    zones_of = dict(enumerate(ZONES, start=1))
    seen = pushes(database)
    assert len(seen) > 40
    assert all(WINDOW.is_open(zones_of[who], at) for who, _, at, _ in seen)


def test_treatment_goes_first_and_nobody_gets_two_a_day(database: Database) -> None:
    def work(connection: Connection) -> None:
        join(connection, "recovery", person=1)
        join(connection, "treatment", person=1)

    database.write(work)
    live(database, LIBRARY, JOINED, 120)
    seen = pushes(database)
    assert len({on for _, _, _, on in seen}) == len(seen)
    assert [m for m in ids(database) if m[0] == "R"] == order_of("recovery")
    assert [m for m in ids(database) if m[0] == "T"] == order_of("treatment")
    assert [m for _, m, _, _ in seen][:3] == ["T02", "R02", "T03"]


def test_planning_twice_or_at_the_same_moment_queues_once(database: Database) -> None:
    def work(connection: Connection) -> None:
        for person in range(1, 300):
            join(connection, "recovery", person=person)

    database.write(work)
    now = JOINED + timedelta(days=1, hours=2)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: plan(database, LIBRARY, now, batch=50), range(4)))
    assert sum(planned.texts for planned in done) == 299
    assert plan(database, LIBRARY, now) == Planned()
    count = database.read(lambda c: c.execute(select(texts.c.id)).all())
    assert len(count) == 299


def test_an_outage_of_days_is_no_burst_and_skips_nothing(database: Database) -> None:
    database.write(lambda c: join(c, "recovery", person=1))
    down = [(JOINED + timedelta(days=2), JOINED + timedelta(days=6, hours=4))]
    live(database, LIBRARY, JOINED, 20, down=down)
    seen = pushes(database)
    assert len({on for _, _, _, on in seen}) == len(seen)
    assert ids(database) == order_of("recovery")[: len(seen)]
    assert all(WINDOW.is_open("America/New_York", at) for _, _, at, _ in seen)
    first_after = next(at for _, _, at, _ in seen if at > down[0][1])
    assert first_after - down[0][1] < timedelta(hours=6)


def test_a_text_that_missed_its_window_returns_to_the_plan_in_order(database: Database) -> None:
    database.write(lambda c: join(c, "recovery", person=1))
    morning = JOINED + timedelta(days=1, hours=1)
    assert plan(database, LIBRARY, morning).texts == 1
    closed = morning + timedelta(hours=10)
    assert plan(database, LIBRARY, closed) == Planned(expired=1, moved=1)
    live(database, LIBRARY, closed, 10)
    assert ids(database) == order_of("recovery")[: len(ids(database))]
    assert len(ids(database)) > 4


def test_the_last_message_can_step_back_too(database: Database) -> None:
    enrolment = database.write(lambda c: join(c, "recovery", person=1))
    all_but_last = [message.id for message in LIBRARY.programmes["recovery"].messages[:-1]]

    def skip_ahead(connection: Connection) -> None:
        path = intern(connection, "recovery", all_but_last)
        connection.execute(update(schedule).values(path_id=path))

    database.write(skip_ahead)
    morning = JOINED + timedelta(days=1, hours=1)
    assert plan(database, LIBRARY, morning) == Planned(texts=1, ended=0)
    state = select(enrolments_table.c.state).where(enrolments_table.c.id == enrolment)
    assert database.read(lambda c: c.execute(state).scalar_one()) == "completed"
    plan(database, LIBRARY, morning + timedelta(hours=10))
    assert database.read(lambda c: c.execute(state).scalar_one()) == "active"
    live(database, LIBRARY, morning + timedelta(hours=10), 3)
    assert ids(database) == ["R40"]


def test_a_spread_from_wider_days_still_ends_inside_the_window(database: Database) -> None:
    database.write(lambda c: join(c, "recovery", person=1, slot="evening"))
    database.write(lambda c: c.execute(update(subscribers).values(spread=5 * 3600)))
    live(database, LIBRARY, JOINED, 4, timedelta(minutes=10))
    seen = pushes(database)
    assert len(seen) == 3
    assert all(WINDOW.is_open("America/New_York", at) for _, _, at, _ in seen)


def test_a_note_a_month_stays_one_whatever_the_pace(database: Database) -> None:
    database.write(lambda c: join(c, "monthly", person=1, pace="fewer"))
    live(database, LIBRARY, JOINED, 40)
    days = [message.day for message in LIBRARY.programmes["monthly"].messages]
    first, second = days[0], days[1]
    assert first is not None
    assert second is not None
    assert [(on - date(2026, 12, 1)).days for _, _, _, on in pushes(database)] == [second - first]


def test_a_pause_moves_the_next_text_behind_it(database: Database) -> None:
    database.write(lambda c: join(c, "recovery", person=1))
    until = JOINED + timedelta(days=7)
    database.write(lambda c: c.execute(update(subscribers).values(paused_until=until)))
    live(database, LIBRARY, JOINED, 12)
    seen = pushes(database)
    assert seen[0][1] == "R02"
    assert seen[0][2] >= until


@pytest.mark.parametrize(
    "change",
    [{"consent": "withdrawn"}, {"consent": "none"}, {"unreachable": "landline"}],
)
def test_who_may_not_be_texted_leaves_the_schedule(
    database: Database, change: dict[str, str]
) -> None:
    database.write(lambda c: join(c, "recovery", person=1))
    database.write(lambda c: c.execute(update(subscribers).values(**change)))
    assert plan(database, LIBRARY, JOINED + timedelta(days=1, hours=2)) == Planned(ended=1)
    assert database.read(soonest) is None


def test_words_are_kept_under_their_fingerprint(database: Database) -> None:
    database.write(lambda c: join(c, "recovery", person=1, tags={"matters": "family"}))
    live(database, LIBRARY, JOINED, 60)
    query = (
        select(texts.c.message_id, wordings.c.message_id, wordings.c.body)
        .join(wordings, wordings.c.fingerprint == texts.c.fingerprint)
        .where(texts.c.message_id == "R18")
    )
    base, worded, body = database.read(lambda c: c.execute(query).one())
    assert base == "R18"
    assert worded != "R18"
    assert body == LIBRARY.by_id[worded].text


def test_tags_bring_the_question_list_forward(database: Database) -> None:
    database.write(lambda c: join(c, "treatment", person=1, tags={"stage": "visit"}))
    database.write(lambda c: join(c, "treatment", person=2, tags={"stage": "care"}))
    live(database, LIBRARY, JOINED, 40)
    assert ids(database, 1)[0] == "T14"
    assert sorted(ids(database, 1)) == order_of("treatment")
    assert "T14" not in ids(database, 2)
    assert ids(database, 2)[-1] == "T15"


def test_content_may_change_under_running_enrolments(database: Database) -> None:
    from dataclasses import replace

    programme = LIBRARY.programmes["recovery"]
    database.write(lambda c: join(c, "recovery", person=1))
    live(database, LIBRARY, JOINED, 5)
    had = ids(database)
    kept = [message for message in programme.messages if message.id not in {had[-1], "R08"}]
    moved = [*kept[:2], kept[20], *kept[2:20], *kept[21:]]
    edited = replace(
        LIBRARY, programmes={**LIBRARY.programmes, "recovery": replace(programme, messages=tuple(
            replace(message, day=day) for day, message in enumerate(moved, start=1)
        ))}
    )  # fmt: skip
    live(database, edited, JOINED + timedelta(days=5), 80)
    got = ids(database)
    assert len(set(got)) == len(got)
    assert set(got) == {message.id for message in moved[1:]} | set(had)


lives = st.fixed_dictionaries(
    {
        "zones": st.sampled_from(ZONES),
        "slot": st.sampled_from(["morning", "noon", "evening", "16:20", "10:05"]),
        "pace": st.sampled_from(["standard", "fewer", "weekly", "more"]),
        "both": st.booleans(),
        "hour": st.integers(0, 23),
    }
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    people=st.lists(lives, min_size=1, max_size=6),
    start=st.sampled_from([date(2026, 3, 1), date(2026, 10, 25), date(2026, 12, 28)]),
    outage=st.tuples(st.integers(0, 400), st.integers(0, 120)),
    step=st.sampled_from([45, 100, 170]),
)
def test_whatever_happens_nothing_is_skipped_doubled_or_out_of_hours(
    sqlite_url: str,
    people: list[dict[str, object]],
    start: date,
    outage: tuple[int, int],
    step: int,
) -> None:
    database = Database(sqlite_url)
    midnight = datetime.combine(start, datetime.min.time(), UTC)

    def work(connection: Connection) -> None:
        for table in (subscribers, enrolments_table, schedule, texts):
            connection.execute(table.delete())
        for person, life in enumerate(people, start=1):
            about = {k: str(life[k]) for k in ("zones", "slot", "pace")}
            at = midnight + timedelta(hours=int(str(life["hour"])))
            join(connection, "treatment", person=person, at=at, **about)  # type: ignore[arg-type]
            if life["both"]:
                join(connection, "recovery", person=person, at=at, **about)  # type: ignore[arg-type]

    database.write(work)
    begin = midnight + timedelta(hours=outage[0])
    live(
        database, LIBRARY, midnight, 28, timedelta(minutes=step),
        down=[(begin, begin + timedelta(hours=outage[1]))],
    )  # fmt: skip
    by_person = defaultdict(list)
    for who, message, at, on in pushes(database):
        by_person[who].append((message, at, on))
        assert WINDOW.is_open(str(people[who - 1]["zones"]), at)
    for got in by_person.values():
        assert len({on for _, _, on in got}) == len(got)
        for programme in ("recovery", "treatment"):
            mine = [m for m, _, _ in got if m[0] == programme[0].upper()]
            assert mine == order_of(programme)[: len(mine)]
    database.close()
