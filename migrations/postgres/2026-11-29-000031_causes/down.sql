DROP TABLE cause_responses;
DROP TABLE cause_quarters;
DROP TABLE need_causes_private;
DROP TABLE causes;
