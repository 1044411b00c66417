//! What people see, told as stories: requests go through the router, without a network.

mod asked;
mod between;
mod board;
mod came_and_went;
mod doors;
mod feeds;
mod forms;
mod hosts;
pub mod house;
mod joining;
mod leaving;
mod neighbourhood;
mod pacts;
mod pages;
mod passkeys;
mod people;
mod promises;
mod routes;
mod stewards;
mod upload;

pub use house::Browser;
