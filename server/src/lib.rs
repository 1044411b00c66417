//! Mutuals: a federated server for mutual aid.
//!
//! The map, from the edges inward; a module uses only what stands below it (a test checks it):
//!
//! * `cli`, `server` and `set_up`: the ways in; they put everything together.
//! * `web` (pages for people), `federation` (ActivityPub), `jobs` (background): the edges.
//! * [`actions`]: what somebody can do, one transaction each.
//! * [`db`]: storage, the only place that knows SQL.
//! * [`domain`]: types and rules, without input or output.
//!
//! `serving` knows what a process does of serving, and sees to it that one server serves one SQLite
//! file, `folder` that its folder can be written; [`backup`] makes one file of an instance, and an
//! instance of one; [`doctor`] looks at everything that could be wrong, and `health` tells whoever
//! looks after the server how it is; `requests` notes each request in a line.
//!
//! Beside them, for everyone: [`app`], [`config`], [`clock`], [`error`], [`keys`], [`text`],
//! [`urls`], [`rates`], [`client`], [`listener`] and [`media_store`].

pub mod actions;
pub mod app;
pub mod backup;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod db;
pub mod doctor;
pub mod domain;
pub mod error;
pub mod federation;
mod folder;
pub mod health;
pub mod i18n;
pub mod jobs;
pub mod keys;

pub mod listener;
pub mod log;
pub mod media_store;
pub mod picture;
pub mod rates;
mod requests;
pub mod server;
mod serving;
pub mod set_up;
pub mod text;
mod updating;
pub mod urls;
pub mod web;
