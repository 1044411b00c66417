-- What stewards set on their page: a time zone, an area, how long what is over stays. What is not here
-- was never set. What the operator wrote in the configuration counts before it.
CREATE TABLE settings (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
