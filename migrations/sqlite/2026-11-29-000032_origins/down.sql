DROP TABLE origin_quarters;
DROP TABLE need_origins_private;
