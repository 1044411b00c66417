-- Duties: what the collective keeps going, in turns. Nothing here counts a person: the system knows
-- that Tuesday's kitchen is 3 of 4, and of nobody how often they came.

CREATE TABLE duties (
    id BIGINT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    place TEXT,
    -- public or members
    audience TEXT NOT NULL,
    -- What is counted at each turn, such as meals; none for nothing.
    counts TEXT,
    -- The value of an RRULE (RFC 5545, 3.3.10), without COUNT and UNTIL.
    rhythm TEXT NOT NULL,
    -- The time zone by its IANA name; none for the collective's own.
    zone TEXT,
    -- The first turn, by the clock on the wall there: 2026-11-24T16:00:00
    starts_on TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    needed INTEGER NOT NULL,
    learners INTEGER NOT NULL,
    -- Days, the last one within: 2026-08-01
    paused_from TEXT,
    paused_until TEXT,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- Up to here its turns stand in the table.
    planned_until BIGINT NOT NULL,
    -- Since when nobody keeps it, and when somebody woke it by hand last.
    asleep_at BIGINT,
    woken_at BIGINT,
    ended_at BIGINT,
    -- When somebody looked last whether what is written about how it is done is still right.
    looked_at BIGINT
);

-- Days on which it does not happen: 2026-12-25
CREATE TABLE duty_days (
    duty_id BIGINT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    PRIMARY KEY (duty_id, day)
);

-- What would be missed on Monday: food, childcare, rides and so on, or a word of the collective's.
CREATE TABLE duty_functions (
    duty_id BIGINT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    word TEXT NOT NULL,
    PRIMARY KEY (duty_id, word)
);

-- Who keeps the turns together, until when, and who stands in for them.
CREATE TABLE duty_private (
    duty_id BIGINT PRIMARY KEY NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    keeper_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    keeper_until BIGINT,
    deputy_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    -- The secret in the address of its calendar for members; a new one whenever somebody leaves.
    calendar_token TEXT NOT NULL UNIQUE
);

-- One occurrence. The key on duty and start is what keeps two processes from making it twice.
CREATE TABLE turns (
    id BIGINT PRIMARY KEY NOT NULL,
    duty_id BIGINT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    needed INTEGER NOT NULL,
    learners INTEGER NOT NULL,
    -- How many places are taken; how many learners come.
    taken INTEGER NOT NULL,
    learning INTEGER NOT NULL,
    -- How many places were given back and are free; how many of those somebody took.
    given_back INTEGER NOT NULL,
    covered INTEGER NOT NULL,
    -- planned, kept, missed or off
    state TEXT NOT NULL,
    noted_at BIGINT,
    -- How many people came, and what was counted.
    came INTEGER,
    counted INTEGER,
    UNIQUE (duty_id, starts_at)
);
CREATE INDEX turns_by_time ON turns (starts_at);
CREATE INDEX turns_by_state ON turns (state, ends_at);

-- What those who were there hand over to the next.
CREATE TABLE turn_private (
    turn_id BIGINT PRIMARY KEY NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    noted_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    note TEXT
);

-- Who comes. Whoever cannot come after all leaves no row behind. Names are shown until a turn is
-- over, and never after: there is no list of who came and who did not. The rows stay only because the
-- figures of mutuality need to know of one calculation who kept what; they go with the member.
CREATE TABLE turn_people_private (
    turn_id BIGINT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    is_learner BOOLEAN NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (turn_id, member_id)
);
CREATE INDEX turn_people_private_by_member ON turn_people_private (member_id);

-- Who comes to every second Tuesday until June: turns are filled from here as they are made.
CREATE TABLE standing_turns_private (
    id BIGINT PRIMARY KEY NOT NULL,
    duty_id BIGINT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    is_learner BOOLEAN NOT NULL,
    -- A turn of the kind that they come to, by the clock on the wall.
    anchor TEXT NOT NULL,
    every INTEGER NOT NULL,
    -- The last day; none for no end.
    until TEXT,
    made_at BIGINT NOT NULL
);
CREATE INDEX standing_turns_private_by_duty ON standing_turns_private (duty_id);
CREATE INDEX standing_turns_private_by_member ON standing_turns_private (member_id);

-- Promises made in the name of a duty: the kitchen brings soup.
CREATE TABLE promise_duties_private (
    promise_id BIGINT PRIMARY KEY NOT NULL REFERENCES promises (id) ON DELETE CASCADE,
    duty_id BIGINT NOT NULL REFERENCES duties (id) ON DELETE CASCADE
);
CREATE INDEX promise_duties_private_by_duty ON promise_duties_private (duty_id);
