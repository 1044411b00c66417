-- Rounds: crisis periods with an end. A need that belongs to one is a line of it, and when the
-- round is over each line that is still open becomes one of three things.

CREATE TABLE rounds (
    id BIGINT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    -- For how many days it was asked for, from its opening on.
    days BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- None while a second person has not signed.
    opened_at BIGINT,
    -- There is no round without an end.
    ends_at BIGINT NOT NULL,
    -- When it is over unless the assembly confirms it, or, before it is open, unless a second person
    -- signs; none once the assembly decided.
    lapses_at BIGINT,
    -- date, lapsed or early
    ended_how TEXT,
    ended_at BIGINT,
    -- When its closing sheet was finished.
    closed_at BIGINT
);
CREATE INDEX rounds_by_closing ON rounds (closed_at);

-- The decisions that opened, confirmed or renewed a round: each is good for one of these.
CREATE TABLE round_decisions (
    decision_id BIGINT PRIMARY KEY NOT NULL,
    round_id BIGINT NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    used_at BIGINT NOT NULL
);

-- Who opened a round without a decision: two people, never one.
CREATE TABLE round_openers_private (
    round_id BIGINT PRIMARY KEY NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    asked_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    seconded_by BIGINT REFERENCES members (id) ON DELETE SET NULL
);

-- The needs that belong to a round, and what became of each.
CREATE TABLE round_lines (
    proposal_id BIGINT PRIMARY KEY NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    round_id BIGINT NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    added_at BIGINT NOT NULL,
    -- finished, duty or cause
    outcome TEXT,
    duty_id BIGINT,
    -- Forgotten with what else was said of the need.
    cause_id BIGINT,
    decided_at BIGINT
);
CREATE INDEX round_lines_by_round ON round_lines (round_id);
