-- Standing in for each other. The pool counts turns, not people: once a turn is drawn, the row says
-- no more who gave it.

CREATE TABLE pool_turns_private (
    id BIGINT PRIMARY KEY NOT NULL,
    duty_id BIGINT NOT NULL REFERENCES duties (id) ON DELETE CASCADE,
    -- Who comes if it is drawn; none once it is drawn, taken back, or over.
    member_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    given_at BIGINT NOT NULL,
    -- The last day for which it is given; none for no end.
    until TEXT,
    drawn_at BIGINT,
    -- When it was taken back, or its last day had passed.
    ended_at BIGINT
);
CREATE INDEX pool_turns_private_by_duty ON pool_turns_private (duty_id, drawn_at);

-- Who was asked to stand in at a turn, so that nobody is asked twice for it and those come first who
-- were not asked for longest. Whoever cannot come is noted as asked, like everybody else.
CREATE TABLE cover_asks_private (
    turn_id BIGINT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (turn_id, member_id)
);
CREATE INDEX cover_asks_private_by_member ON cover_asks_private (member_id, asked_at);

-- Who takes no turns for a while, or half of them. Nobody asks why.
CREATE TABLE exemptions_private (
    id BIGINT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- full or half
    share TEXT NOT NULL,
    -- Days, the last one within; none for no end.
    from_day TEXT NOT NULL,
    until_day TEXT,
    -- Half: whether they were passed over the last time.
    is_next BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX exemptions_private_by_member ON exemptions_private (member_id);

-- Who was offered a turn beside others when they were new. What they said to it is not kept.
CREATE TABLE learner_offers_private (
    member_id BIGINT PRIMARY KEY NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    offered_at BIGINT NOT NULL
);
