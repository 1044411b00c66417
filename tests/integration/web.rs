//! What people see, told as stories: requests go through the router, without a network.

mod asked;
mod between;
mod board;
mod came_and_went;
mod doors;
mod forms;
mod hosts;
mod house;
mod neighbourhood;
mod pacts;
mod pages;
mod people;
mod promises;
mod stewards;
