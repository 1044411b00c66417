//! Our needs and offers. The private part stands in a table of its own; the functions that read it
//! are here, and federation calls none of them.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{
    promise_parties, promises, proposal_private, proposals, round_lines, rounds,
};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::{amount, amount_if_any, micros, time, time_if_any, word, written};
use crate::db::{Conn, each_backend};
use crate::domain::audience::Audience;
use crate::domain::id::{Id, MemberId, ProposalId, RemoteActorId, RoundId};
use crate::domain::picture::Picture;
use crate::domain::proposal::{
    CloseReason, Content, Coverage, NoteMark, PrivatePart, Proposal, Purpose, Quantity, State,
};
use crate::error::Error;

/// The column of for whom something was posted.
pub(in crate::db) const FOR_WHOM: &str = "proposal_private.on_behalf_of";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = proposals, treat_none_as_null = true)]
struct Row {
    id: i64,
    purpose: String,
    title: String,
    text: String,
    kind: Option<String>,
    amount: Option<String>,
    unit: Option<String>,
    minimum: Option<String>,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    place: Option<String>,
    language: String,
    audience: String,
    state: String,
    close_reason: Option<String>,
    published_at: Option<i64>,
    updated_at: i64,
    revision: i32,
    promised: String,
    reserved: String,
    answers: i32,
    came_low: String,
    came_high: String,
    picture: Option<String>,
    picture_words: Option<String>,
    picture_width: Option<i32>,
    picture_height: Option<i32>,
    asked_by: Option<String>,
    note_number: i32,
    is_unsaid: bool,
    is_retired: bool,
}

/// Adds a proposal and its private part.
pub fn insert(conn: &mut Conn, new: &Proposal, private: &PrivatePart) -> Result<(), Error> {
    diesel::insert_into(proposals::table).values(Row::from(new)).execute(conn)?;
    diesel::insert_into(proposal_private::table)
        .values((
            proposal_private::proposal_id.eq(new.id.number()),
            proposal_private::author_id.eq(private.author.map(Id::number)),
            proposal_private::on_behalf_of
                .eq(seal_if_any(FOR_WHOM, private.on_behalf_of.as_deref())?),
            proposal_private::consent_at.eq(private.consent_at.map(micros)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A proposal by id.
pub fn find(conn: &mut Conn, id: ProposalId) -> Result<Proposal, Error> {
    proposals::table.find(id.number()).select(Row::as_select()).first(conn)?.into_proposal()
}

/// A proposal by id, locked until the transaction ends.
///
/// The update changes nothing; on PostgreSQL it takes the row's lock, so that two transactions
/// which count promises of one proposal follow each other. On SQLite there is one writer anyway.
pub fn lock(conn: &mut Conn, id: ProposalId) -> Result<Proposal, Error> {
    let row: Row = each_backend!(conn, |c| diesel::update(proposals::table.find(id.number()))
        .set(proposals::revision.eq(proposals::revision))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_proposal()
}

/// Writes every column of a proposal.
pub fn update(conn: &mut Conn, changed: &Proposal) -> Result<(), Error> {
    let target = proposals::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// Notes under which address other servers know a proposal.
pub fn update_note(conn: &mut Conn, id: ProposalId, note: NoteMark) -> Result<(), Error> {
    let change = (proposals::note_number.eq(note.number), proposals::is_unsaid.eq(note.is_unsaid));
    diesel::update(proposals::table.find(id.number())).set(change).execute(conn)?;
    Ok(())
}

/// Deletes a draft, which nobody answered and nobody was told of.
pub fn delete_draft(conn: &mut Conn, id: ProposalId) -> Result<(), Error> {
    let draft = proposals::table.find(id.number()).filter(proposals::state.eq(State::Draft.word()));
    diesel::delete(draft).execute(conn)?;
    Ok(())
}

/// The private part of a proposal.
pub fn find_private(conn: &mut Conn, id: ProposalId) -> Result<PrivatePart, Error> {
    let (author, on_behalf_of, consent_at): (Option<i64>, Option<String>, Option<i64>) =
        proposal_private::table
            .find(id.number())
            .select((
                proposal_private::author_id,
                proposal_private::on_behalf_of,
                proposal_private::consent_at,
            ))
            .first(conn)?;
    Ok(PrivatePart {
        author: author.map(Id::from_number),
        on_behalf_of: open_if_any(FOR_WHOM, on_behalf_of)?,
        consent_at: time_if_any(consent_at)?,
    })
}

/// Every proposal, newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Proposal>, Error> {
    load(proposals::table.order(proposals::id.desc()).select(Row::as_select()).load(conn)?)
}

/// What is open, longest waiting first.
pub fn list_open(conn: &mut Conn) -> Result<Vec<Proposal>, Error> {
    let query = proposals::table.filter(proposals::state.eq(State::Open.word()));
    load(query.order(proposals::published_at).select(Row::as_select()).load(conn)?)
}

/// What was published for everybody and not taken back, newest first, older than `before`.
pub fn list_public(
    conn: &mut Conn,
    before: Option<ProposalId>,
    limit: i64,
) -> Result<Vec<Proposal>, Error> {
    let shown = [State::Open.word(), State::Enough.word(), State::Expired.word()];
    let query = proposals::table
        .filter(proposals::audience.eq(Audience::Public.word()))
        .filter(proposals::state.eq_any(shown))
        .filter(proposals::is_retired.eq(false))
        .filter(proposals::id.lt(before.map_or(i64::MAX, Id::number)));
    load(query.order(proposals::id.desc()).limit(limit).select(Row::as_select()).load(conn)?)
}

/// How many proposals other servers may read: published for everybody and not taken back.
pub fn count_public(conn: &mut Conn) -> Result<i64, Error> {
    let shown = [State::Open.word(), State::Enough.word(), State::Expired.word()];
    let query = proposals::table
        .filter(proposals::is_unsaid.eq(false))
        .filter(proposals::audience.eq(Audience::Public.word()))
        .filter(proposals::state.eq_any(shown));
    Ok(query.count().get_result(conn)?)
}

/// What a member posted, newest first: their own diary.
pub fn list_by_author(conn: &mut Conn, author: MemberId) -> Result<Vec<Proposal>, Error> {
    let theirs = proposal_private::table
        .filter(proposal_private::author_id.eq(author.number()))
        .select(proposal_private::proposal_id);
    let query = proposals::table.filter(proposals::id.eq_any(theirs));
    load(query.order(proposals::id.desc()).select(Row::as_select()).load(conn)?)
}

/// How many of those that a member posted for everybody were published since a time.
pub fn count_published_by(
    conn: &mut Conn,
    author: MemberId,
    since: Timestamp,
) -> Result<i64, Error> {
    let theirs = proposal_private::table
        .filter(proposal_private::author_id.eq(author.number()))
        .select(proposal_private::proposal_id);
    let published = proposals::table
        .filter(proposals::id.eq_any(theirs))
        .filter(proposals::audience.eq(Audience::Public.word()))
        .filter(proposals::published_at.gt(micros(since)));
    Ok(published.count().get_result(conn)?)
}

/// Those to which a collective promised something, in order.
pub fn list_answered_by(conn: &mut Conn, actor: RemoteActorId) -> Result<Vec<Proposal>, Error> {
    let answered = promises::table
        .inner_join(promise_parties::table.on(promise_parties::promise_id.eq(promises::id)))
        .filter(promise_parties::actor_id.eq(actor.number()))
        .select(promises::proposal_id);
    let query = proposals::table.filter(proposals::id.eq_any(answered));
    load(query.order(proposals::id).select(Row::as_select()).load(conn)?)
}

/// The needs of a round, in the order in which they were posted.
pub fn list_in_round(conn: &mut Conn, round: RoundId) -> Result<Vec<Proposal>, Error> {
    let theirs = round_lines::table
        .filter(round_lines::round_id.eq(round.number()))
        .select(round_lines::proposal_id);
    let query = proposals::table.filter(proposals::id.eq_any(theirs));
    load(query.order(proposals::id).select(Row::as_select()).load(conn)?)
}

/// Which members posted the needs of a round.
pub fn list_authors_in_round(
    conn: &mut Conn,
    round: RoundId,
) -> Result<HashMap<ProposalId, MemberId>, Error> {
    let theirs = round_lines::table
        .filter(round_lines::round_id.eq(round.number()))
        .select(round_lines::proposal_id);
    let rows: Vec<(i64, Option<i64>)> = proposal_private::table
        .filter(proposal_private::proposal_id.eq_any(theirs))
        .select((proposal_private::proposal_id, proposal_private::author_id))
        .load(conn)?;
    let known = rows.into_iter().filter_map(|(need, author)| Some((need, author?)));
    Ok(known.map(|(need, author)| (Id::from_number(need), Id::from_number(author))).collect())
}

/// The ids of open proposals whose time has passed.
pub fn list_overdue(conn: &mut Conn, now: Timestamp) -> Result<Vec<ProposalId>, Error> {
    let ids: Vec<i64> = proposals::table
        .filter(proposals::state.eq(State::Open.word()))
        .filter(proposals::ends_at.le(micros(now)))
        .select(proposals::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// How many proposals were published since a moment, for whomever.
pub fn count_published_since(conn: &mut Conn, since: Timestamp) -> Result<i64, Error> {
    let lately = proposals::table.filter(proposals::published_at.ge(micros(since)));
    Ok(lately.count().get_result(conn)?)
}

/// The ids of those that are over since before a moment and still say what they said, in order. What
/// belongs to a round that is not closed yet is looked at there.
pub fn list_over_before(
    conn: &mut Conn,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<ProposalId>, Error> {
    let over = [State::Enough.word(), State::Withdrawn.word(), State::Expired.word()];
    let looked_at = round_lines::table
        .inner_join(rounds::table.on(rounds::id.eq(round_lines::round_id)))
        .filter(rounds::closed_at.is_null())
        .select(round_lines::proposal_id);
    let ids: Vec<i64> = proposals::table
        .filter(proposals::is_retired.eq(false))
        .filter(proposals::state.eq_any(over))
        .filter(proposals::updated_at.lt(micros(before)))
        .filter(diesel::dsl::not(proposals::id.eq_any(looked_at)))
        .order(proposals::id)
        .limit(limit)
        .select(proposals::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Forgets for whom those were posted that were over before a moment (mission E9: what is personal
/// of a closed need goes after a while).
pub fn forget_for_whom(conn: &mut Conn, before: Timestamp) -> Result<(), Error> {
    let over = [State::Enough.word(), State::Withdrawn.word(), State::Expired.word()];
    let old = proposals::table
        .filter(proposals::state.eq_any(over))
        .filter(proposals::updated_at.lt(micros(before)))
        .select(proposals::id);
    let target = proposal_private::table
        .filter(proposal_private::proposal_id.eq_any(old))
        .filter(proposal_private::on_behalf_of.is_not_null());
    // That it was for somebody stays: else it would look as if it had been for its author.
    diesel::update(target).set(proposal_private::on_behalf_of.eq(None::<String>)).execute(conn)?;
    Ok(())
}

fn load(rows: Vec<Row>) -> Result<Vec<Proposal>, Error> {
    rows.into_iter().map(Row::into_proposal).collect()
}

impl From<&Proposal> for Row {
    fn from(proposal: &Proposal) -> Self {
        let content = &proposal.content;
        let quantity = content.quantity.as_ref();
        let coverage = &proposal.coverage;
        let picture = content.picture.as_ref();
        Self {
            id: proposal.id.number(),
            purpose: proposal.purpose.word().to_owned(),
            title: content.title.clone(),
            text: content.text.clone(),
            kind: content.kind.clone(),
            amount: quantity.map(|quantity| quantity.amount.to_string()),
            unit: quantity.map(|quantity| quantity.unit.clone()),
            minimum: written(quantity.and_then(|quantity| quantity.minimum)),
            starts_at: content.starts_at.map(micros),
            ends_at: content.ends_at.map(micros),
            place: content.place.clone(),
            language: content.language.clone(),
            audience: content.audience.word().to_owned(),
            state: proposal.state.word().to_owned(),
            close_reason: proposal.close_reason.map(|reason| reason.word().to_owned()),
            published_at: proposal.published_at.map(micros),
            updated_at: micros(proposal.updated_at),
            revision: proposal.revision,
            promised: coverage.promised.to_string(),
            reserved: coverage.reserved.to_string(),
            answers: coverage.answers,
            came_low: coverage.came_low.to_string(),
            came_high: coverage.came_high.to_string(),
            picture: picture.map(|picture| picture.digest.clone()),
            picture_words: picture.map(|picture| picture.words.clone()),
            picture_width: picture.map(|picture| picture.width),
            picture_height: picture.map(|picture| picture.height),
            asked_by: proposal.asked_by.clone(),
            note_number: proposal.note.number,
            is_unsaid: proposal.note.is_unsaid,
            is_retired: proposal.note.is_retired,
        }
    }
}

impl Row {
    fn into_proposal(self) -> Result<Proposal, Error> {
        Ok(Proposal {
            id: Id::from_number(self.id),
            purpose: word(Purpose::from_word(&self.purpose), &self.purpose)?,
            state: word(State::from_word(&self.state), &self.state)?,
            close_reason: self.close_reason.as_deref().and_then(CloseReason::from_word),
            published_at: time_if_any(self.published_at)?,
            updated_at: time(self.updated_at)?,
            revision: self.revision,
            coverage: Coverage {
                promised: amount(&self.promised)?,
                reserved: amount(&self.reserved)?,
                answers: self.answers,
                came_low: amount(&self.came_low)?,
                came_high: amount(&self.came_high)?,
            },
            asked_by: self.asked_by.clone(),
            note: NoteMark {
                number: self.note_number,
                is_unsaid: self.is_unsaid,
                is_retired: self.is_retired,
            },
            content: self.into_content()?,
        })
    }

    fn into_content(self) -> Result<Content, Error> {
        let minimum = amount_if_any(self.minimum.as_deref())?;
        let quantity = match (self.amount, self.unit) {
            (Some(text), Some(unit)) => Some(Quantity { amount: amount(&text)?, unit, minimum }),
            _ => None,
        };
        Ok(Content {
            title: self.title,
            text: self.text,
            kind: self.kind,
            quantity,
            starts_at: time_if_any(self.starts_at)?,
            ends_at: time_if_any(self.ends_at)?,
            place: self.place,
            language: self.language,
            audience: word(self.audience.parse().ok(), &self.audience)?,
            picture: self.picture.map(|digest| Picture {
                digest,
                words: self.picture_words.unwrap_or_default(),
                width: self.picture_width.unwrap_or_default(),
                height: self.picture_height.unwrap_or_default(),
            }),
        })
    }
}
