//! Mutuals: a federated server for mutual aid.
//!
//! The map, from the edges inward; a module uses only what stands below it (a test checks it):
//!
//! * `cli` and `server`: the two ways in; they put everything together.
//! * `web` (pages for people), `federation` (ActivityPub), `jobs` (background): the edges.
//! * [`actions`]: what somebody can do, one transaction each.
//! * [`db`]: storage, the only place that knows SQL.
//! * [`domain`]: types and rules, without input or output.
//!
//! `serving` sees to it that one server serves one SQLite file.
//!
//! Beside them, for everyone: [`app`], [`config`], [`clock`], [`error`], [`keys`], [`text`],
//! [`urls`], [`rates`], [`client`] and [`listener`].

pub mod actions;
pub mod app;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod db;
pub mod domain;
pub mod error;
pub mod federation;
pub mod i18n;
pub mod jobs;
pub mod keys;

pub mod listener;
pub mod log;
pub mod picture;
pub mod rates;
pub mod server;
mod serving;
pub mod text;
pub mod urls;
pub mod web;
