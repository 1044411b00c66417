//! Types and rules. Nothing here does input or output, knows SQL, HTTP or JSON, or reads a clock:
//! the present moment is always a parameter.
//!
//! Two rules hold everywhere: aid is unconditional (nothing here reads what a person gave before
//! they may ask), and the duty is tracked, not the debtor (no type holds a number per person).

pub mod act;
pub mod agenda;
pub mod amount;
pub mod ask;
pub mod audience;
pub mod block;
pub mod board;
pub mod came_and_went;
pub mod cause;
pub mod clause;
pub mod collective;
pub mod continuity;
pub mod covenant;
pub mod cover;
pub mod decision;
pub mod domain_rule;
pub mod door;
pub mod draft;
pub mod duty;
pub mod duty_draft;
pub mod event;
pub mod fulfilment;
pub mod gate;
pub mod held;
pub mod id;
pub mod incoming_promise;
pub mod kept;
pub mod kind;
pub mod leaving;
pub mod lexicon;
pub mod likeness;
pub mod look;
pub mod measure;
pub mod member;
pub mod message;
pub mod moment;
pub mod mutuality;
pub mod neighbour;
pub mod notice;
pub mod origin;
pub mod outgoing_promise;
pub mod pact;
pub mod passkey;
pub mod picture;
pub mod post;
pub mod promise;
pub mod proposal;
pub mod quarter;
pub mod quiet;
pub mod refusal;
pub mod rhythm;
pub mod role;
pub mod round;
pub mod runbook;
pub mod sign_in;
pub mod string;
pub mod subject;
pub mod suggestion;
pub mod telling;
pub mod turn;
