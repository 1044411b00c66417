//! What the assembly decides.

use crate::domain::id::DecisionId;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
}
