-- An actor's keys can be changed: beside the new pair the old one stands until everybody knows.
-- What was sent up to last_activity is signed with the old pair, what comes after it with the new.
CREATE TABLE signing_keys (
    actor TEXT NOT NULL,
    generation INTEGER NOT NULL,
    rsa_private TEXT NOT NULL,
    ed25519_private TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    last_activity BIGINT,
    PRIMARY KEY (actor, generation)
);
INSERT INTO signing_keys (actor, generation, rsa_private, ed25519_private, created_at)
SELECT actor, 1, rsa_private, ed25519_private, created_at FROM actor_keys;
DROP TABLE actor_keys;
ALTER TABLE signing_keys RENAME TO actor_keys;
