//! What people see, told as stories: requests go through the router, without a network.

mod board;
mod doors;
mod forms;
mod hosts;
mod house;
mod neighbourhood;
mod pages;
mod promises;
mod stewards;
