-- Browsers in which somebody signed in before: whoever signs in from another one is told. Only a hash
-- of the secret in the cookie; it says nothing about the browser.
CREATE TABLE known_browsers_private (
    token_hash TEXT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, member_id)
);
CREATE INDEX known_browsers_by_member ON known_browsers_private (member_id);

-- Whether they ever signed in: of the first time nobody needs to be told.
ALTER TABLE members ADD COLUMN was_here BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE members SET was_here = TRUE;
