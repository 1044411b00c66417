-- Only one key in PEM had a place: the first by its id. An actor without one is read anew.
ALTER TABLE remote_actors ADD COLUMN key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE remote_actors ADD COLUMN key_pem TEXT NOT NULL DEFAULT '';
UPDATE remote_actors SET key_id = (
    SELECT min(key_id) FROM remote_keys
    WHERE actor_id = remote_actors.id AND material LIKE '-----BEGIN%'
) WHERE id IN (SELECT actor_id FROM remote_keys WHERE material LIKE '-----BEGIN%');
UPDATE remote_actors SET key_pem = (
    SELECT material FROM remote_keys
    WHERE actor_id = remote_actors.id AND remote_keys.key_id = remote_actors.key_id
) WHERE key_id <> '';
DROP TABLE remote_keys;
