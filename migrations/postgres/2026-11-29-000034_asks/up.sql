-- What people without an account asked for on our pages. Nothing of it is published: somebody who
-- looks after the house reads it and calls them. It is emptied as soon as nothing is left to do.

CREATE TABLE asks_private (
    id BIGINT PRIMARY KEY NOT NULL,
    text TEXT NOT NULL,
    -- How they can be reached, as they wrote it.
    reach TEXT NOT NULL,
    language TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- The need that was made of it.
    proposal_id BIGINT REFERENCES proposals (id) ON DELETE SET NULL,
    closed_at BIGINT
);
CREATE INDEX asks_private_by_closing ON asks_private (closed_at);
