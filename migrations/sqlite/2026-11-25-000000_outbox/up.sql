-- What goes out: the versions of an object in their order, who uses an inbox, and since when a host's
-- way of signing is known.
DROP INDEX sent_activities_by_object;
CREATE INDEX sent_activities_by_object ON sent_activities (object_url, id);
CREATE INDEX remote_actors_by_inbox ON remote_actors (inbox);
CREATE INDEX remote_actors_by_shared_inbox ON remote_actors (shared_inbox);
ALTER TABLE hosts ADD COLUMN signature_at BIGINT NOT NULL DEFAULT 0;
