//! Between the domain and the wire, both ways.

pub mod actor;
pub mod agreement;
pub mod fulfilment;
pub mod proposal;
pub mod question;
pub mod read_agreement;
pub mod read_post;
pub mod read_proposal;
pub mod relationship;
pub mod runbook;
pub mod turn;
