-- Strings: what came from outside, and what is attached to it. Nobody here is named.

CREATE TABLE strings (
    id BIGINT PRIMARY KEY NOT NULL,
    what TEXT NOT NULL,
    source TEXT NOT NULL,
    -- A number with its unit, or words.
    amount TEXT,
    unit TEXT NOT NULL,
    amount_words TEXT NOT NULL,
    conditions TEXT NOT NULL,
    reports TEXT NOT NULL,
    data_asked TEXT NOT NULL,
    logo TEXT NOT NULL,
    ends_at BIGINT,
    decision_id BIGINT REFERENCES decisions (id) ON DELETE SET NULL,
    booked_at BIGINT NOT NULL,
    -- An entry that was wrong stays, crossed out, with the reason.
    struck_at BIGINT,
    struck_because TEXT
);

-- Above which number an entry needs a decision; the newest counts.
CREATE TABLE string_limits (
    id BIGINT PRIMARY KEY NOT NULL,
    amount TEXT NOT NULL,
    unit TEXT NOT NULL,
    decision_id BIGINT REFERENCES decisions (id) ON DELETE SET NULL,
    set_at BIGINT NOT NULL
);
