DROP TABLE backup_runs;
DROP TABLE restores;
