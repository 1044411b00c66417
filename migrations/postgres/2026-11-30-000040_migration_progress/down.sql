DROP INDEX received_activities_by_time;
DROP TABLE compatible_migrations;
DROP TABLE migration_progress;
