ALTER TABLE hosts DROP COLUMN signature_at;
DROP INDEX remote_actors_by_shared_inbox;
DROP INDEX remote_actors_by_inbox;
DROP INDEX sent_activities_by_object;
CREATE INDEX sent_activities_by_object ON sent_activities (object_url);
