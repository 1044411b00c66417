-- How far work on many rows has come that is done in pieces while the database is brought up to date:
-- whoever is killed in the middle of it goes on from here.
CREATE TABLE migration_progress (
    name TEXT PRIMARY KEY NOT NULL,
    -- The last id that was worked on.
    last_id BIGINT NOT NULL,
    is_done BOOLEAN NOT NULL
);

-- Changes that only add: the release whose newest change is back_to runs on a database that has them,
-- although it does not know them.
CREATE TABLE compatible_migrations (
    version TEXT PRIMARY KEY NOT NULL,
    back_to TEXT NOT NULL
);

-- So that forgetting what was received long ago need not look at all that was received.
CREATE INDEX received_activities_by_time ON received_activities (received_at);
