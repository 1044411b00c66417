-- One pair for each actor: the one in use.
CREATE TABLE only_keys (
    actor TEXT PRIMARY KEY NOT NULL,
    rsa_private TEXT NOT NULL,
    ed25519_private TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO only_keys (actor, rsa_private, ed25519_private, created_at)
SELECT actor, rsa_private, ed25519_private, created_at FROM actor_keys WHERE retired_at IS NULL;
DROP TABLE actor_keys;
ALTER TABLE only_keys RENAME TO actor_keys;
