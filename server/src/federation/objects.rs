//! Between the domain and the wire, both ways.

pub mod actor;
pub mod fulfilment;
pub mod proposal;
pub mod read_proposal;
pub mod relationship;
