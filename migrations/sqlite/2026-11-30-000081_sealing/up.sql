-- The names of the keys with which private things here are sealed. The keys themselves stand in a
-- file outside of the database.
CREATE TABLE sealing_keys (
    name TEXT PRIMARY KEY NOT NULL
);
