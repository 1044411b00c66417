//! For how long what is over is kept.

use anyhow::bail;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The most days.
const LONGEST: u16 = 90;

/// See [`super::Config::retention`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// For how many days what is closed is kept; 0 for what stewards chose.
    pub days: u16,
}

impl Retention {
    /// For how long what is closed is kept, if whoever runs the server says so.
    pub fn kept_for(&self) -> Option<SignedDuration> {
        let hours = i64::from(self.days) * 24;
        (self.days > 0).then(|| SignedDuration::from_hours(hours))
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        if self.days > LONGEST {
            bail!(
                "configuration key retention.days: use 1 to {LONGEST}, or 0 for what stewards chose"
            );
        }
        Ok(())
    }
}
