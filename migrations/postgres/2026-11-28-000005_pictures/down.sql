ALTER TABLE messages_private DROP COLUMN extras;
ALTER TABLE neighbour_proposals DROP COLUMN extras;
ALTER TABLE replies DROP COLUMN extras;
DROP INDEX proposals_by_picture;
ALTER TABLE proposals DROP COLUMN picture_height;
ALTER TABLE proposals DROP COLUMN picture_width;
ALTER TABLE proposals DROP COLUMN picture_words;
ALTER TABLE proposals DROP COLUMN picture;
DROP TABLE pictures;
