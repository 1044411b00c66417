ALTER TABLE proposals DROP COLUMN asked_by;
