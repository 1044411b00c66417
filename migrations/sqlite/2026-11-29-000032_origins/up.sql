-- By which way a need came to us, if that was said, and whether it stands in for a service that was
-- cut or refused. Like causes: erased with what is personal, and then only counted.

CREATE TABLE need_origins_private (
    proposal_id BIGINT PRIMARY KEY NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    -- own, neighbour, office or collective; empty if only the other thing was said
    origin TEXT NOT NULL,
    replaces BOOLEAN NOT NULL
);

CREATE TABLE origin_quarters (
    quarter TEXT NOT NULL,
    origin TEXT NOT NULL,
    replaces BOOLEAN NOT NULL,
    needs BIGINT NOT NULL,
    PRIMARY KEY (quarter, origin, replaces)
);
