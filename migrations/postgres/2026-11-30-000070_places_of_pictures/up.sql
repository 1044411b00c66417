-- Pictures may be kept outside the database, in a folder or a bucket: then `bytes` are empty, and
-- `address` says where they are.
ALTER TABLE pictures ADD COLUMN address TEXT;

-- What is to be removed there, and when. A row is written with whatever makes an address needless;
-- and before anything is put there, so that nothing is left behind when a process dies in between.
CREATE TABLE picture_removals (
    address TEXT PRIMARY KEY NOT NULL,
    due_at BIGINT NOT NULL
);
