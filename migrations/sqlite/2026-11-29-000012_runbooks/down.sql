DROP TABLE turn_notes;
DROP TABLE runbook_origins;
DROP TABLE runbooks;
