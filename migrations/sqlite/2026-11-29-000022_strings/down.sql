DROP TABLE string_limits;
DROP TABLE strings;
