//! Gather what stands here of one member, for themselves: what they said, asked and promised, and
//! nothing that anybody else said.

use url::Url;

use crate::db::pictures::Bytes;
use crate::db::vouches::Statement;
use crate::db::{
    Conn, actors, covenants, decisions, duties, exemptions, measures, member_handles, members,
    messages, of_member, passkeys, pictures, promises, proposals, roles, standing_turns, telling,
    turn_people, unasked, vouches,
};
use crate::domain::cover::Exemption;
use crate::domain::decision::{Decision, Spoken};
use crate::domain::duty::Duty;
use crate::domain::fulfilment::Confirmation;
use crate::domain::id::{MemberId, ProposalId};
use crate::domain::measure::Measure;
use crate::domain::member::Member;
use crate::domain::message::Message;
use crate::domain::outgoing_promise::OutgoingPromise;
use crate::domain::promise::Promise;
use crate::domain::proposal::Proposal;
use crate::domain::role::{Role, Term};
use crate::domain::turn::{Place, Standing, Turn};
use crate::error::Error;

/// Everything of one member.
#[derive(Clone, Debug)]
pub struct Own {
    /// Who.
    pub member: Member,
    /// Their accounts in the fediverse.
    pub accounts: Vec<String>,
    /// Where mails go for them.
    pub email: Option<String>,
    /// What they call their passkeys.
    pub passkeys: Vec<String>,
    /// The version of what we owe each other to which they said yes last.
    pub agreed_to: Option<i64>,
    /// What they asked for and offered, newest first.
    pub posted: Vec<Proposal>,
    /// The pictures of these, by the id of what they show.
    pub pictures: Vec<(ProposalId, Bytes)>,
    /// What they promised, newest first.
    pub promised: Vec<Promised>,
    /// What they promised to other collectives in our name, with their notes.
    pub outgoing: Vec<(OutgoingPromise, Option<String>)>,
    /// What they counted, with their notes.
    pub counted: Vec<(Confirmation, Option<String>)>,
    /// Whom they vouched for, and who did for them.
    pub vouches: Vec<Statement>,
    /// What they wrote to us from their own accounts, as far as it is kept.
    pub messages: Vec<Message>,
    /// Their turns, newest first, as what they came, and to what.
    pub turns: Vec<(Turn, Place, Duty)>,
    /// What they come to until they say otherwise.
    pub standing: Vec<(Standing, Duty)>,
    /// When they take no turns, or half of them.
    pub exemptions: Vec<Exemption>,
    /// Measures about them, newest first, with what they said about each.
    pub measures: Vec<Measure>,
    /// Whether they want to be asked nothing.
    pub is_unasked: bool,
    /// What they proposed to the assembly, in order.
    pub proposed: Vec<Decision>,
    /// What is known that they said about decisions.
    pub spoken: Vec<(Decision, Spoken)>,
    /// The terms that they have or had in roles, or stand in for.
    pub terms: Vec<(Role, Term)>,
}

/// A promise of theirs.
#[derive(Clone, Debug)]
pub struct Promised {
    /// The promise.
    pub promise: Promise,
    /// What it answers.
    pub to: Proposal,
    /// What they wrote to those who asked.
    pub note: Option<String>,
}

/// Reads all of it.
pub fn gather_own(conn: &mut Conn, member: MemberId) -> Result<Own, Error> {
    let accounts = member_handles::list(conn, member)?;
    let actors: Vec<Url> = accounts.iter().map(|handle| handle.actor.clone()).collect();
    let posted = of_member::list_posted(conn, member)?;
    let passkeys = passkeys::list(conn, member)?;
    Ok(Own {
        member: members::find(conn, member)?,
        accounts: accounts.into_iter().map(|handle| handle.address).collect(),
        passkeys: passkeys.into_iter().map(|passkey| passkey.name).collect(),
        email: telling::find(conn, member)?.email,
        agreed_to: covenants::find_consent(conn, member)?,
        pictures: gather_pictures(conn, &posted)?,
        posted,
        promised: gather_promised(conn, member)?,
        outgoing: of_member::read_outgoing(conn, member)?,
        counted: of_member::list_said(conn, member)?,
        vouches: vouches::list_of(conn, member)?,
        messages: gather_messages(conn, &actors)?,
        measures: measures::list_about(conn, member)?,
        is_unasked: unasked::contains(conn, member)?,
        turns: gather_turns(conn, member)?,
        standing: gather_standing(conn, member)?,
        exemptions: exemptions::list_by_member(conn, member)?,
        proposed: decisions::list_proposed_by(conn, member)?,
        spoken: gather_spoken(conn, member)?,
        terms: gather_terms(conn, member)?,
    })
}

fn gather_messages(conn: &mut Conn, accounts: &[Url]) -> Result<Vec<Message>, Error> {
    let mut found = Vec::new();
    for account in accounts {
        if let Some(actor) = actors::find_by_url(conn, account.as_str())? {
            found.extend(messages::list_of_actor(conn, actor.id)?);
        }
    }
    found.retain(|message| !message.text.is_empty());
    Ok(found)
}

fn gather_turns(conn: &mut Conn, member: MemberId) -> Result<Vec<(Turn, Place, Duty)>, Error> {
    let mut found = Vec::new();
    for (turn, place) in turn_people::list_of(conn, member)? {
        let duty = duties::find(conn, turn.duty)?;
        found.push((turn, place, duty));
    }
    Ok(found)
}

fn gather_standing(conn: &mut Conn, member: MemberId) -> Result<Vec<(Standing, Duty)>, Error> {
    let mut found = Vec::new();
    for standing in standing_turns::list_by_member(conn, member)? {
        let duty = duties::find(conn, standing.duty)?;
        found.push((standing, duty));
    }
    Ok(found)
}

/// Who said what is forgotten when a decision closes: what is left is what is open, and objections
/// with their name.
fn gather_spoken(conn: &mut Conn, member: MemberId) -> Result<Vec<(Decision, Spoken)>, Error> {
    let spoken = decisions::list_voices_of(conn, member)?;
    spoken.into_iter().map(|(id, spoken)| Ok((decisions::find(conn, id)?, spoken))).collect()
}

fn gather_terms(conn: &mut Conn, member: MemberId) -> Result<Vec<(Role, Term)>, Error> {
    let terms = roles::list_terms_with(conn, member)?;
    terms.into_iter().map(|term| Ok((roles::find(conn, term.role)?, term))).collect()
}

fn gather_pictures(
    conn: &mut Conn,
    posted: &[Proposal],
) -> Result<Vec<(ProposalId, Bytes)>, Error> {
    let mut found = Vec::new();
    for proposal in posted {
        let Some(picture) = &proposal.content.picture else { continue };
        match pictures::find_bytes(conn, &picture.digest) {
            Ok(bytes) => found.push((proposal.id, bytes)),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}

/// Reads what they promised, newest first.
pub fn gather_promised(conn: &mut Conn, member: MemberId) -> Result<Vec<Promised>, Error> {
    let mut promised = Vec::new();
    for promise in promises::list_by_member(conn, member)? {
        let to = proposals::find(conn, promise.proposal)?;
        let note = promises::find_private(conn, promise.id)?.note;
        promised.push(Promised { promise, to, note });
    }
    Ok(promised)
}
