-- How a duty is done here, every version of it.
CREATE TABLE runbooks (
    duty_id BIGINT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (duty_id, version)
);

-- From whom it was copied, and what stands there.
CREATE TABLE runbook_origins (
    duty_id BIGINT PRIMARY KEY NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    -- Whose it is, as a name.
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    copied_at BIGINT NOT NULL,
    looked_at BIGINT NOT NULL
);

-- The Notes by which followers hear that somebody is missing at a turn.
CREATE TABLE turn_notes (
    turn_id BIGINT PRIMARY KEY NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    -- How many were needed and how many came when it was told last.
    needed INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX turn_notes_by_end ON turn_notes (ended_at);
