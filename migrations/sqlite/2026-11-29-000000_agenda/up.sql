-- What the collective noticed by itself and asks the next assembly. It names duties, roles and
-- causes, never a person.

CREATE TABLE agenda (
    id BIGINT PRIMARY KEY NOT NULL,
    matter TEXT NOT NULL,
    subject TEXT NOT NULL,
    noticed_at BIGINT NOT NULL,
    settled_at BIGINT,
    -- The decision that settled it.
    decision_id BIGINT,
    -- Until when the same is not asked again.
    rests_until BIGINT
);
CREATE INDEX agenda_by_matter ON agenda (matter, subject);
-- One question about one thing at a time, also if two servers notice it at the same moment.
CREATE UNIQUE INDEX agenda_open ON agenda (matter, subject) WHERE settled_at IS NULL;
