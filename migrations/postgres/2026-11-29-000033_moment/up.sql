-- Members who said: do not ask me again. It is the only answer that is kept.

CREATE TABLE unasked_private (
    member_id BIGINT PRIMARY KEY NOT NULL REFERENCES members (id) ON DELETE CASCADE
);
