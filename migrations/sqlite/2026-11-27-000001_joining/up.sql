-- Signing in with a fediverse account, and joining: handles that members proved, codes by private
-- message, what we owe each other and who said yes to it, vouches, visits, invitations.

ALTER TABLE members ADD COLUMN standing TEXT NOT NULL DEFAULT 'member';
ALTER TABLE members ADD COLUMN vouched_at BIGINT;

-- Until when a session that began with a link or a code may set a password without the old one.
ALTER TABLE sessions ADD COLUMN fresh_until BIGINT;

CREATE TABLE member_handles_private (
    actor_url TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    proved_at BIGINT NOT NULL
);
CREATE INDEX member_handles_private_by_member ON member_handles_private (member_id);

-- A browser that waits for a code, or has proved an account and may join with it.
CREATE TABLE sign_in_attempts (
    token_hash TEXT PRIMARY KEY NOT NULL,
    address TEXT NOT NULL,
    tries INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    actor_url TEXT,
    proved_at BIGINT
);
CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (expires_at);

-- Who asked for a code. Without a hash there is no code: it was asked for in public.
CREATE TABLE sign_in_codes (
    id BIGINT PRIMARY KEY NOT NULL,
    actor_url TEXT NOT NULL,
    address TEXT NOT NULL,
    home_address TEXT NOT NULL,
    host TEXT NOT NULL,
    note_url TEXT NOT NULL,
    language TEXT NOT NULL,
    code_hash TEXT,
    tries INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (note_url, actor_url)
);
CREATE INDEX sign_in_codes_by_actor ON sign_in_codes (actor_url, created_at);
CREATE INDEX sign_in_codes_by_address ON sign_in_codes (address);
CREATE INDEX sign_in_codes_by_home_address ON sign_in_codes (home_address);
CREATE INDEX sign_in_codes_by_host ON sign_in_codes (host, created_at);
CREATE INDEX sign_in_codes_by_time ON sign_in_codes (created_at);

CREATE TABLE covenants (
    version BIGINT PRIMARY KEY NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    adopted_at BIGINT NOT NULL,
    vouches_needed BIGINT NOT NULL,
    visit_is_enough BOOLEAN NOT NULL
);

CREATE TABLE consents (
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (member_id, version)
);

-- Who vouched, or noted a visit. After a while it is the group's, and nobody's in particular.
CREATE TABLE vouches_private (
    id BIGINT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    voucher_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    noted_at BIGINT NOT NULL,
    is_groups BOOLEAN NOT NULL,
    UNIQUE (member_id, voucher_id, kind)
);
CREATE INDEX vouches_private_by_voucher ON vouches_private (voucher_id);

CREATE TABLE invitations (
    token_hash TEXT PRIMARY KEY NOT NULL,
    made_by BIGINT REFERENCES members (id) ON DELETE CASCADE,
    uses_left INTEGER NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_by_maker ON invitations (made_by);
