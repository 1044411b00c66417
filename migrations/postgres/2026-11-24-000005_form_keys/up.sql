-- Forms that were sent: the same form sent again leads to what the first made. Kept for a day.
CREATE TABLE form_keys (
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    form_key TEXT NOT NULL,
    proposal_id BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (member_id, form_key)
);
