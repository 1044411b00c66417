//! What is found out about a collective that we have nothing to do with yet.

use crate::domain::neighbour::{NeighbourProposal, RemoteActor};

/// A collective, looked at from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Who it is.
    pub actor: RemoteActor,
    /// What it needs and offers publicly and looks for more answers to, newest first. Nothing of it
    /// is stored: its ids here are of use to nobody.
    pub proposals: Vec<NeighbourProposal>,
    /// Whether its public board could be read at all.
    pub is_board_read: bool,
    /// What it understands of what we say.
    pub speaks: Speaks,
}

/// What a server understands of what we say, as far as it tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Speaks {
    /// The software and its version, if it says so (NodeInfo).
    pub software: Option<(String, String)>,
    /// The parts of our vocabulary, in the order of [`Term::ALL`].
    pub terms: Vec<Term>,
}

/// A part of our vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Signatures after RFC 9421.
    Signatures,
    /// Needs and offers after FEP-0837.
    Proposals,
    /// The kinds of our catalogue.
    Kinds,
    /// Promises with a number each, reserves and counters.
    Agreements,
    /// Pacts.
    Pacts,
    /// Needs and offers that are passed on.
    PassingOn,
}

/// Why nothing can be said of somebody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotLook {
    /// What was typed is neither an address nor a handle.
    #[error("this is neither an address nor a handle such as @mill@mill.example")]
    NotAnAddress,
    /// An address of a private network, or one that is no https.
    #[error("this address is not on the public web: give an https address or a handle")]
    NotPublic,
    /// Our own.
    #[error("this is our own address")]
    Ours,
    /// Blocked here.
    #[error("this server or collective is blocked here; `mutuals host list` shows blocks")]
    Blocked,
    /// It is not among those with whom we speak, or we speak with nobody right now.
    #[error("this server is not among those with whom we speak: see `mutuals mode show`")]
    NotListed,
    /// No answer.
    #[error("its server cannot be reached: check how it is written, or try again later")]
    Unreachable,
    /// The server is there, and there is no collective.
    #[error("there is no collective at this address")]
    NotACollective,
    /// It is a person.
    #[error("this is a person, not a collective: only collectives have a board")]
    Person,
}

impl Term {
    /// All, the most common first.
    pub const ALL: [Term; 6] = [
        Self::Signatures,
        Self::Proposals,
        Self::Kinds,
        Self::Agreements,
        Self::Pacts,
        Self::PassingOn,
    ];

    /// The word for the wire and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Signatures => "rfc9421",
            Self::Proposals => "fep-0837",
            Self::Kinds => "kinds",
            Self::Agreements => "agreements",
            Self::Pacts => "pacts",
            Self::PassingOn => "passing-on",
        }
    }
}
