DROP TABLE moment_people_private;
DROP TABLE unasked_private;
