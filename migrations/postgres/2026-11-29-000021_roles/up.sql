-- Roles, who holds them until when, and what is handed over. Those who look after the house have a
-- role that is there from the beginning; their terms begin when that is noticed.

CREATE TABLE roles (
    id BIGINT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    decides TEXT NOT NULL,
    -- Words, one a line.
    holds TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);
INSERT INTO roles (id, title, decides, holds, made_at) VALUES (1, '', '', 'server', 0);

CREATE TABLE role_terms_private (
    id BIGINT PRIMARY KEY NOT NULL,
    role_id BIGINT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    holder_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    deputy_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    decision_id BIGINT REFERENCES decisions (id) ON DELETE SET NULL,
    -- Since when its powers rest.
    lapsed_at BIGINT,
    -- Since when somebody else has it, or nobody.
    over_at BIGINT
);
CREATE INDEX role_terms_private_by_role ON role_terms_private (role_id, over_at);

CREATE TABLE role_lines (
    id BIGINT PRIMARY KEY NOT NULL,
    role_id BIGINT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    ticked_at BIGINT
);
CREATE INDEX role_lines_by_role ON role_lines (role_id);
