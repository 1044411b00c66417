DROP TABLE mutuality_quarters;
DROP TABLE mutuality_releases;
