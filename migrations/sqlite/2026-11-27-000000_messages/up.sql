-- What people of the fediverse wrote to us that answers no need or offer of ours. Everything about
-- it is private. What names them (url, actor_id, text) is emptied when they delete it, and thirty
-- days after it is closed; post_hash stays, so that nothing old is taken for new.
CREATE TABLE messages_private (
    id BIGINT PRIMARY KEY NOT NULL,
    post_hash TEXT NOT NULL UNIQUE,
    url TEXT,
    actor_id BIGINT REFERENCES remote_actors (id) ON DELETE SET NULL,
    host TEXT NOT NULL,
    is_known BOOLEAN NOT NULL,
    channel TEXT NOT NULL,
    purpose TEXT,
    state TEXT NOT NULL,
    held_because TEXT,
    text TEXT NOT NULL,
    language TEXT,
    mentions_others BOOLEAN NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    proposal_id BIGINT REFERENCES proposals (id) ON DELETE SET NULL,
    closed_at BIGINT
);
CREATE INDEX messages_private_by_state ON messages_private (state);
CREATE INDEX messages_private_by_actor ON messages_private (actor_id);
CREATE INDEX messages_private_by_host ON messages_private (host, received_at);
CREATE INDEX messages_private_by_proposal ON messages_private (proposal_id);

-- One-time links for those who wrote, who need no account here.
CREATE TABLE message_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    message_id BIGINT NOT NULL REFERENCES messages_private (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX message_links_by_message ON message_links (message_id);

-- Who of the fediverse asked for what was published.
CREATE TABLE proposal_person_private (
    proposal_id BIGINT PRIMARY KEY NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    actor_id BIGINT REFERENCES remote_actors (id) ON DELETE SET NULL,
    message_id BIGINT NOT NULL REFERENCES messages_private (id) ON DELETE CASCADE
);
CREATE INDEX proposal_person_private_by_actor ON proposal_person_private (actor_id);
