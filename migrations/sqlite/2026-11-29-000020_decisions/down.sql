DROP TABLE opinions;
DROP TABLE decision_paper_private;
DROP TABLE decision_papers;
DROP TABLE decision_voices_private;
DROP TABLE decision_private;
DROP TABLE decisions;
