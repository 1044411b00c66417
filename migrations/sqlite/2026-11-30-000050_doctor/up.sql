-- What the doctor asks us for through our public address: answered for a minute, and only if its hash
-- stands here, so that nobody else learns how requests arrive.
CREATE TABLE doctor_nonces (
    hash TEXT PRIMARY KEY NOT NULL,
    made_at BIGINT NOT NULL
);

-- By how many seconds our clock was ahead of another server's when it last took something.
CREATE TABLE clock_offsets (
    host TEXT PRIMARY KEY NOT NULL,
    seconds BIGINT NOT NULL,
    noted_at BIGINT NOT NULL
);
