-- The handle of who asked from the fediverse and wanted to be named, as their post and the page show
-- it under the text. It stands apart from the text, so that it goes when they delete their post.
ALTER TABLE proposals ADD COLUMN asked_by TEXT;
