-- Signing in by way of one's own server (OAuth), and with passkeys.

-- What we are called at another server, and where its door is. One for each host.
CREATE TABLE oauth_clients (
    id BIGINT PRIMARY KEY NOT NULL,
    host TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    scope TEXT NOT NULL,
    issuer TEXT NOT NULL,
    names_issuer BOOLEAN NOT NULL,
    authorize_url TEXT NOT NULL,
    token_url TEXT NOT NULL,
    revoke_url TEXT NOT NULL,
    userinfo_url TEXT,
    made_at BIGINT NOT NULL
);
CREATE INDEX oauth_clients_by_time ON oauth_clients (made_at);

-- By which door a browser may come back, and where it wanted to go.
ALTER TABLE sign_in_attempts ADD COLUMN oauth_client_id BIGINT;
ALTER TABLE sign_in_attempts ADD COLUMN return_to TEXT;

-- The public halves of members' passkeys, as JSON, each with the name that its owner gave it.
CREATE TABLE passkeys_private (
    credential_id TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    passkey TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_private_by_member ON passkeys_private (member_id);

-- What a browser was asked to sign with a passkey. Each is used once.
CREATE TABLE passkey_challenges (
    token_hash TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT REFERENCES members (id) ON DELETE CASCADE,
    challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_by_end ON passkey_challenges (expires_at);
CREATE INDEX passkey_challenges_by_member ON passkey_challenges (member_id);
