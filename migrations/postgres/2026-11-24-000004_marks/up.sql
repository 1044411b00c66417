-- Moments that are remembered by name: when this instance was last alive, when a neighbour's server
-- last spoke to us.
CREATE TABLE marks (
    name TEXT PRIMARY KEY NOT NULL,
    noted_at BIGINT NOT NULL
);
