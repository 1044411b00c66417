-- What the stewards decided about other servers: rules about domains, with whom we speak at all, who
-- knocked, and what a rule cut off, as long as it can be undone.

-- A rule that suspends has a row in `blocks` too, which is what is asked all the time.
CREATE TABLE domain_rules (
    domain TEXT PRIMARY KEY NOT NULL,
    severity TEXT NOT NULL,
    reject_media BOOLEAN NOT NULL,
    reject_reports BOOLEAN NOT NULL,
    obfuscate BOOLEAN NOT NULL,
    public_comment TEXT NOT NULL,
    private_comment TEXT NOT NULL,
    source TEXT NOT NULL,
    made_by BIGINT REFERENCES members (id) ON DELETE SET NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX domain_rules_by_end ON domain_rules (expires_at);

-- Followers and followings that a suspension cut off.
CREATE TABLE severed_relations (
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    domain TEXT NOT NULL,
    follow_id BIGINT,
    follow_url TEXT,
    state TEXT,
    since BIGINT NOT NULL,
    severed_at BIGINT NOT NULL,
    PRIMARY KEY (actor_id, kind)
);
CREATE INDEX severed_relations_by_time ON severed_relations (severed_at);

-- A list that a steward looks at before it is applied: the rows that could be read, as JSON.
CREATE TABLE domain_drafts (
    id BIGINT PRIMARY KEY NOT NULL,
    list TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

-- One row. `revision` grows with every change of what stands in these tables and in `blocks`, so that
-- a server need not read them again and again.
CREATE TABLE federation_mode (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    mode TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
INSERT INTO federation_mode (id, mode, changed_at, revision) VALUES (1, 'open', 0, 1);

CREATE TABLE allowed_domains (
    domain TEXT PRIMARY KEY NOT NULL,
    added_at BIGINT NOT NULL
);

CREATE TABLE pending_peers (
    host TEXT PRIMARY KEY NOT NULL,
    actor TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX pending_peers_by_time ON pending_peers (last_at);
