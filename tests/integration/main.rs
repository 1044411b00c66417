//! The one integration binary. Every test runs on SQLite, and on PostgreSQL when
//! `TEST_DATABASE_URL` names a server; each has a database of its own, so order does not matter.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in its helpers"
)]

mod agreement_attacks;
mod agreement_orders;
mod agreements;
mod antifeatures;
mod assembly_commands;
mod bus;
mod canary;
mod careful;
mod catching_up;
mod causes;
mod cli;
mod covenants;
mod crashes;
mod decisions;
mod documents;
mod domain_commands;
mod domain_rules;
mod duties;
mod duty_commands;
mod duty_wire;
mod faults;
mod federation;
mod federation_examples;
mod federation_routes;
mod fep_0837;
mod for_pacts;
mod foreign_html;
mod handles;
mod host_turns;
mod hostile;
mod hostile_more;
mod inboxes;
mod joining;
mod knocking;
mod leaving;
mod lexicon;
mod limits;
mod looking;
mod measure_commands;
mod measures;
mod message_commands;
mod messages;
mod migrations;
mod modes;
mod moment;
mod moving;
mod mutuality;
mod mutuality_commands;
mod mutuality_record;
mod new_browsers;
mod notices;
mod oauth_peer;
mod opinions;
mod outgoing;
mod own_server;
mod pact_blocks;
mod pact_commands;
mod pact_moving;
mod pacts;
mod passing_on;
mod peer;
mod people;
mod people_links;
mod people_names;
mod posts;
mod promises;
mod roles;
mod rotation;
mod round_commands;
mod rounds;
mod serving;
mod signatures;
mod sink;
mod soft_passkey;
mod storage;
mod street;
mod strings;
mod telling;
mod testapp;
mod thanks;
mod tidy;
mod turn_cover;
mod unasked;
mod wave;
mod web;
