-- What stewards did, and measures about members. The log is only ever added to, so it holds no
-- words about a member: those stand in the measure, which goes with them when they leave.

CREATE TABLE moderation_log (
    id BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    -- A member, also after they left: then the number leads to nobody. None: a command, or time.
    by_id BIGINT,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL
);

CREATE TABLE measures_private (
    id BIGINT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    clause TEXT NOT NULL,
    covenant_version BIGINT NOT NULL,
    reason TEXT NOT NULL,
    made_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    made_at BIGINT NOT NULL,
    -- When it is over unless a second steward confirms it.
    lapses_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    confirmed_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    confirmed_at BIGINT,
    -- lapsed, ended, lifted or appeal
    ended_how TEXT,
    ended_at BIGINT,
    lifted_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    lifted_because TEXT,
    appeal TEXT,
    appealed_at BIGINT,
    decided_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    decided_at BIGINT,
    decided_because TEXT
);
CREATE INDEX measures_private_by_member ON measures_private (member_id);
CREATE INDEX measures_private_by_end ON measures_private (ended_at);
