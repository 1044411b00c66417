//! How far long work has come: a bar where somebody sits at a terminal, and nothing elsewhere.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::output::Output;

/// A bar, or nothing.
pub fn bar(output: &Output) -> ProgressBar {
    let is_watched = !output.is_json() && std::io::stderr().is_terminal();
    let target = match is_watched {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
    ProgressBar::with_draw_target(Some(0), target)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Moves a bar to where the work has come.
pub fn show(bar: &ProgressBar, done: usize, of: usize, what: &str) {
    let number = |count: usize| u64::try_from(count).unwrap_or_default();
    bar.set_length(number(of));
    bar.set_position(number(done));
    bar.set_message(what.to_owned());
}
