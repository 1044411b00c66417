DROP TABLE unasked_private;
