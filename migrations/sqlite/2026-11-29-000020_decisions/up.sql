-- What the assembly decides. Who proposed it, and who said what, stand apart: that is nobody's to
-- see, and who said what is forgotten when a decision closes.

CREATE TABLE decisions (
    id BIGINT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    -- consent or vote
    method TEXT NOT NULL,
    -- How many members must speak; fixed when it opened, as is how many there were.
    quorum BIGINT NOT NULL,
    members BIGINT NOT NULL,
    asks_followers BOOLEAN NOT NULL,
    -- The point of the agenda that it answers.
    agenda_id BIGINT,
    opened_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    -- adopted, not_adopted, no_quorum or withdrawn
    ending TEXT,
    closed_at BIGINT,
    yes BIGINT NOT NULL,
    no BIGINT NOT NULL,
    aside BIGINT NOT NULL,
    objections BIGINT NOT NULL,
    opinions_yes BIGINT NOT NULL,
    opinions_no BIGINT NOT NULL,
    -- What it carries out, if it says so: name ROLE MEMBER UNTIL, or end TERM.
    subject TEXT,
    -- When that, or whatever it was cited for, was done: each is good for one act.
    carried_out_at BIGINT
);
CREATE INDEX decisions_by_end ON decisions (closed_at, closes_at);

CREATE TABLE decision_private (
    decision_id BIGINT PRIMARY KEY NOT NULL REFERENCES decisions (id) ON DELETE CASCADE,
    proposed_by BIGINT REFERENCES members (id) ON DELETE SET NULL
);

-- While it is open: who said what. Afterwards only objections, without a member unless they want
-- their name beside their words.
CREATE TABLE decision_voices_private (
    id BIGINT PRIMARY KEY NOT NULL,
    decision_id BIGINT NOT NULL REFERENCES decisions (id) ON DELETE CASCADE,
    member_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    -- yes, no, aside or objection
    voice TEXT NOT NULL,
    words TEXT,
    with_name BOOLEAN NOT NULL,
    UNIQUE (decision_id, member_id)
);

-- Voices that were counted on paper: they count once a second member confirmed the numbers.
CREATE TABLE decision_papers (
    id BIGINT PRIMARY KEY NOT NULL,
    decision_id BIGINT NOT NULL REFERENCES decisions (id) ON DELETE CASCADE,
    yes BIGINT NOT NULL,
    no BIGINT NOT NULL,
    aside BIGINT NOT NULL,
    objections BIGINT NOT NULL,
    words TEXT NOT NULL,
    confirmed_at BIGINT
);
CREATE INDEX decision_papers_by_decision ON decision_papers (decision_id);

CREATE TABLE decision_paper_private (
    paper_id BIGINT PRIMARY KEY NOT NULL REFERENCES decision_papers (id) ON DELETE CASCADE,
    entered_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    confirmed_by BIGINT REFERENCES members (id) ON DELETE SET NULL
);

-- What followers think, once each, until the decision closes.
CREATE TABLE opinions (
    decision_id BIGINT NOT NULL REFERENCES decisions (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    is_yes BOOLEAN NOT NULL,
    PRIMARY KEY (decision_id, actor_id)
);
