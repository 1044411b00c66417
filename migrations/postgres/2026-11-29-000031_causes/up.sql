-- What is behind needs, in the collective's own list, and what the collective does about it. Which
-- need has which cause is erased with what is personal about the need; what is kept is how many
-- needs there were in a quarter.

CREATE TABLE causes (
    id BIGINT PRIMARY KEY NOT NULL,
    -- A word of the list from the beginning, whose name is in the locale files.
    word TEXT,
    -- The collective's own name for it.
    label TEXT,
    -- After a need with it nobody is asked anything.
    is_quiet BOOLEAN NOT NULL,
    added_at BIGINT NOT NULL,
    retired_at BIGINT,
    -- The quarter in which the assembly was asked last what it wants to do.
    asked_in TEXT
);

INSERT INTO causes (id, word, is_quiet, added_at) VALUES
    (1, 'rent-rise', FALSE, 0),
    (2, 'eviction', FALSE, 0),
    (3, 'wage-theft', FALSE, 0),
    (4, 'benefits', FALSE, 0),
    (5, 'illness', TRUE, 0),
    (6, 'papers', FALSE, 0),
    (7, 'disaster', FALSE, 0),
    (8, 'debt', FALSE, 0),
    (9, 'violence', TRUE, 0),
    (10, 'isolation', FALSE, 0),
    (11, 'other', FALSE, 0);

CREATE TABLE need_causes_private (
    proposal_id BIGINT PRIMARY KEY NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    cause_id BIGINT NOT NULL REFERENCES causes (id),
    words TEXT,
    stated_at BIGINT NOT NULL
);
CREATE INDEX need_causes_by_cause ON need_causes_private (cause_id);

-- How many needs had a cause, of those whose own rows are erased.
CREATE TABLE cause_quarters (
    cause_id BIGINT NOT NULL REFERENCES causes (id),
    quarter TEXT NOT NULL,
    needs BIGINT NOT NULL,
    PRIMARY KEY (cause_id, quarter)
);

CREATE TABLE cause_responses (
    id BIGINT PRIMARY KEY NOT NULL,
    cause_id BIGINT NOT NULL REFERENCES causes (id),
    -- project, campaign, demand, agreement or not-now
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    decision_id BIGINT,
    made_at BIGINT NOT NULL,
    -- When it is looked at again: always for not-now.
    review_at BIGINT,
    done_at BIGINT,
    -- When the assembly was asked again because the cause went on after it was done.
    asked_again_at BIGINT
);
CREATE INDEX cause_responses_by_cause ON cause_responses (cause_id);
