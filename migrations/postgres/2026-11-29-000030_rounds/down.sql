DROP TABLE round_lines;
DROP TABLE round_openers_private;
DROP TABLE round_decisions;
DROP TABLE rounds;
