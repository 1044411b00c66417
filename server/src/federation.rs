//! ActivityPub: JSON in, JSON out. The only folder that knows the wire.
//!
//! Inside we say proposal, promise, fulfilment; on the wire Note, Intent, Commitment,
//! EconomicEvent. The translation happens in [`objects`] and nowhere else. FEDERATION.md lists
//! every activity in and out; [`inbox`] and [`outbox`] are the two tables behind it.

pub mod accept;
pub mod activities;
pub mod asked;
pub mod collections;
pub mod deliver;
pub mod direct;
pub mod documents;
mod draft_signature;
pub mod duties;
pub mod fetch;
pub mod gate;
pub mod handles;
pub mod inbox;
pub mod json;
pub mod knock;
pub mod look;
pub mod loopback;
pub mod media;
mod message_signature;
pub mod messages;
pub mod nodeinfo;
pub mod oauth;
pub mod objects;
pub mod opinions;
pub mod outbox;
pub mod parties;
pub mod passing;
pub mod people;
pub mod promises;
pub mod proposals;
pub mod reports;
pub mod resolve;
pub mod restricted;
pub mod routes;
pub mod sign_in;
pub mod signature;
pub mod telling;
pub mod vocab;
pub mod walk;
pub mod webfinger;
