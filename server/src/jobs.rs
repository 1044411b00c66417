//! Work in the background: what came in, what goes out, what is over.
//!
//! Everything that is to be done stands in rows; a worker that dies loses nothing, because its
//! lease ends and another takes over.

pub mod deliver;
pub mod follow;
pub mod housekeeping;
pub mod read_object;
pub mod read_outbox;
pub mod read_passed_on;
pub mod receive;
pub mod runner;
pub mod tell;
