//! What strangers send, bent in every way: nothing may panic, and nothing may be believed or shown
//! that must not be.
//!
//! Each target takes the files of `corpus/<target>`, and changes them for about a second, or for
//! `FUZZ_SECONDS`. An hour by hand, all targets at once:
//!
//! ```text
//! FUZZ_SECONDS=3600 cargo nextest run --release --test fuzz --test-threads 6
//! ```
//!
//! A failure prints the smallest input that still fails, as a byte string; put it into the corpus
//! as a file of its own, so that it is tried first from then on.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in its helpers"
)]

mod bend;
mod targets;
