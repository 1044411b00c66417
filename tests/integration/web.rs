//! What people see, told as stories: requests go through the router, without a network.

mod between;
mod board;
mod doors;
mod forms;
mod hosts;
mod house;
mod pages;
mod promises;
mod stewards;
