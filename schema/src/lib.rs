//! The tables, as both engines have them. A test compares this file with a migrated database of
//! each engine; the migrations are the source. It is a crate of its own because the compiler has
//! more to do for these few lines than for all that is made of them, and so does it once.
#![expect(missing_docs, reason = "the migrations document the tables")]

diesel::table! {
    collective (id) {
        id -> BigInt,
        handle -> Text,
        name -> Text,
        summary -> Text,
        base_url -> Text,
        language -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    migration_progress (name) {
        name -> Text,
        last_id -> BigInt,
        is_done -> Bool,
    }
}

diesel::table! {
    compatible_migrations (version) {
        version -> Text,
        back_to -> Text,
    }
}

diesel::table! {
    actor_keys (actor, generation) {
        actor -> Text,
        generation -> Integer,
        rsa_private -> Text,
        ed25519_private -> Text,
        created_at -> BigInt,
        retired_at -> Nullable<BigInt>,
        last_activity -> Nullable<BigInt>,
    }
}

diesel::table! {
    members (id) {
        id -> BigInt,
        name -> Text,
        role -> Text,
        language -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        joined_at -> BigInt,
        standing -> Text,
        vouched_at -> Nullable<BigInt>,
        left_at -> Nullable<BigInt>,
        erase_at -> Nullable<BigInt>,
        was_here -> Bool,
    }
}

diesel::table! {
    sign_in_links (token_hash) {
        token_hash -> Text,
        member_id -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        member_id -> BigInt,
        csrf -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        fresh_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    proposals (id) {
        id -> BigInt,
        purpose -> Text,
        title -> Text,
        text -> Text,
        kind -> Nullable<Text>,
        amount -> Nullable<Text>,
        unit -> Nullable<Text>,
        minimum -> Nullable<Text>,
        starts_at -> Nullable<BigInt>,
        ends_at -> Nullable<BigInt>,
        place -> Nullable<Text>,
        language -> Text,
        audience -> Text,
        state -> Text,
        close_reason -> Nullable<Text>,
        published_at -> Nullable<BigInt>,
        updated_at -> BigInt,
        revision -> Integer,
        promised -> Text,
        reserved -> Text,
        answers -> Integer,
        came_low -> Text,
        came_high -> Text,
        picture -> Nullable<Text>,
        picture_words -> Nullable<Text>,
        picture_width -> Nullable<Integer>,
        picture_height -> Nullable<Integer>,
        asked_by -> Nullable<Text>,
        note_number -> Integer,
        is_unsaid -> Bool,
        is_retired -> Bool,
    }
}

diesel::table! {
    pictures (digest) {
        digest -> Text,
        bytes -> Binary,
        width -> Integer,
        height -> Integer,
        kept_at -> BigInt,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    picture_removals (address) {
        address -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    proposal_private (proposal_id) {
        proposal_id -> BigInt,
        author_id -> Nullable<BigInt>,
        on_behalf_of -> Nullable<Text>,
        consent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    promises (id) {
        id -> BigInt,
        proposal_id -> BigInt,
        amount -> Nullable<Text>,
        active -> Nullable<Text>,
        state -> Text,
        promised_at -> BigInt,
    }
}

diesel::table! {
    promise_private (promise_id) {
        promise_id -> BigInt,
        member_id -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    confirmations (id) {
        id -> BigInt,
        promise_id -> BigInt,
        side -> Text,
        amount -> Nullable<Text>,
        confirmed_at -> BigInt,
        url -> Nullable<Text>,
        corrects -> Nullable<Text>,
    }
}

diesel::table! {
    confirmation_private (confirmation_id) {
        confirmation_id -> BigInt,
        member_id -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    form_keys (member_id, form_key) {
        member_id -> BigInt,
        form_key -> Text,
        proposal_id -> BigInt,
        used_at -> BigInt,
    }
}

diesel::table! {
    fulfilments (id) {
        id -> BigInt,
        promise_id -> BigInt,
        proposal_id -> BigInt,
        proposer_amount -> Nullable<Text>,
        promiser_amount -> Nullable<Text>,
        fulfilled_at -> BigInt,
    }
}

diesel::table! {
    remote_actors (id) {
        id -> BigInt,
        url -> Text,
        kind -> Text,
        address -> Text,
        name -> Text,
        inbox -> Text,
        shared_inbox -> Nullable<Text>,
        page -> Text,
        outbox -> Nullable<Text>,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    remote_keys (actor_id, key_id) {
        actor_id -> BigInt,
        key_id -> Text,
        material -> Text,
    }
}

diesel::table! {
    followers (actor_id) {
        actor_id -> BigInt,
        follow_url -> Text,
        followed_at -> BigInt,
    }
}

diesel::table! {
    followings (id) {
        id -> BigInt,
        actor_id -> BigInt,
        state -> Text,
        asked_at -> BigInt,
        answered_at -> Nullable<BigInt>,
        read_at -> Nullable<BigInt>,
        moved_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    neighbour_proposals (id) {
        id -> BigInt,
        url -> Text,
        actor_id -> BigInt,
        purpose -> Text,
        title -> Text,
        html -> Text,
        page -> Text,
        kind -> Nullable<Text>,
        kind_iri -> Nullable<Text>,
        amount -> Nullable<Text>,
        open -> Nullable<Text>,
        minimum -> Nullable<Text>,
        unit -> Nullable<Text>,
        place -> Nullable<Text>,
        ends_at -> Nullable<BigInt>,
        language -> Nullable<Text>,
        finished -> Bool,
        asks_return -> Bool,
        published_at -> BigInt,
        updated_at -> BigInt,
        audience -> Text,
        intent -> Nullable<Text>,
        passed_on_by -> Nullable<BigInt>,
        hops -> Integer,
        extras -> Nullable<Text>,
    }
}

diesel::table! {
    replies (id) {
        id -> BigInt,
        url -> Text,
        proposal_id -> BigInt,
        actor_id -> BigInt,
        html -> Text,
        page -> Text,
        is_public -> Bool,
        published_at -> BigInt,
        updated_at -> BigInt,
        extras -> Nullable<Text>,
    }
}

diesel::table! {
    reactions (url) {
        url -> Text,
        proposal_id -> BigInt,
        actor_id -> BigInt,
        kind -> Text,
    }
}

diesel::table! {
    tombstones (url, owner) {
        url -> Text,
        owner -> Text,
        deleted_at -> BigInt,
    }
}

diesel::table! {
    received_activities (url, actor) {
        url -> Text,
        actor -> Text,
        received_at -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        actor -> Text,
        payload -> Text,
        run_at -> BigInt,
        attempts -> Integer,
        locked_until -> BigInt,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    sent_activities (id) {
        id -> BigInt,
        url -> Text,
        object_url -> Text,
        body -> Text,
        is_public -> Bool,
        sent_at -> BigInt,
        kind -> Text,
        to_followers -> Bool,
    }
}

diesel::table! {
    inboxes (id) {
        id -> BigInt,
        url -> Text,
        host -> Text,
        next_at -> BigInt,
        locked_until -> BigInt,
        attempts -> Integer,
        failing_since -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        reached_at -> Nullable<BigInt>,
        subscribed -> Bool,
        last_sent -> BigInt,
        tried -> BigInt,
        gone_at -> Nullable<BigInt>,
        paused_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        inbox_id -> BigInt,
        activity_id -> BigInt,
        refused_at -> Nullable<BigInt>,
        error -> Nullable<Text>,
        skipped -> Bool,
    }
}

diesel::table! {
    journal (id) {
        id -> BigInt,
        actor -> Text,
        body -> Text,
        received_at -> BigInt,
        run_at -> BigInt,
        locked_until -> BigInt,
        attempts -> Integer,
        failed_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    hosts (host) {
        host -> Text,
        failures -> Integer,
        not_before -> BigInt,
        paused_at -> Nullable<BigInt>,
        signature -> Nullable<Text>,
        signature_at -> BigInt,
    }
}

diesel::table! {
    blocks (subject) {
        subject -> Text,
        reason -> Text,
        blocked_at -> BigInt,
    }
}

diesel::table! {
    doctor_nonces (hash) {
        hash -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    clock_offsets (host) {
        host -> Text,
        seconds -> BigInt,
        noted_at -> BigInt,
    }
}

diesel::table! {
    marks (name) {
        name -> Text,
        noted_at -> BigInt,
    }
}

diesel::table! {
    reports (url) {
        url -> Text,
        host -> Text,
        comment -> Text,
        objects -> Text,
        received_at -> BigInt,
    }
}

diesel::table! {
    pacts (id) {
        id -> BigInt,
        actor_id -> BigInt,
        ours -> Text,
        ours_sequence -> BigInt,
        ours_round -> BigInt,
        theirs -> Text,
        theirs_sequence -> BigInt,
        theirs_round -> BigInt,
        our_offer -> Nullable<Text>,
        their_offer -> Nullable<Text>,
        shares_needs -> Bool,
        shares_offers -> Bool,
        shares_availability -> Bool,
        accepts_alone -> Bool,
        proposed_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    incoming_promises (id) {
        id -> BigInt,
        url -> Text,
        actor_id -> BigInt,
        proposal_id -> Nullable<BigInt>,
        amount -> Nullable<Text>,
        reserve -> Bool,
        due -> Nullable<BigInt>,
        state -> Text,
        sequence -> BigInt,
        promise_id -> Nullable<BigInt>,
        counter_now -> Nullable<Text>,
        counter_reserve -> Nullable<Text>,
        received_at -> BigInt,
        answered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    incoming_promise_private (incoming_promise_id) {
        incoming_promise_id -> BigInt,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    promise_parties (promise_id) {
        promise_id -> BigInt,
        actor_id -> Nullable<BigInt>,
        name -> Text,
        sequence -> BigInt,
        told_amount -> Nullable<Text>,
        told_reserve -> Text,
        told_finished -> Bool,
    }
}

diesel::table! {
    promise_person_private (promise_id) {
        promise_id -> BigInt,
        actor_id -> Nullable<BigInt>,
        reply_url -> Text,
    }
}

diesel::table! {
    promise_links (token_hash) {
        token_hash -> Text,
        promise_id -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    outgoing_promises (id) {
        id -> BigInt,
        actor_id -> BigInt,
        object_url -> Text,
        intent -> Text,
        purpose -> Text,
        title -> Text,
        unit -> Text,
        amount -> Nullable<Text>,
        reserve -> Bool,
        due -> Nullable<BigInt>,
        sequence -> BigInt,
        state -> Text,
        agreement_url -> Nullable<Text>,
        agreement_sequence -> BigInt,
        told_amount -> Nullable<Text>,
        told_reserve -> Text,
        told_finished -> Bool,
        counter_now -> Nullable<Text>,
        counter_reserve -> Nullable<Text>,
        reason -> Nullable<Text>,
        promised_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    outgoing_promise_private (outgoing_promise_id) {
        outgoing_promise_id -> BigInt,
        member_id -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    outgoing_confirmations (id) {
        id -> BigInt,
        outgoing_promise_id -> BigInt,
        side -> Text,
        amount -> Nullable<Text>,
        url -> Text,
        corrects -> Nullable<Text>,
        confirmed_at -> BigInt,
    }
}

diesel::table! {
    outgoing_confirmation_private (outgoing_confirmation_id) {
        outgoing_confirmation_id -> BigInt,
        member_id -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    member_handles_private (actor_url) {
        actor_url -> Text,
        member_id -> BigInt,
        address -> Text,
        proved_at -> BigInt,
        thread_url -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_attempts (token_hash) {
        token_hash -> Text,
        address -> Text,
        tries -> Integer,
        created_at -> BigInt,
        expires_at -> BigInt,
        actor_url -> Nullable<Text>,
        proved_at -> Nullable<BigInt>,
        oauth_client_id -> Nullable<BigInt>,
        return_to -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_codes (id) {
        id -> BigInt,
        actor_url -> Text,
        address -> Text,
        home_address -> Text,
        host -> Text,
        note_url -> Text,
        language -> Text,
        code_hash -> Nullable<Text>,
        tries -> Integer,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    covenants (version) {
        version -> BigInt,
        text -> Text,
        language -> Text,
        adopted_at -> BigInt,
        vouches_needed -> BigInt,
        visit_is_enough -> Bool,
    }
}

diesel::table! {
    consents (member_id, version) {
        member_id -> BigInt,
        version -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    vouches_private (id) {
        id -> BigInt,
        member_id -> BigInt,
        voucher_id -> Nullable<BigInt>,
        kind -> Text,
        at -> BigInt,
        noted_at -> BigInt,
        is_groups -> Bool,
    }
}

diesel::table! {
    invitations (token_hash) {
        token_hash -> Text,
        made_by -> Nullable<BigInt>,
        uses_left -> Integer,
        made_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    messages_private (id) {
        id -> BigInt,
        post_hash -> Text,
        url -> Nullable<Text>,
        actor_id -> Nullable<BigInt>,
        host -> Text,
        is_known -> Bool,
        channel -> Text,
        purpose -> Nullable<Text>,
        state -> Text,
        held_because -> Nullable<Text>,
        text -> Text,
        language -> Nullable<Text>,
        mentions_others -> Bool,
        published_at -> BigInt,
        updated_at -> BigInt,
        received_at -> BigInt,
        proposal_id -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        extras -> Nullable<Text>,
        alike_id -> Nullable<BigInt>,
        asks -> Bool,
        is_plain -> Bool,
    }
}

diesel::table! {
    message_links (token_hash) {
        token_hash -> Text,
        message_id -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    proposal_person_private (proposal_id) {
        proposal_id -> BigInt,
        actor_id -> Nullable<BigInt>,
        message_id -> BigInt,
    }
}

diesel::table! {
    moderation_log (id) {
        id -> BigInt,
        at -> BigInt,
        by_id -> Nullable<BigInt>,
        act -> Text,
        subject -> Text,
        reason -> Text,
    }
}

diesel::table! {
    measures_private (id) {
        id -> BigInt,
        member_id -> BigInt,
        kind -> Text,
        clause -> Text,
        covenant_version -> BigInt,
        reason -> Text,
        made_by -> Nullable<BigInt>,
        made_at -> BigInt,
        lapses_at -> BigInt,
        ends_at -> BigInt,
        confirmed_by -> Nullable<BigInt>,
        confirmed_at -> Nullable<BigInt>,
        ended_how -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
        lifted_by -> Nullable<BigInt>,
        lifted_because -> Nullable<Text>,
        appeal -> Nullable<Text>,
        appealed_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        decided_because -> Nullable<Text>,
    }
}

diesel::table! {
    notices_private (member_id, kind, subject) {
        member_id -> BigInt,
        kind -> Text,
        subject -> Text,
        made_at -> BigInt,
        read_at -> Nullable<BigInt>,
        mailed_at -> Nullable<BigInt>,
        written_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    notice_settings_private (member_id) {
        member_id -> BigInt,
        email -> Nullable<Text>,
        confirmed_at -> Nullable<BigInt>,
        by_direct -> Bool,
        is_daily -> Bool,
        quiet_from -> Integer,
        quiet_until -> Integer,
        mailed_at -> Nullable<BigInt>,
        mail_tries -> Integer,
        mail_again_at -> Nullable<BigInt>,
        written_at -> Nullable<BigInt>,
        calendar_hash -> Nullable<Text>,
    }
}

diesel::table! {
    notice_mutes_private (member_id, kind, way) {
        member_id -> BigInt,
        kind -> Text,
        way -> Text,
    }
}

diesel::table! {
    mail_links_private (token_hash) {
        token_hash -> Text,
        member_id -> BigInt,
        purpose -> Text,
        email -> Text,
        made_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    alike (id) {
        id -> BigInt,
        likeness -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    held_replies_private (id) {
        id -> BigInt,
        url -> Text,
        proposal_id -> BigInt,
        actor_id -> BigInt,
        host -> Text,
        html -> Text,
        page -> Text,
        is_public -> Bool,
        published_at -> BigInt,
        updated_at -> BigInt,
        received_at -> BigInt,
        held_because -> Text,
        alike_id -> Nullable<BigInt>,
        asks -> Bool,
        is_plain -> Bool,
        put_aside_at -> Nullable<BigInt>,
        extras -> Nullable<Text>,
    }
}

diesel::table! {
    held_counted (host, hour) {
        host -> Text,
        hour -> BigInt,
        count -> BigInt,
    }
}

diesel::table! {
    held_waves (slot) {
        slot -> BigInt,
        began_at -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    careful_times (id) {
        id -> BigInt,
        began_at -> BigInt,
        ends_at -> BigInt,
        by_itself -> Bool,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    met_domains (domain) {
        domain -> Text,
        met_at -> BigInt,
    }
}

diesel::table! {
    domain_rules (domain) {
        domain -> Text,
        severity -> Text,
        reject_media -> Bool,
        reject_reports -> Bool,
        obfuscate -> Bool,
        public_comment -> Text,
        private_comment -> Text,
        source -> Text,
        made_by -> Nullable<BigInt>,
        made_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    severed_relations (actor_id, kind) {
        actor_id -> BigInt,
        kind -> Text,
        domain -> Text,
        follow_id -> Nullable<BigInt>,
        follow_url -> Nullable<Text>,
        state -> Nullable<Text>,
        since -> BigInt,
        severed_at -> BigInt,
    }
}

diesel::table! {
    domain_drafts (id) {
        id -> BigInt,
        list -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    federation_mode (id) {
        id -> Integer,
        mode -> Text,
        changed_at -> BigInt,
        revision -> BigInt,
    }
}

diesel::table! {
    allowed_domains (domain) {
        domain -> Text,
        added_at -> BigInt,
    }
}

diesel::table! {
    pending_peers (host) {
        host -> Text,
        actor -> Text,
        first_at -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    oauth_clients (id) {
        id -> BigInt,
        host -> Text,
        client_id -> Text,
        client_secret -> Text,
        scope -> Text,
        issuer -> Text,
        names_issuer -> Bool,
        authorize_url -> Text,
        token_url -> Text,
        revoke_url -> Text,
        userinfo_url -> Nullable<Text>,
        made_at -> BigInt,
    }
}

diesel::table! {
    passkeys_private (credential_id) {
        credential_id -> Text,
        member_id -> BigInt,
        handle -> Text,
        name -> Text,
        passkey -> Text,
        made_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkey_challenges (token_hash) {
        token_hash -> Text,
        member_id -> Nullable<BigInt>,
        challenge -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    known_browsers_private (token_hash, member_id) {
        token_hash -> Text,
        member_id -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    agenda (id) {
        id -> BigInt,
        matter -> Text,
        subject -> Text,
        noticed_at -> BigInt,
        settled_at -> Nullable<BigInt>,
        decision_id -> Nullable<BigInt>,
        rests_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    rounds (id) {
        id -> BigInt,
        title -> Text,
        text -> Text,
        days -> BigInt,
        asked_at -> BigInt,
        opened_at -> Nullable<BigInt>,
        ends_at -> BigInt,
        lapses_at -> Nullable<BigInt>,
        ended_how -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    round_decisions (decision_id) {
        decision_id -> BigInt,
        round_id -> BigInt,
        used_at -> BigInt,
    }
}

diesel::table! {
    round_openers_private (round_id) {
        round_id -> BigInt,
        asked_by -> Nullable<BigInt>,
        seconded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    round_lines (proposal_id) {
        proposal_id -> BigInt,
        round_id -> BigInt,
        added_at -> BigInt,
        outcome -> Nullable<Text>,
        duty_id -> Nullable<BigInt>,
        cause_id -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    causes (id) {
        id -> BigInt,
        word -> Nullable<Text>,
        label -> Nullable<Text>,
        is_quiet -> Bool,
        added_at -> BigInt,
        retired_at -> Nullable<BigInt>,
        asked_in -> Nullable<Text>,
    }
}

diesel::table! {
    need_causes_private (proposal_id) {
        proposal_id -> BigInt,
        cause_id -> BigInt,
        words -> Nullable<Text>,
        stated_at -> BigInt,
    }
}

diesel::table! {
    cause_quarters (cause_id, quarter) {
        cause_id -> BigInt,
        quarter -> Text,
        needs -> BigInt,
    }
}

diesel::table! {
    cause_responses (id) {
        id -> BigInt,
        cause_id -> BigInt,
        kind -> Text,
        text -> Text,
        decision_id -> Nullable<BigInt>,
        made_at -> BigInt,
        review_at -> Nullable<BigInt>,
        done_at -> Nullable<BigInt>,
        asked_again_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    need_origins_private (proposal_id) {
        proposal_id -> BigInt,
        origin -> Text,
        replaces -> Bool,
    }
}

diesel::table! {
    origin_quarters (quarter, origin, replaces) {
        quarter -> Text,
        origin -> Text,
        replaces -> Bool,
        needs -> BigInt,
    }
}

diesel::table! {
    unasked_private (member_id) {
        member_id -> BigInt,
    }
}

diesel::table! {
    moment_people_private (actor_id) {
        actor_id -> BigInt,
        asked_at -> BigInt,
        token_hash -> Text,
        is_never -> Bool,
    }
}

diesel::table! {
    asks_private (id) {
        id -> BigInt,
        text -> Text,
        reach -> Text,
        language -> Text,
        asked_at -> BigInt,
        proposal_id -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    decisions (id) {
        id -> BigInt,
        title -> Text,
        text -> Text,
        method -> Text,
        quorum -> BigInt,
        members -> BigInt,
        asks_followers -> Bool,
        agenda_id -> Nullable<BigInt>,
        opened_at -> BigInt,
        closes_at -> BigInt,
        ending -> Nullable<Text>,
        closed_at -> Nullable<BigInt>,
        yes -> BigInt,
        no -> BigInt,
        aside -> BigInt,
        objections -> BigInt,
        opinions_yes -> BigInt,
        opinions_no -> BigInt,
        subject -> Nullable<Text>,
        carried_out_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    decision_private (decision_id) {
        decision_id -> BigInt,
        proposed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    decision_voices_private (id) {
        id -> BigInt,
        decision_id -> BigInt,
        member_id -> Nullable<BigInt>,
        voice -> Text,
        words -> Nullable<Text>,
        with_name -> Bool,
    }
}

diesel::table! {
    decision_papers (id) {
        id -> BigInt,
        decision_id -> BigInt,
        yes -> BigInt,
        no -> BigInt,
        aside -> BigInt,
        objections -> BigInt,
        words -> Text,
        confirmed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    decision_paper_private (paper_id) {
        paper_id -> BigInt,
        entered_by -> Nullable<BigInt>,
        confirmed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    opinions (decision_id, actor_id) {
        decision_id -> BigInt,
        actor_id -> BigInt,
        is_yes -> Bool,
    }
}

diesel::table! {
    duties (id) {
        id -> BigInt,
        title -> Text,
        text -> Text,
        language -> Text,
        place -> Nullable<Text>,
        audience -> Text,
        counts -> Nullable<Text>,
        rhythm -> Text,
        zone -> Nullable<Text>,
        starts_on -> Text,
        minutes -> Integer,
        needed -> Integer,
        learners -> Integer,
        paused_from -> Nullable<Text>,
        paused_until -> Nullable<Text>,
        made_at -> BigInt,
        changed_at -> BigInt,
        planned_until -> BigInt,
        asleep_at -> Nullable<BigInt>,
        woken_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        looked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    duty_days (duty_id, day) {
        duty_id -> BigInt,
        day -> Text,
    }
}

diesel::table! {
    duty_functions (duty_id, word) {
        duty_id -> BigInt,
        word -> Text,
    }
}

diesel::table! {
    duty_private (duty_id) {
        duty_id -> BigInt,
        keeper_id -> Nullable<BigInt>,
        keeper_until -> Nullable<BigInt>,
        deputy_id -> Nullable<BigInt>,
        calendar_token -> Text,
    }
}

diesel::table! {
    turns (id) {
        id -> BigInt,
        duty_id -> BigInt,
        starts_at -> BigInt,
        ends_at -> BigInt,
        needed -> Integer,
        learners -> Integer,
        taken -> Integer,
        learning -> Integer,
        given_back -> Integer,
        covered -> Integer,
        state -> Text,
        noted_at -> Nullable<BigInt>,
        came -> Nullable<Integer>,
        counted -> Nullable<Integer>,
    }
}

diesel::table! {
    turn_private (turn_id) {
        turn_id -> BigInt,
        noted_by -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    turn_people_private (turn_id, member_id) {
        turn_id -> BigInt,
        member_id -> BigInt,
        is_learner -> Bool,
        taken_at -> BigInt,
    }
}

diesel::table! {
    standing_turns_private (id) {
        id -> BigInt,
        duty_id -> BigInt,
        member_id -> BigInt,
        is_learner -> Bool,
        anchor -> Text,
        every -> Integer,
        until -> Nullable<Text>,
        made_at -> BigInt,
    }
}

diesel::table! {
    promise_duties_private (promise_id) {
        promise_id -> BigInt,
        duty_id -> BigInt,
    }
}

diesel::table! {
    pool_turns_private (id) {
        id -> BigInt,
        duty_id -> BigInt,
        member_id -> Nullable<BigInt>,
        given_at -> BigInt,
        until -> Nullable<Text>,
        drawn_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    cover_asks_private (turn_id, member_id) {
        turn_id -> BigInt,
        member_id -> BigInt,
        asked_at -> BigInt,
    }
}

diesel::table! {
    exemptions_private (id) {
        id -> BigInt,
        member_id -> BigInt,
        share -> Text,
        from_day -> Text,
        until_day -> Nullable<Text>,
        is_next -> Bool,
        made_at -> BigInt,
    }
}

diesel::table! {
    learner_offers_private (member_id) {
        member_id -> BigInt,
        offered_at -> BigInt,
    }
}

diesel::table! {
    runbooks (duty_id, version) {
        duty_id -> BigInt,
        version -> BigInt,
        text -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    runbook_origins (duty_id) {
        duty_id -> BigInt,
        url -> Text,
        name -> Text,
        text -> Text,
        copied_at -> BigInt,
        looked_at -> BigInt,
    }
}

diesel::table! {
    turn_notes (turn_id) {
        turn_id -> BigInt,
        revision -> Integer,
        needed -> Integer,
        taken -> Integer,
        published_at -> BigInt,
        updated_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        note_number -> Integer,
        comes_back -> Bool,
    }
}

diesel::table! {
    mutuality_releases (quarter, months) {
        quarter -> Text,
        months -> Integer,
        report -> Text,
        released_at -> BigInt,
    }
}

diesel::table! {
    mutuality_quarters (quarter) {
        quarter -> Text,
        one_way -> BigInt,
        looked_at -> BigInt,
        in_rounds -> BigInt,
        done -> BigInt,
    }
}

diesel::table! {
    quiet_mode (id) {
        id -> Integer,
        quiet -> Text,
        changed_at -> BigInt,
        last_activity -> Nullable<BigInt>,
    }
}

diesel::table! {
    sealing_keys (name) {
        name -> Text,
    }
}

diesel::table! {
    roles (id) {
        id -> BigInt,
        title -> Text,
        decides -> Text,
        holds -> Text,
        made_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    role_terms_private (id) {
        id -> BigInt,
        role_id -> BigInt,
        holder_id -> Nullable<BigInt>,
        deputy_id -> Nullable<BigInt>,
        starts_at -> BigInt,
        ends_at -> BigInt,
        decision_id -> Nullable<BigInt>,
        lapsed_at -> Nullable<BigInt>,
        over_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    role_lines (id) {
        id -> BigInt,
        role_id -> BigInt,
        text -> Text,
        ticked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    strings (id) {
        id -> BigInt,
        what -> Text,
        source -> Text,
        amount -> Nullable<Text>,
        unit -> Text,
        amount_words -> Text,
        conditions -> Text,
        reports -> Text,
        data_asked -> Text,
        logo -> Text,
        ends_at -> Nullable<BigInt>,
        decision_id -> Nullable<BigInt>,
        booked_at -> BigInt,
        struck_at -> Nullable<BigInt>,
        struck_because -> Nullable<Text>,
    }
}

diesel::table! {
    string_limits (id) {
        id -> BigInt,
        amount -> Text,
        unit -> Text,
        decision_id -> Nullable<BigInt>,
        set_at -> BigInt,
    }
}

diesel::table! {
    restores (epoch) {
        epoch -> Integer,
        made_at -> BigInt,
        restored_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    backup_runs (id) {
        id -> BigInt,
        kind -> Text,
        day -> Text,
        began_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        file -> Nullable<Text>,
        bytes -> Nullable<BigInt>,
        problem -> Nullable<Text>,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
    }
}

/// Which tables are read together. Only those are named: for all pairs of so many tables the
/// compiler would check ten thousand pieces of code that nobody needs. A query that the compiler
/// refuses with `TableNotEqual` needs a word here.
macro_rules! read_together {
    ($($table:ident: $($other:ident)*;)*) => {
        $($(diesel::allow_tables_to_appear_in_same_query!($table, $other);)*)*
    };
}

read_together! {
    actor_keys: collective;
    alike: held_replies_private messages_private;
    allowed_domains: federation_mode pending_peers;
    blocks: hosts inboxes;
    careful_times: held_counted held_waves members sessions;
    cause_quarters: cause_responses causes need_causes_private proposals;
    cause_responses: causes need_causes_private proposals;
    causes: need_causes_private proposals;
    confirmation_private: confirmations consents cover_asks_private decision_paper_private
        decision_private decision_voices_private domain_rules duty_private exemptions_private
        form_keys invitations known_browsers_private learner_offers_private mail_links_private
        measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_parties promise_private promises proposal_person_private proposal_private
        remote_actors role_terms_private round_openers_private sent_activities sessions
        sign_in_links standing_turns_private turn_people_private turn_private unasked_private
        vouches_private;
    confirmations: fulfilments members outgoing_promise_private outgoing_promises promise_parties
        promise_private promises proposals round_lines turn_people_private turns;
    consents: covenants cover_asks_private decision_paper_private decision_private
        decision_voices_private domain_rules duty_private exemptions_private form_keys
        invitations known_browsers_private learner_offers_private mail_links_private
        measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    cover_asks_private: decision_paper_private decision_private decision_voices_private
        domain_rules duty_private exemptions_private form_keys invitations known_browsers_private
        learner_offers_private mail_links_private measures_private member_handles_private members
        notice_mutes_private notice_settings_private notices_private
        outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    decision_paper_private: decision_papers decision_private decision_voices_private domain_rules
        duty_private exemptions_private form_keys invitations known_browsers_private
        learner_offers_private mail_links_private measures_private member_handles_private members
        notice_mutes_private notice_settings_private notices_private
        outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    decision_private: decision_voices_private decisions domain_rules duty_private
        exemptions_private form_keys invitations known_browsers_private learner_offers_private
        mail_links_private measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    decision_voices_private: decisions domain_rules duty_private exemptions_private form_keys
        invitations known_browsers_private learner_offers_private mail_links_private
        measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    deliveries: followers inboxes received_activities remote_actors sent_activities tombstones;
    domain_drafts: domain_rules;
    domain_rules: duty_private exemptions_private form_keys invitations known_browsers_private
        learner_offers_private mail_links_private measures_private member_handles_private members
        notice_mutes_private notice_settings_private notices_private
        outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    duties: duty_days duty_functions duty_private exemptions_private members
        promise_duties_private promises proposals round_lines rounds turn_people_private
        turn_private turns;
    duty_days: duty_functions duty_private;
    duty_functions: duty_private;
    duty_private: exemptions_private form_keys invitations known_browsers_private
        learner_offers_private mail_links_private measures_private member_handles_private members
        notice_mutes_private notice_settings_private notices_private
        outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private promises proposal_private proposals
        role_terms_private round_lines round_openers_private rounds sent_activities sessions
        sign_in_links standing_turns_private turn_people_private turn_private turns
        unasked_private vouches_private;
    exemptions_private: form_keys invitations known_browsers_private learner_offers_private
        mail_links_private measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private promises proposal_private proposals role_terms_private round_lines
        round_openers_private rounds sent_activities sessions sign_in_links
        standing_turns_private turn_people_private turn_private turns unasked_private
        vouches_private;
    federation_mode: pending_peers;
    followers: followings inboxes incoming_promises outgoing_promises promise_parties promises
        remote_actors replies sent_activities severed_relations;
    followings: incoming_promises member_handles_private message_links messages_private
        outgoing_promises pacts promise_parties promises proposal_person_private proposals
        remote_actors remote_keys replies severed_relations;
    form_keys: invitations known_browsers_private learner_offers_private mail_links_private
        measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    fulfilments: members outgoing_promise_private outgoing_promises promise_person_private
        promise_private promises proposal_person_private proposal_private proposals round_lines
        turn_people_private turns;
    held_counted: held_waves members sessions;
    held_replies_private: messages_private remote_actors replies;
    held_waves: members sessions;
    hosts: inboxes;
    inboxes: jobs journal remote_actors sent_activities;
    incoming_promise_private: incoming_promises promise_parties promises remote_actors;
    incoming_promises: outgoing_promises promise_parties promises remote_actors replies
        severed_relations;
    invitations: known_browsers_private learner_offers_private mail_links_private
        measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    jobs: journal;
    known_browsers_private: learner_offers_private mail_links_private measures_private
        member_handles_private members notice_mutes_private notice_settings_private
        notices_private outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    learner_offers_private: mail_links_private measures_private member_handles_private members
        notice_mutes_private notice_settings_private notices_private
        outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    mail_links_private: measures_private member_handles_private members notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    measures_private: member_handles_private members notice_mutes_private notice_settings_private
        notices_private outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    member_handles_private: members message_links messages_private notice_mutes_private
        notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private pacts passkey_challenges passkeys_private pool_turns_private
        promise_duties_private promise_parties promise_person_private promise_private
        proposal_person_private proposal_private proposals remote_actors role_terms_private
        round_openers_private sent_activities sessions sign_in_codes sign_in_links
        standing_turns_private turn_people_private turn_private unasked_private vouches_private;
    members: notice_mutes_private notice_settings_private notices_private
        outgoing_confirmation_private outgoing_promise_private outgoing_promises
        passkey_challenges passkeys_private pool_turns_private promise_private promises
        proposal_private proposals role_lines role_terms_private roles round_lines
        round_openers_private rounds sent_activities sessions sign_in_links
        standing_turns_private turn_people_private turn_private turns unasked_private
        vouches_private;
    message_links: messages_private pacts proposal_person_private proposals remote_actors;
    messages_private: pacts proposal_person_private proposals remote_actors replies;
    met_domains: remote_actors;
    mutuality_quarters: mutuality_releases;
    need_causes_private: proposals;
    need_origins_private: origin_quarters proposals;
    neighbour_proposals: pacts remote_actors;
    notice_mutes_private: notice_settings_private notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    notice_settings_private: notices_private outgoing_confirmation_private
        outgoing_promise_private passkey_challenges passkeys_private pool_turns_private
        promise_private proposal_private role_terms_private round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    notices_private: outgoing_confirmation_private outgoing_promise_private passkey_challenges
        passkeys_private pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    oauth_clients: sign_in_attempts;
    origin_quarters: proposals;
    outgoing_confirmation_private: outgoing_confirmations outgoing_promise_private
        outgoing_promises passkey_challenges passkeys_private pool_turns_private promise_private
        proposal_person_private proposal_private remote_actors role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    outgoing_confirmations: outgoing_promise_private outgoing_promises remote_actors;
    outgoing_promise_private: outgoing_promises passkey_challenges passkeys_private
        pool_turns_private promise_private proposal_person_private proposal_private proposals
        remote_actors role_terms_private round_lines round_openers_private sent_activities
        sessions sign_in_links standing_turns_private turn_people_private turn_private turns
        unasked_private vouches_private;
    outgoing_promises: promise_parties promises proposals remote_actors replies round_lines
        severed_relations turn_people_private turns;
    pacts: proposal_person_private proposals remote_actors remote_keys;
    passkey_challenges: passkeys_private pool_turns_private promise_private proposal_private
        role_terms_private round_openers_private sent_activities sessions sign_in_links
        standing_turns_private turn_people_private turn_private unasked_private vouches_private;
    passkeys_private: pool_turns_private promise_private proposal_private role_terms_private
        round_openers_private sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    pictures: proposals;
    pool_turns_private: promise_private proposal_private role_terms_private round_openers_private
        sent_activities sessions sign_in_links standing_turns_private turn_people_private
        turn_private turns unasked_private vouches_private;
    promise_duties_private: promise_parties promise_person_private promise_private
        proposal_person_private proposal_private remote_actors;
    promise_links: promise_person_private promises remote_actors round_lines;
    promise_parties: promise_person_private promise_private promises proposal_person_private
        proposal_private proposals remote_actors replies round_lines severed_relations;
    promise_person_private: promise_private promises proposal_person_private proposal_private
        proposals remote_actors round_lines;
    promise_private: promises proposal_person_private proposal_private proposals remote_actors
        role_terms_private round_decisions round_lines round_openers_private rounds
        sent_activities sessions sign_in_links standing_turns_private turn_people_private
        turn_private unasked_private vouches_private;
    promises: proposal_private proposals remote_actors replies round_decisions round_lines
        round_openers_private rounds severed_relations turn_people_private turn_private turns;
    proposal_person_private: proposal_private proposals remote_actors round_lines sessions;
    proposal_private: proposals remote_actors role_terms_private round_decisions round_lines
        round_openers_private rounds sent_activities sessions sign_in_links
        standing_turns_private turn_people_private turn_private unasked_private vouches_private;
    proposals: remote_actors round_decisions round_lines round_openers_private rounds
        turn_people_private turn_private turns;
    reactions: remote_actors replies;
    received_activities: sent_activities tombstones;
    remote_actors: remote_keys replies round_lines sent_activities sessions severed_relations
        sign_in_codes;
    replies: severed_relations;
    role_lines: role_terms_private roles;
    role_terms_private: roles round_openers_private sent_activities sessions sign_in_links
        standing_turns_private strings turn_people_private turn_private unasked_private
        vouches_private;
    roles: strings;
    round_decisions: round_lines round_openers_private rounds;
    round_lines: round_openers_private rounds turn_people_private turn_private turns;
    round_openers_private: rounds sent_activities sessions sign_in_links standing_turns_private
        turn_people_private turn_private unasked_private vouches_private;
    rounds: turn_people_private turn_private turns;
    runbook_origins: runbooks;
    sent_activities: sessions sign_in_links standing_turns_private tombstones turn_people_private
        turn_private unasked_private vouches_private;
    sessions: sign_in_links standing_turns_private turn_people_private turn_private
        unasked_private vouches_private;
    sign_in_attempts: sign_in_codes;
    sign_in_links: standing_turns_private turn_people_private turn_private unasked_private
        vouches_private;
    standing_turns_private: turn_people_private turn_private unasked_private vouches_private;
    string_limits: strings;
    turn_notes: turns;
    turn_people_private: turn_private turns unasked_private vouches_private;
    turn_private: turns unasked_private vouches_private;
    unasked_private: vouches_private;
}
