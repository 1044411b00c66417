ALTER TABLE members DROP COLUMN erase_at;
ALTER TABLE members DROP COLUMN left_at;
