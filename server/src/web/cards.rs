//! The slips on the board: ours and our neighbours', side by side.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use crate::db::{Conn, actors, neighbour_proposals, proposals};
use crate::domain::block::Blocks;
use crate::domain::board::Place;
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::neighbour::{NeighbourProposal, Outline, RemoteActor};
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;
use crate::text;
use crate::web::coverage::{self, Coverage};
use crate::web::session::Visitor;
use crate::web::words::{Day, Words, language, link};

/// More than this of our neighbours' is no board any more: what waits longest stays.
const MOST_OF_NEIGHBOURS: i64 = 20_000;

/// How much of a text stands on a slip, in characters.
const EXCERPT: usize = 110;

/// Something open, as the whole board is ordered and filtered.
#[derive(Clone, Debug)]
pub enum Listed {
    /// Ours.
    Ours(Box<Proposal>),
    /// A neighbour's.
    Neighbours(Box<Outline>),
}

/// Something open of which a slip is shown.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Ours.
    Ours(Box<Proposal>),
    /// A neighbour's, whose, and the name of who passed it on to us.
    Neighbours(Box<NeighbourProposal>, Box<RemoteActor>, Option<String>),
}

/// One slip.
pub struct Card {
    /// Its page.
    pub href: String,
    /// Need or offer.
    pub is_need: bool,
    /// A few words.
    pub title: String,
    /// In which language they are, as a code.
    pub title_language: String,
    /// The beginning of what it says.
    pub excerpt: Option<String>,
    /// What kind of thing or help.
    pub kind: Option<String>,
    /// Roughly where.
    pub place: Option<String>,
    /// Until when.
    pub until: Option<Day>,
    /// The language's name, if it is not the reader's.
    pub language: Option<String>,
    /// Whose it is, if not ours.
    pub whose: Option<String>,
    /// Who passed it on to us, if it did not come from its own collective.
    pub by: Option<String>,
    /// How far it is covered.
    pub coverage: Option<Coverage>,
}

/// Everything open that `visitor` may see, least answered and longest waiting first.
pub fn list_open(
    conn: &mut Conn,
    visitor: &Visitor,
    blocks: &Blocks,
) -> Result<Vec<Listed>, Error> {
    let own = own_ids(conn, visitor.member().map(|member| member.id))?;
    let mut listed = Vec::new();
    for proposal in proposals::list_open(conn)? {
        if proposal.is_visible_to(visitor.viewer(), own.contains(&proposal.id)) {
            listed.push(Listed::Ours(Box::new(proposal)));
        }
    }
    let viewer = visitor.viewer();
    let theirs = neighbour_proposals::list_outlines(conn, blocks, viewer, MOST_OF_NEIGHBOURS)?;
    listed.extend(theirs.into_iter().map(|outline| Listed::Neighbours(Box::new(outline))));
    listed.sort_by(Listed::compare);
    Ok(listed)
}

/// Reads the whole of what is shown, in the same order, without what went away meanwhile.
pub fn read_shown(conn: &mut Conn, listed: Vec<Listed>) -> Result<Vec<Shown>, Error> {
    let theirs = listed.iter().filter_map(|each| match each {
        Listed::Ours(_) => None,
        Listed::Neighbours(outline) => Some(outline.id),
    });
    let whole = neighbour_proposals::list_by_ids(conn, theirs)?;
    let mut whole: HashMap<_, _> = whole.into_iter().map(|both| (both.0.id, both)).collect();
    let mut shown = Vec::new();
    for each in listed {
        match each {
            Listed::Ours(proposal) => shown.push(Shown::Ours(proposal)),
            Listed::Neighbours(outline) => {
                if let Some((proposal, actor)) = whole.remove(&outline.id) {
                    let by = passed_on_by(conn, &proposal)?;
                    shown.push(Shown::Neighbours(Box::new(proposal), Box::new(actor), by));
                }
            }
        }
    }
    Ok(shown)
}

impl Listed {
    /// Need or offer.
    pub fn purpose(&self) -> Purpose {
        match self {
            Self::Ours(proposal) => proposal.purpose,
            Self::Neighbours(outline) => outline.purpose,
        }
    }

    /// Its place on the board.
    pub fn place(&self) -> Place {
        match self {
            Self::Ours(proposal) => Place::new(
                proposal.content.quantity.as_ref().map(|quantity| quantity.amount),
                proposal.coverage.promised,
                proposal.coverage.answers,
                proposal.published_at.unwrap_or(proposal.updated_at),
                proposal.id.number(),
            ),
            Self::Neighbours(outline) => {
                let asked = outline.amount.unwrap_or_default();
                let promised = asked - outline.open.unwrap_or(asked);
                let since = outline.published_at;
                Place::new(outline.amount, promised, 0, since, outline.id.number())
            }
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.place().compare(&other.place())
    }
}

impl Shown {
    /// The slip.
    pub fn card(&self, words: &Words<'_>) -> Card {
        match self {
            Self::Ours(proposal) => ours(words, proposal),
            Self::Neighbours(proposal, actor, by) => {
                Card { by: by.clone(), ..neighbours(words, proposal, actor) }
            }
        }
    }
}

fn ours(words: &Words<'_>, proposal: &Proposal) -> Card {
    let content = &proposal.content;
    Card {
        href: page_path(words, proposal.id),
        is_need: proposal.purpose == Purpose::Need,
        title: content.title.clone(),
        title_language: content.language.clone(),
        excerpt: excerpt(&content.text),
        kind: content.kind.as_deref().map(|kind| words.kind(kind)),
        place: content.place.clone(),
        until: content.ends_at.map(|end| words.day(end)),
        language: foreign_language(words, &content.language),
        whose: None,
        by: None,
        coverage: coverage::of_ours(words, proposal),
    }
}

fn neighbours(words: &Words<'_>, proposal: &NeighbourProposal, actor: &RemoteActor) -> Card {
    let code = proposal.language.clone().unwrap_or_default();
    Card {
        href: format!("/neighbours/{}", proposal.id),
        is_need: proposal.purpose == Purpose::Need,
        title: proposal.title.clone(),
        language: foreign_language(words, &code),
        title_language: code,
        // What other servers send repeats title and amount in its text.
        excerpt: None,
        kind: proposal.kind.as_deref().map(|kind| words.kind(kind)),
        place: proposal.place.clone(),
        until: proposal.ends_at.map(|end| words.day(end)),
        whose: Some(actor.name.clone()),
        by: None,
        coverage: coverage::of_neighbours(words, proposal),
    }
}

/// A slip of what is not stored here: it leads to where it stands.
pub fn elsewhere(words: &Words<'_>, proposal: &NeighbourProposal, actor: &RemoteActor) -> Card {
    Card { href: link(&proposal.page), whose: None, ..neighbours(words, proposal, actor) }
}

/// The name of who passed something on to us, if anybody did.
pub fn passed_on_by(
    conn: &mut Conn,
    proposal: &NeighbourProposal,
) -> Result<Option<String>, Error> {
    let Some(by) = proposal.passed_on_by else { return Ok(None) };
    match actors::find(conn, by) {
        Ok(by) => Ok(Some(by.name)),
        Err(Error::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The beginning of a text in whole words.
fn excerpt(markdown: &str) -> Option<String> {
    let plain = text::plain(&text::markdown(markdown).replace("<li>", "<br>"));
    let mut short = String::new();
    for word in plain.split_whitespace() {
        if short.chars().count() + word.chars().count() >= EXCERPT {
            return Some(text::one_line(&format!("{short}…"), EXCERPT));
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    Some(short).filter(|short| !short.is_empty())
}

/// The path of the page of one of ours.
pub fn page_path(words: &Words<'_>, id: ProposalId) -> String {
    format!("/@{}/{id}", words.app.collective.handle)
}

fn foreign_language(words: &Words<'_>, code: &str) -> Option<String> {
    let main = code.split('-').next().unwrap_or_default();
    (!main.is_empty() && main != words.locale.code()).then(|| language(code))
}

fn own_ids(conn: &mut Conn, member: Option<MemberId>) -> Result<HashSet<ProposalId>, Error> {
    let Some(member) = member else { return Ok(HashSet::new()) };
    let own = proposals::list_by_author(conn, member)?;
    Ok(own.into_iter().map(|proposal| proposal.id).collect())
}
