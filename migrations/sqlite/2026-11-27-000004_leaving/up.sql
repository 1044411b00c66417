-- Somebody who has left may come back until erase_at; then what tells who they were is erased.
ALTER TABLE members ADD COLUMN left_at BIGINT;
ALTER TABLE members ADD COLUMN erase_at BIGINT;
