-- Each time this instance came back from a backup. As long as one is not confirmed, nothing leaves.
-- The epoch is where numbers that count up on the wire go on, so that none is one that was said after
-- the backup was made and is forgotten here.
CREATE TABLE restores (
    epoch INTEGER NOT NULL PRIMARY KEY,
    made_at BIGINT NOT NULL,
    restored_at BIGINT NOT NULL,
    confirmed_at BIGINT
);

-- The backups that the server made by itself, and its tests of them: one of a kind for a day, so that
-- of several processes one does it.
CREATE TABLE backup_runs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    file TEXT,
    bytes BIGINT,
    problem TEXT,
    removed_at BIGINT,
    UNIQUE (kind, day)
);
