//! The slips on the board: ours and our neighbours', side by side.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::db::{Conn, actors, neighbour_proposals, proposals};
use crate::domain::block::Blocks;
use crate::domain::board::Place;
use crate::domain::id::{MemberId, NeighbourProposalId, ProposalId};
use crate::domain::neighbour::{NeighbourProposal, Outline, RemoteActor};
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;
use crate::text;
use crate::web::coverage::{self, Coverage};
use crate::web::pictures::Seen;
use crate::web::session::Visitor;
use crate::web::words::{Day, Words, language, link};

/// More than this of our neighbours' is no board any more: what waits longest stays.
const MOST_OF_NEIGHBOURS: usize = 20_000;

/// How much of a text stands on a slip, in characters.
const EXCERPT: usize = 110;

/// Something open, as the whole board is ordered. There may be thousands of them.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub what: What,
}

/// See [`Listed::what`].
#[derive(Clone, Debug)]
pub enum What {
    /// Ours.
    Ours(Box<Proposal>),
    /// A neighbour's.
    Neighbours(NeighbourProposalId),
}

/// As much of something open as a reader's wishes are about.
#[derive(Clone, Copy, Debug)]
pub struct Sketch<'a> {
    /// Need or offer.
    pub purpose: Purpose,
    /// What kind of thing or help.
    pub kind: Option<&'a str>,
    /// Roughly where.
    pub place: Option<&'a str>,
    /// Until when.
    pub ends_at: Option<Timestamp>,
    /// A language code.
    pub language: Option<&'a str>,
    /// Whether it is ours.
    pub is_ours: bool,
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
    /// What it looks like; of ours only, because those of others are asked for elsewhere.
    pub picture: Option<Seen>,
}

/// Everything open that `visitor` may see and that `fits`, least answered and longest waiting first.
pub fn list_open(
    conn: &mut Conn,
    visitor: &Visitor,
    blocks: &Blocks,
    mut fits: impl FnMut(Sketch<'_>) -> bool,
) -> Result<Vec<Listed>, Error> {
    let own = own_ids(conn, visitor.member().map(|member| member.id))?;
    let mut listed = Vec::new();
    for proposal in proposals::list_open(conn)? {
        let is_visible = proposal.is_visible_to(visitor.viewer(), own.contains(&proposal.id));
        if is_visible && fits(sketch_of_ours(&proposal)) {
            listed.push(Listed {
                place: place_of_ours(&proposal),
                what: What::Ours(Box::new(proposal)),
            });
        }
    }
    let viewer = visitor.viewer();
    neighbour_proposals::each_outline(conn, blocks, viewer, MOST_OF_NEIGHBOURS, |outline| {
        if fits(sketch_of_neighbours(&outline)) {
            let place = place_of_neighbours(&outline);
            listed.push(Listed { place, what: What::Neighbours(outline.id) });
        }
    })?;
    listed.sort_unstable_by(|one, other| one.place.compare(&other.place));
    Ok(listed)
}

fn place_of_ours(proposal: &Proposal) -> Place {
    Place::new(
        proposal.content.quantity.as_ref().map(|quantity| quantity.amount),
        proposal.coverage.promised,
        proposal.coverage.answers,
        proposal.published_at.unwrap_or(proposal.updated_at),
        proposal.id.number(),
    )
}

fn place_of_neighbours(outline: &Outline) -> Place {
    let asked = outline.amount.unwrap_or_default();
    let promised = asked - outline.open.unwrap_or(asked);
    Place::new(outline.amount, promised, 0, outline.published_at, outline.id.number())
}

fn sketch_of_ours(proposal: &Proposal) -> Sketch<'_> {
    let content = &proposal.content;
    Sketch {
        purpose: proposal.purpose,
        kind: content.kind.as_deref(),
        place: content.place.as_deref(),
        ends_at: content.ends_at,
        language: Some(&content.language),
        is_ours: true,
    }
}

fn sketch_of_neighbours(outline: &Outline) -> Sketch<'_> {
    Sketch {
        purpose: outline.purpose,
        kind: outline.kind.as_deref(),
        place: outline.place.as_deref(),
        ends_at: outline.ends_at,
        language: outline.language.as_deref(),
        is_ours: false,
    }
}

/// Reads the whole of what is shown, in the same order, without what went away meanwhile.
pub fn read_shown(conn: &mut Conn, listed: Vec<Listed>) -> Result<Vec<Shown>, Error> {
    let theirs = listed.iter().filter_map(|each| match each.what {
        What::Ours(_) => None,
        What::Neighbours(id) => Some(id),
    });
    let whole = neighbour_proposals::list_by_ids(conn, theirs)?;
    let mut whole: HashMap<_, _> = whole.into_iter().map(|both| (both.0.id, both)).collect();
    let mut shown = Vec::new();
    for each in listed {
        match each.what {
            What::Ours(proposal) => shown.push(Shown::Ours(proposal)),
            What::Neighbours(id) => {
                if let Some((proposal, actor)) = whole.remove(&id) {
                    let by = passed_on_by(conn, &proposal)?;
                    shown.push(Shown::Neighbours(Box::new(proposal), Box::new(actor), by));
                }
            }
        }
    }
    Ok(shown)
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
        picture: Seen::of(proposal),
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
        picture: None,
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
