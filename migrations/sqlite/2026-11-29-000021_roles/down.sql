DROP TABLE role_lines;
DROP TABLE role_terms_private;
DROP TABLE roles;
