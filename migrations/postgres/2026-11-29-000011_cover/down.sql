DROP TABLE learner_offers_private;
DROP TABLE exemptions_private;
DROP TABLE cover_asks_private;
DROP TABLE pool_turns_private;
