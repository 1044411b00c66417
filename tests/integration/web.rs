//! What people see, told as stories: requests go through the router, without a network.

mod asked;
mod assembly;
mod backups;
mod between;
mod board;
mod came_and_went;
mod doctor;
mod domains;
mod doors;
mod duties;
mod feeds;
mod forms;
mod hosts;
pub mod house;
mod joining;
mod leaving;
mod measures;
mod neighbourhood;
mod notices;
mod pacts;
mod pages;
mod passkeys;
mod people;
pub mod pictures;
mod promises;
mod quiet;
mod rounds;
pub mod routes;
mod stewards;
mod upload;
mod whose;
mod whose_obligation;

pub use house::Browser;
