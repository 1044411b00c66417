-- Members who said: do not ask me again. It is the only answer that is kept.

CREATE TABLE unasked_private (
    member_id BIGINT PRIMARY KEY NOT NULL REFERENCES members (id) ON DELETE CASCADE
);

-- People of the fediverse who were asked, so that nobody is asked again too soon. Of an answer only
-- "do not ask me again" is kept; the hash is that of the link by which they say it.
CREATE TABLE moment_people_private (
    actor_id BIGINT PRIMARY KEY NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    is_never BOOLEAN NOT NULL
);
