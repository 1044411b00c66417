-- Pictures. Of our own, one for a need or an offer: scaled down, written anew without anything but
-- what is seen, and kept here, so that a backup of the database is a backup of them. Of others,
-- what a post carries besides its text: a warning, other languages, a poll, where its pictures are.

-- By their content: a SHA-256 in base 64.
CREATE TABLE pictures (
    digest TEXT PRIMARY KEY NOT NULL,
    bytes BYTEA NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    kept_at BIGINT NOT NULL
);

ALTER TABLE proposals ADD COLUMN picture TEXT;
ALTER TABLE proposals ADD COLUMN picture_words TEXT;
ALTER TABLE proposals ADD COLUMN picture_width INTEGER;
ALTER TABLE proposals ADD COLUMN picture_height INTEGER;
CREATE INDEX proposals_by_picture ON proposals (picture);

-- JSON that we wrote.
ALTER TABLE replies ADD COLUMN extras TEXT;
ALTER TABLE neighbour_proposals ADD COLUMN extras TEXT;
ALTER TABLE messages_private ADD COLUMN extras TEXT;
