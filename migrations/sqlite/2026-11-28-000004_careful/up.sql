-- Texts of people of the fediverse that are alike: each text belongs to the first one that is near
-- enough. `likeness` are the 64 bits of its simhash.
CREATE TABLE alike (
    id BIGINT PRIMARY KEY NOT NULL,
    likeness BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX alike_by_time ON alike (last_at);

-- `asks`: it reads like somebody in need, and is never thrown away before a person looked.
-- `is_plain`: it names nobody but us and carries no links or pictures.
ALTER TABLE messages_private ADD COLUMN alike_id BIGINT;
ALTER TABLE messages_private ADD COLUMN asks BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE messages_private ADD COLUMN is_plain BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX messages_private_by_time ON messages_private (state, received_at);
CREATE INDEX messages_private_by_alike ON messages_private (alike_id, received_at);

-- Replies of strangers, until a steward lets them in: then they become rows of `replies`.
CREATE TABLE held_replies_private (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL UNIQUE,
    proposal_id BIGINT NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    html TEXT NOT NULL,
    page TEXT NOT NULL,
    is_public BOOLEAN NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    held_because TEXT NOT NULL,
    alike_id BIGINT,
    asks BOOLEAN NOT NULL,
    is_plain BOOLEAN NOT NULL,
    put_aside_at BIGINT,
    extras TEXT
);
CREATE INDEX held_replies_private_by_time ON held_replies_private (received_at);
CREATE INDEX held_replies_private_by_alike ON held_replies_private (alike_id, received_at);
CREATE INDEX held_replies_private_by_actor ON held_replies_private (actor_id);
CREATE INDEX held_replies_private_by_proposal ON held_replies_private (proposal_id);

-- How much was only counted, because too much was held within the hour. `hour` since 1970.
CREATE TABLE held_counted (
    host TEXT NOT NULL,
    hour BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (host, hour)
);

-- Waves, so that stewards hear once of each. `slot` keeps two from beginning at one moment.
CREATE TABLE held_waves (
    slot BIGINT PRIMARY KEY NOT NULL,
    began_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- When we were careful, and until when.
CREATE TABLE careful_times (
    id BIGINT PRIMARY KEY NOT NULL,
    began_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    by_itself BOOLEAN NOT NULL,
    ended_at BIGINT
);

-- Since when we know the registered domains that speak to us.
CREATE TABLE met_domains (
    domain TEXT PRIMARY KEY NOT NULL,
    met_at BIGINT NOT NULL
);
