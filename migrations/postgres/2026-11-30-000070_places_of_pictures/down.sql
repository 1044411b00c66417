-- What is outside would be lost: move it into the database first (`mutuals media move --to database`).
DROP TABLE picture_removals;
ALTER TABLE pictures DROP COLUMN address;
