-- Federation that loses nothing: a journal of what came in, an append-only log of what goes out with
-- a cursor for each inbox, what is known of hosts, whom we block, and what was reported to us.

CREATE TABLE journal (
    id BIGINT PRIMARY KEY NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    failed_at BIGINT,
    last_error TEXT
);
CREATE INDEX journal_by_actor ON journal (actor, id);

INSERT INTO journal (id, actor, body, received_at, run_at, locked_until, attempts)
SELECT id, actor, payload, run_at, run_at, 0, attempts FROM jobs WHERE kind = 'receive';
DELETE FROM jobs WHERE kind = 'receive';

ALTER TABLE sent_activities ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE sent_activities ADD COLUMN to_followers BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX sent_activities_to_followers ON sent_activities (to_followers, id);

ALTER TABLE inboxes ADD COLUMN subscribed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE inboxes ADD COLUMN last_sent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE inboxes ADD COLUMN tried BIGINT NOT NULL DEFAULT 0;
ALTER TABLE inboxes ADD COLUMN gone_at BIGINT;
ALTER TABLE inboxes ADD COLUMN paused_at BIGINT;
CREATE INDEX inboxes_by_host ON inboxes (host);

ALTER TABLE deliveries ADD COLUMN skipped BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX deliveries_by_inbox;
CREATE INDEX deliveries_by_inbox ON deliveries (inbox_id, activity_id);

ALTER TABLE followings ADD COLUMN read_at BIGINT;
ALTER TABLE followings ADD COLUMN moved_at BIGINT;

CREATE TABLE hosts (
    host TEXT PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    not_before BIGINT NOT NULL,
    paused_at BIGINT,
    signature TEXT
);

CREATE TABLE blocks (
    subject TEXT PRIMARY KEY NOT NULL,
    reason TEXT NOT NULL,
    blocked_at BIGINT NOT NULL
);

CREATE TABLE reports (
    url TEXT PRIMARY KEY NOT NULL,
    host TEXT NOT NULL,
    comment TEXT NOT NULL,
    objects TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE INDEX remote_actors_by_address ON remote_actors (lower(address));

-- Who follows already gets what is sent from now on.
INSERT INTO inboxes (id, url, host, next_at, locked_until, attempts)
SELECT MIN(a.id), COALESCE(a.shared_inbox, a.inbox), MIN(SUBSTR(a.address, INSTR(a.address, '@') + 1)), 0, 0, 0
FROM followers f JOIN remote_actors a ON a.id = f.actor_id
WHERE COALESCE(a.shared_inbox, a.inbox) NOT IN (SELECT url FROM inboxes)
GROUP BY COALESCE(a.shared_inbox, a.inbox);
UPDATE inboxes SET
    subscribed = TRUE,
    last_sent = (SELECT COALESCE(MAX(id), 0) FROM sent_activities)
WHERE url IN (
    SELECT COALESCE(a.shared_inbox, a.inbox)
    FROM followers f JOIN remote_actors a ON a.id = f.actor_id
);
