//! What the stewards decided about other servers and about how much they see of us, and whether we
//! speak at all after a return from a backup, in the form in which it is asked all the time.

use std::sync::Arc;

use crate::db::{Conn, domain_rules, gate, hosts, quarantine, quiet_mode};
use crate::domain::block::Blocks;
use crate::domain::domain_rule::Rules;
use crate::domain::gate::Gate;
use crate::domain::quiet_mode::QuietMode;
use crate::domain::restore::Restore;
use crate::error::Error;

/// All of it at one moment, except the gate, which stands in the client.
pub struct Standing {
    /// The number of the change that this was read after.
    pub revision: i64,
    /// Whom we neither hear nor speak to.
    pub blocks: Arc<Blocks>,
    /// These, and whom the gate leaves out.
    pub unreached: Arc<Blocks>,
    /// These, and whom we limit.
    pub hidden: Arc<Blocks>,
    /// The rules besides blocks.
    pub rules: Arc<Rules>,
    /// The return from a backup that nobody confirmed yet.
    pub quarantine: Option<Restore>,
    /// How much strangers see of us.
    pub quiet: QuietMode,
}

impl Standing {
    /// Reads it, and the gate.
    pub fn read(conn: &mut Conn) -> Result<(Self, Gate), Error> {
        // First: what changes while this reads is read again.
        let revision = gate::revision(conn)?;
        let blocks = hosts::list_blocks(conn)?.into_iter().map(|block| block.subject);
        let blocks = Blocks::new(blocks);
        let rules = Rules::new(&domain_rules::list(conn)?);
        let (gate, _) = gate::find(conn)?;
        let standing = Self {
            revision,
            quiet: quiet_mode::find(conn)?,
            unreached: Arc::new(blocks.behind(&gate)),
            hidden: Arc::new(blocks.and(rules.limited())),
            blocks: Arc::new(blocks),
            rules: Arc::new(rules),
            quarantine: quarantine::find(conn)?,
        };
        Ok((standing, gate))
    }
}
