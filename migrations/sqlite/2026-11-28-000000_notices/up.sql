-- What members are told: that something is there for them, and where. Never what it says. A wave of
-- the same is one notice; once it is read, it can become new again.
CREATE TABLE notices_private (
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    read_at BIGINT,
    mailed_at BIGINT,
    written_at BIGINT,
    PRIMARY KEY (member_id, kind, subject)
);
CREATE INDEX notices_private_by_time ON notices_private (made_at);
CREATE INDEX notices_private_unread ON notices_private (member_id) WHERE read_at IS NULL;

-- How a member wants to be told, and how far telling them by each way has come.
CREATE TABLE notice_settings_private (
    member_id BIGINT PRIMARY KEY NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    email TEXT,
    confirmed_at BIGINT,
    by_direct BOOLEAN NOT NULL,
    is_daily BOOLEAN NOT NULL,
    quiet_from INTEGER NOT NULL,
    quiet_until INTEGER NOT NULL,
    mailed_at BIGINT,
    mail_tries INTEGER NOT NULL,
    mail_again_at BIGINT,
    written_at BIGINT,
    calendar_hash TEXT UNIQUE
);

-- Of which kinds a member does not want to hear by mail or by direct message.
CREATE TABLE notice_mutes_private (
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    way TEXT NOT NULL,
    PRIMARY KEY (member_id, kind, way)
);

-- The links in mails: to confirm an address, and to get no more mails.
CREATE TABLE mail_links_private (
    token_hash TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX mail_links_private_by_member ON mail_links_private (member_id, purpose, made_at);

-- The last thing that somebody wrote to us from a fediverse account that they proved: the thread in
-- which we may answer.
ALTER TABLE member_handles_private ADD COLUMN thread_url TEXT;
CREATE INDEX member_handles_private_by_thread ON member_handles_private (thread_url);
