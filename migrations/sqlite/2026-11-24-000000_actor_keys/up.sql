-- An actor may have several keys (FEP-521a): as the actor wrote them, in PEM or as a Multikey.
CREATE TABLE remote_keys (
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    key_id TEXT NOT NULL,
    material TEXT NOT NULL,
    PRIMARY KEY (actor_id, key_id)
);
INSERT INTO remote_keys (actor_id, key_id, material)
SELECT id, key_id, key_pem FROM remote_actors;
ALTER TABLE remote_actors DROP COLUMN key_id;
ALTER TABLE remote_actors DROP COLUMN key_pem;
