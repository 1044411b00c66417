-- Whether strangers and other servers see anything of the collective: off (they do), on (they do
-- not), lockdown (nor does anybody sign in but stewards, and nothing goes out behind the place in
-- the log that is noted here). One row.
CREATE TABLE quiet_mode (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    quiet TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    last_activity BIGINT
);
INSERT INTO quiet_mode (id, quiet, changed_at, last_activity) VALUES (1, 'off', 0, NULL);

-- Other servers take no deleted id again. What was taken back and comes again has the next number in
-- its address; until then others are told nothing of it.
ALTER TABLE proposals ADD COLUMN note_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE proposals ADD COLUMN is_unsaid BOOLEAN NOT NULL DEFAULT FALSE;
-- What a closed need or offer said is erased after a while; only members see that there was one.
ALTER TABLE proposals ADD COLUMN is_retired BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX proposals_unsaid ON proposals (is_unsaid, audience, state);
ALTER TABLE turn_notes ADD COLUMN note_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turn_notes ADD COLUMN comes_back BOOLEAN NOT NULL DEFAULT FALSE;
