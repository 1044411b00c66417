DROP TABLE asks_private;
