-- The living core: who we are, members, proposals with their private parts, promises,
-- confirmations, and the rows on which federation runs.
--
-- Times are microseconds since 1970 (UTC). Amounts are exact decimals, written out as text.
-- What is private stands in tables whose names end in _private; nothing in federation reads them.

CREATE TABLE collective (
    id BIGINT PRIMARY KEY NOT NULL,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    summary TEXT NOT NULL,
    base_url TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE actor_keys (
    actor TEXT PRIMARY KEY NOT NULL,
    rsa_private TEXT NOT NULL,
    ed25519_private TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE members (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    language TEXT,
    password_hash TEXT,
    joined_at BIGINT NOT NULL
);

CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_member ON sessions (member_id);

CREATE TABLE proposals (
    id BIGINT PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    kind TEXT,
    amount TEXT,
    unit TEXT,
    minimum TEXT,
    starts_at BIGINT,
    ends_at BIGINT,
    place TEXT,
    language TEXT NOT NULL,
    audience TEXT NOT NULL,
    state TEXT NOT NULL,
    close_reason TEXT,
    published_at BIGINT,
    updated_at BIGINT NOT NULL,
    revision INTEGER NOT NULL,
    promised TEXT NOT NULL,
    reserved TEXT NOT NULL,
    answers INTEGER NOT NULL,
    came_low TEXT NOT NULL,
    came_high TEXT NOT NULL
);
CREATE INDEX proposals_by_state ON proposals (state, published_at);
CREATE INDEX proposals_by_end ON proposals (ends_at);

CREATE TABLE proposal_private (
    proposal_id BIGINT PRIMARY KEY NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    author_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    on_behalf_of TEXT,
    consent_at BIGINT
);
CREATE INDEX proposal_private_by_author ON proposal_private (author_id);

CREATE TABLE promises (
    id BIGINT PRIMARY KEY NOT NULL,
    proposal_id BIGINT NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    amount TEXT,
    active TEXT,
    state TEXT NOT NULL,
    promised_at BIGINT NOT NULL
);
CREATE INDEX promises_by_proposal ON promises (proposal_id);

CREATE TABLE promise_private (
    promise_id BIGINT PRIMARY KEY NOT NULL REFERENCES promises (id) ON DELETE CASCADE,
    member_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    note TEXT
);
CREATE INDEX promise_private_by_member ON promise_private (member_id);

CREATE TABLE confirmations (
    id BIGINT PRIMARY KEY NOT NULL,
    promise_id BIGINT NOT NULL REFERENCES promises (id) ON DELETE CASCADE,
    side TEXT NOT NULL,
    amount TEXT,
    confirmed_at BIGINT NOT NULL
);
CREATE INDEX confirmations_by_promise ON confirmations (promise_id);

CREATE TABLE confirmation_private (
    confirmation_id BIGINT PRIMARY KEY NOT NULL REFERENCES confirmations (id) ON DELETE CASCADE,
    member_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    note TEXT
);

CREATE TABLE fulfilments (
    id BIGINT PRIMARY KEY NOT NULL,
    promise_id BIGINT NOT NULL UNIQUE REFERENCES promises (id) ON DELETE CASCADE,
    proposal_id BIGINT NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    proposer_amount TEXT,
    promiser_amount TEXT,
    fulfilled_at BIGINT NOT NULL
);
CREATE INDEX fulfilments_by_proposal ON fulfilments (proposal_id);
CREATE INDEX fulfilments_by_time ON fulfilments (fulfilled_at);

CREATE TABLE remote_actors (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    page TEXT NOT NULL,
    outbox TEXT,
    key_id TEXT NOT NULL,
    key_pem TEXT NOT NULL,
    fetched_at BIGINT NOT NULL
);

CREATE TABLE followers (
    actor_id BIGINT PRIMARY KEY NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    follow_url TEXT NOT NULL,
    followed_at BIGINT NOT NULL
);

CREATE TABLE followings (
    id BIGINT PRIMARY KEY NOT NULL,
    actor_id BIGINT NOT NULL UNIQUE REFERENCES remote_actors (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT
);

CREATE TABLE neighbour_proposals (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL UNIQUE,
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    title TEXT NOT NULL,
    html TEXT NOT NULL,
    page TEXT NOT NULL,
    kind TEXT,
    kind_iri TEXT,
    amount TEXT,
    open TEXT,
    minimum TEXT,
    unit TEXT,
    place TEXT,
    ends_at BIGINT,
    language TEXT,
    finished BOOLEAN NOT NULL,
    asks_return BOOLEAN NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX neighbour_proposals_by_actor ON neighbour_proposals (actor_id);
CREATE INDEX neighbour_proposals_by_finished ON neighbour_proposals (finished, published_at);

CREATE TABLE replies (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL UNIQUE,
    proposal_id BIGINT NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    html TEXT NOT NULL,
    page TEXT NOT NULL,
    is_public BOOLEAN NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX replies_by_proposal ON replies (proposal_id);

CREATE TABLE reactions (
    url TEXT PRIMARY KEY NOT NULL,
    proposal_id BIGINT NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    kind TEXT NOT NULL
);
CREATE INDEX reactions_by_proposal ON reactions (proposal_id);

CREATE TABLE tombstones (
    url TEXT NOT NULL,
    owner TEXT NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (url, owner)
);

CREATE TABLE received_activities (
    url TEXT NOT NULL,
    actor TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (url, actor)
);

CREATE TABLE jobs (
    id BIGINT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    locked_until BIGINT NOT NULL,
    last_error TEXT
);
CREATE INDEX jobs_by_actor ON jobs (actor, id);

CREATE TABLE sent_activities (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL UNIQUE,
    object_url TEXT NOT NULL,
    body TEXT NOT NULL,
    is_public BOOLEAN NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX sent_activities_by_object ON sent_activities (object_url);

CREATE TABLE inboxes (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    failing_since BIGINT,
    last_error TEXT,
    reached_at BIGINT
);
CREATE INDEX inboxes_by_time ON inboxes (next_at);

CREATE TABLE deliveries (
    id BIGINT PRIMARY KEY NOT NULL,
    inbox_id BIGINT NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    activity_id BIGINT NOT NULL REFERENCES sent_activities (id) ON DELETE CASCADE,
    refused_at BIGINT,
    error TEXT
);
CREATE INDEX deliveries_by_inbox ON deliveries (inbox_id, id);
CREATE INDEX deliveries_by_activity ON deliveries (activity_id);
