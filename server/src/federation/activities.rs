//! What each activity does here, one file a verb.

pub mod accept;
pub mod agreement;
pub mod announce;
pub mod block;
pub mod create;
pub mod delete;
pub mod flag;
pub mod follow;
pub mod like;
pub mod r#move;
pub mod offer;
pub mod pact;
pub mod reject;
pub mod undo;
pub mod update;
