ALTER TABLE members DROP COLUMN was_here;
DROP TABLE known_browsers_private;
