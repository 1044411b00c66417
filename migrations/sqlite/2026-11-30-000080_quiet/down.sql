ALTER TABLE turn_notes DROP COLUMN comes_back;
ALTER TABLE turn_notes DROP COLUMN note_number;
DROP INDEX proposals_unsaid;
ALTER TABLE proposals DROP COLUMN is_retired;
ALTER TABLE proposals DROP COLUMN is_unsaid;
ALTER TABLE proposals DROP COLUMN note_number;
DROP TABLE quiet_mode;
