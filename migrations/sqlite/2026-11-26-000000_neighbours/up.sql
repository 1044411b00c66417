-- Pacts with other collectives, and promises between collectives: what others promise to us, what
-- we promise to others, and what each side counted of it.

-- A pact is what each side said last about it, with the number of that word: whichever order the
-- words arrive in, the one with the highest number counts. A round ends when somebody ends the pact
-- or declines it; what was said in an earlier round than the other side's counts no more.
CREATE TABLE pacts (
    id BIGINT PRIMARY KEY NOT NULL,
    actor_id BIGINT NOT NULL UNIQUE REFERENCES remote_actors (id) ON DELETE CASCADE,
    ours TEXT NOT NULL,
    ours_sequence BIGINT NOT NULL,
    ours_round BIGINT NOT NULL,
    theirs TEXT NOT NULL,
    theirs_sequence BIGINT NOT NULL,
    theirs_round BIGINT NOT NULL,
    our_offer TEXT,
    their_offer TEXT,
    shares_needs BOOLEAN NOT NULL,
    shares_offers BOOLEAN NOT NULL,
    shares_availability BOOLEAN NOT NULL,
    accepts_alone BOOLEAN NOT NULL,
    proposed_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

ALTER TABLE neighbour_proposals ADD COLUMN audience TEXT NOT NULL DEFAULT 'public';
ALTER TABLE neighbour_proposals ADD COLUMN intent TEXT;
-- Who passed it on to us, if it did not come from its own collective, and how often it was.
ALTER TABLE neighbour_proposals ADD COLUMN passed_on_by BIGINT;
ALTER TABLE neighbour_proposals ADD COLUMN hops INTEGER NOT NULL DEFAULT 0;

-- What another collective promised, and what we answered. Once accepted, it is a promise.
CREATE TABLE incoming_promises (
    id BIGINT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    proposal_id BIGINT REFERENCES proposals (id) ON DELETE CASCADE,
    amount TEXT,
    reserve BOOLEAN NOT NULL,
    due BIGINT,
    state TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    promise_id BIGINT REFERENCES promises (id) ON DELETE SET NULL,
    counter_now TEXT,
    counter_reserve TEXT,
    received_at BIGINT NOT NULL,
    answered_at BIGINT,
    UNIQUE (url, actor_id)
);
CREATE INDEX incoming_promises_by_proposal ON incoming_promises (proposal_id);
CREATE INDEX incoming_promises_by_promise ON incoming_promises (promise_id);
CREATE INDEX incoming_promises_by_state ON incoming_promises (state, received_at);

CREATE TABLE incoming_promise_private (
    incoming_promise_id BIGINT PRIMARY KEY NOT NULL REFERENCES incoming_promises (id) ON DELETE CASCADE,
    note TEXT
);

-- Which collective stands behind a promise, and what we told it last.
CREATE TABLE promise_parties (
    promise_id BIGINT PRIMARY KEY NOT NULL REFERENCES promises (id) ON DELETE CASCADE,
    actor_id BIGINT REFERENCES remote_actors (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    told_amount TEXT,
    told_reserve TEXT NOT NULL,
    told_finished BOOLEAN NOT NULL
);
CREATE INDEX promise_parties_by_actor ON promise_parties (actor_id);

-- Which person of the fediverse stands behind a promise, and where they said so.
CREATE TABLE promise_person_private (
    promise_id BIGINT PRIMARY KEY NOT NULL REFERENCES promises (id) ON DELETE CASCADE,
    actor_id BIGINT REFERENCES remote_actors (id) ON DELETE SET NULL,
    reply_url TEXT NOT NULL UNIQUE
);
CREATE INDEX promise_person_private_by_actor ON promise_person_private (actor_id);

-- One-time links for people without an account here.
CREATE TABLE promise_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    promise_id BIGINT NOT NULL REFERENCES promises (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- The id on the wire of a word that came from another server, and what it corrects.
ALTER TABLE confirmations ADD COLUMN url TEXT;
ALTER TABLE confirmations ADD COLUMN corrects TEXT;
CREATE UNIQUE INDEX confirmations_by_url ON confirmations (url);

-- What we promised to other collectives, as far as they told us what became of it.
CREATE TABLE outgoing_promises (
    id BIGINT PRIMARY KEY NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES remote_actors (id) ON DELETE CASCADE,
    object_url TEXT NOT NULL,
    intent TEXT NOT NULL,
    purpose TEXT NOT NULL,
    title TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount TEXT,
    reserve BOOLEAN NOT NULL,
    due BIGINT,
    sequence BIGINT NOT NULL,
    state TEXT NOT NULL,
    agreement_url TEXT UNIQUE,
    agreement_sequence BIGINT NOT NULL,
    told_amount TEXT,
    told_reserve TEXT NOT NULL,
    told_finished BOOLEAN NOT NULL,
    counter_now TEXT,
    counter_reserve TEXT,
    reason TEXT,
    promised_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX outgoing_promises_by_actor ON outgoing_promises (actor_id);
CREATE INDEX outgoing_promises_by_object ON outgoing_promises (object_url);
CREATE INDEX outgoing_promises_by_state ON outgoing_promises (state, promised_at);

CREATE TABLE outgoing_promise_private (
    outgoing_promise_id BIGINT PRIMARY KEY NOT NULL REFERENCES outgoing_promises (id) ON DELETE CASCADE,
    member_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    note TEXT
);

-- What both sides counted of a promise of ours. Never edited: a correction is a row of its own.
CREATE TABLE outgoing_confirmations (
    id BIGINT PRIMARY KEY NOT NULL,
    outgoing_promise_id BIGINT NOT NULL REFERENCES outgoing_promises (id) ON DELETE CASCADE,
    side TEXT NOT NULL,
    amount TEXT,
    url TEXT NOT NULL UNIQUE,
    corrects TEXT,
    confirmed_at BIGINT NOT NULL
);
CREATE INDEX outgoing_confirmations_by_promise ON outgoing_confirmations (outgoing_promise_id);

CREATE TABLE outgoing_confirmation_private (
    outgoing_confirmation_id BIGINT PRIMARY KEY NOT NULL REFERENCES outgoing_confirmations (id) ON DELETE CASCADE,
    member_id BIGINT REFERENCES members (id) ON DELETE SET NULL,
    note TEXT
);
