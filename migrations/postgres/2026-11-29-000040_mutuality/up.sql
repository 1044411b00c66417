-- The picture of mutuality, frozen when a quarter is over: whoever looks at it later sees the same,
-- also when what it was made of is long erased. Nothing here is about a person.

CREATE TABLE mutuality_releases (
    -- 2026-3
    quarter TEXT NOT NULL,
    -- 3, 12 or 60, up to the end of the quarter
    months INTEGER NOT NULL,
    -- Figures in steps of five in a hundred, a line each.
    report TEXT NOT NULL,
    released_at BIGINT NOT NULL,
    PRIMARY KEY (quarter, months)
);

-- Sums of each quarter, to notice whether something changes. They are shown to nobody.
CREATE TABLE mutuality_quarters (
    quarter TEXT PRIMARY KEY NOT NULL,
    -- What went one way, of what could be looked at.
    one_way BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    -- What belonged to a round, of everything that was done.
    in_rounds BIGINT NOT NULL,
    done BIGINT NOT NULL
);
