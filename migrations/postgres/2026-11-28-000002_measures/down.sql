DROP TABLE measures_private;
DROP TABLE moderation_log;
