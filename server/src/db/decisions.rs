//! What the assembly decides, and what members say about it while it is open.

use diesel::dsl::count_star;
use diesel::prelude::*;
use jiff::Timestamp;

use crate::db::schema::{decision_private, decision_voices_private as voices, decisions};
use crate::db::sealing::{open_if_any, seal_if_any};
use crate::db::types::{micros, time, time_if_any, word};
use crate::db::{Conn, each_backend};
use crate::domain::decision::{Decision, Ending, Method, Opinions, Outcome, Spoken, Tally, Voice};
use crate::domain::id::{DecisionId, Id, MemberId};
use crate::domain::subject::Subject;
use crate::error::Error;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = decisions, treat_none_as_null = true)]
struct Row {
    id: i64,
    title: String,
    text: String,
    method: String,
    quorum: i64,
    members: i64,
    asks_followers: bool,
    agenda_id: Option<i64>,
    opened_at: i64,
    closes_at: i64,
    ending: Option<String>,
    closed_at: Option<i64>,
    yes: i64,
    no: i64,
    aside: i64,
    objections: i64,
    opinions_yes: i64,
    opinions_no: i64,
    subject: Option<String>,
    carried_out_at: Option<i64>,
}

/// Stores a new one, with who proposed it in the private table.
pub fn insert(conn: &mut Conn, new: &Decision, proposed_by: MemberId) -> Result<(), Error> {
    diesel::insert_into(decisions::table).values(Row::from(new)).execute(conn)?;
    let private = (
        decision_private::decision_id.eq(new.id.number()),
        decision_private::proposed_by.eq(proposed_by.number()),
    );
    diesel::insert_into(decision_private::table).values(private).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: DecisionId) -> Result<Decision, Error> {
    decisions::table.find(id.number()).select(Row::as_select()).first(conn)?.into_decision()
}

/// One of them, locked until the transaction ends: whoever speaks and whoever closes it must see
/// each other. The update changes nothing.
pub fn lock(conn: &mut Conn, id: DecisionId) -> Result<Decision, Error> {
    let target = decisions::table.find(id.number());
    let row: Row = each_backend!(conn, |c| diesel::update(target)
        .set(decisions::method.eq(decisions::method))
        .returning(Row::as_returning())
        .get_result(c))?;
    row.into_decision()
}

/// Writes every column.
pub fn update(conn: &mut Conn, changed: &Decision) -> Result<(), Error> {
    let target = decisions::table.find(changed.id.number());
    diesel::update(target).set(Row::from(changed)).execute(conn)?;
    Ok(())
}

/// Who proposed it, if they are still here.
pub fn find_proposer(conn: &mut Conn, id: DecisionId) -> Result<Option<MemberId>, Error> {
    let private = decision_private::table.find(id.number());
    let found: Option<i64> = private.select(decision_private::proposed_by).first(conn)?;
    Ok(found.map(Id::from_number))
}

/// Those that a member proposed, in order: for themselves.
pub fn list_proposed_by(conn: &mut Conn, member: MemberId) -> Result<Vec<Decision>, Error> {
    let theirs = decision_private::table
        .filter(decision_private::proposed_by.eq(member.number()))
        .select(decision_private::decision_id);
    let rows: Vec<Row> = decisions::table
        .filter(decisions::id.eq_any(theirs))
        .order(decisions::id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::into_decision).collect()
}

/// Those that are not closed; the one that ends first comes first.
pub fn list_open(conn: &mut Conn) -> Result<Vec<Decision>, Error> {
    let open = decisions::table.filter(decisions::closed_at.is_null());
    let rows: Vec<Row> =
        open.order((decisions::closes_at, decisions::id)).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_decision).collect()
}

/// Those that are closed, the newest first, at most `limit`: all of them, or those that opened
/// before one.
pub fn list_closed(
    conn: &mut Conn,
    before: Option<DecisionId>,
    limit: i64,
) -> Result<Vec<Decision>, Error> {
    let first = before.map_or(i64::MAX, Id::number);
    let closed =
        decisions::table.filter(decisions::closed_at.is_not_null()).filter(decisions::id.lt(first));
    let rows: Vec<Row> =
        closed.order(decisions::id.desc()).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_decision).collect()
}

/// Those that somebody can cite for an act, the newest first, at most `limit`: they were adopted,
/// nothing was done by them before, and they do not say by themselves what they carry out.
pub fn list_citable(conn: &mut Conn, limit: i64) -> Result<Vec<Decision>, Error> {
    let citable = decisions::table
        .filter(decisions::ending.eq(Ending::Adopted.word()))
        .filter(decisions::carried_out_at.is_null())
        .filter(decisions::subject.is_null());
    let rows: Vec<Row> =
        citable.order(decisions::id.desc()).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Row::into_decision).collect()
}

/// Notes that something was done by a decision; false if something was before. Of two acts at the
/// same moment one gets it: the update waits for the other, and looks again.
pub fn use_up(conn: &mut Conn, id: DecisionId, now: Timestamp) -> Result<bool, Error> {
    let target = decisions::table.find(id.number()).filter(decisions::carried_out_at.is_null());
    let used = diesel::update(target).set(decisions::carried_out_at.eq(micros(now)));
    Ok(used.execute(conn)? == 1)
}

/// Those whose deadline is over and that nobody has closed.
pub fn list_due(conn: &mut Conn, now: Timestamp) -> Result<Vec<DecisionId>, Error> {
    let due = decisions::table
        .filter(decisions::closed_at.is_null())
        .filter(decisions::closes_at.le(micros(now)));
    let ids: Vec<i64> = due.order(decisions::id).select(decisions::id).load(conn)?;
    Ok(ids.into_iter().map(Id::from_number).collect())
}

/// Notes what a member says: the last word counts.
pub fn insert_voice(
    conn: &mut Conn,
    id: i64,
    (decision, member): (DecisionId, MemberId),
    (voice, words, with_name): (Voice, Option<&str>, bool),
) -> Result<(), Error> {
    let words = seal_if_any("decision_voices_private.words", words)?;
    let row = (
        voices::id.eq(id),
        voices::decision_id.eq(decision.number()),
        voices::member_id.eq(member.number()),
        voices::voice.eq(voice.word()),
        voices::words.eq(words.clone()),
        voices::with_name.eq(with_name),
    );
    let changed = || {
        let words = voices::words.eq(words.clone());
        (voices::voice.eq(voice.word()), words, voices::with_name.eq(with_name))
    };
    each_backend!(conn, |c| diesel::insert_into(voices::table)
        .values(row)
        .on_conflict((voices::decision_id, voices::member_id))
        .do_update()
        .set(changed())
        .execute(c))?;
    Ok(())
}

/// What a member said, for themselves.
pub fn find_voice(
    conn: &mut Conn,
    decision: DecisionId,
    member: MemberId,
) -> Result<Option<Spoken>, Error> {
    let theirs = voices::table
        .filter(voices::decision_id.eq(decision.number()))
        .filter(voices::member_id.eq(member.number()));
    theirs.select(SPOKEN).first::<SpokenRow>(conn).optional()?.map(spoken).transpose()
}

/// What is known that a member said, by decision: for themselves.
pub fn list_voices_of(
    conn: &mut Conn,
    member: MemberId,
) -> Result<Vec<(DecisionId, Spoken)>, Error> {
    let theirs = voices::table.filter(voices::member_id.eq(member.number())).order(voices::id);
    let rows: Vec<(i64, SpokenRow)> = theirs.select((voices::decision_id, SPOKEN)).load(conn)?;
    rows.into_iter().map(|(id, row)| Ok((Id::from_number(id), spoken(row)?))).collect()
}

/// The objections, in the order in which they came.
pub fn list_objections(conn: &mut Conn, decision: DecisionId) -> Result<Vec<Spoken>, Error> {
    let objections = voices::table
        .filter(voices::decision_id.eq(decision.number()))
        .filter(voices::voice.eq(Voice::Objection.word()));
    let rows: Vec<SpokenRow> = objections.order(voices::id).select(SPOKEN).load(conn)?;
    rows.into_iter().map(spoken).collect()
}

/// How the voices fall that were given here.
pub fn tally(conn: &mut Conn, decision: DecisionId) -> Result<Tally, Error> {
    let all = voices::table.filter(voices::decision_id.eq(decision.number()));
    let counted: Vec<(String, i64)> =
        all.group_by(voices::voice).select((voices::voice, count_star())).load(conn)?;
    let mut tally = Tally::default();
    for (said, count) in counted {
        match word(Voice::from_word(&said), &said)? {
            Voice::Yes => tally.yes = count,
            Voice::No => tally.no = count,
            Voice::Aside => tally.aside = count,
            Voice::Objection => tally.objections = count,
        }
    }
    Ok(tally)
}

/// Forgets who said what: of a closed decision only objections are kept, and a name only where it
/// stands beside one.
pub fn forget_voices(conn: &mut Conn, decision: DecisionId) -> Result<(), Error> {
    let all = || voices::table.filter(voices::decision_id.eq(decision.number()));
    let plain = all().filter(voices::voice.ne(Voice::Objection.word()));
    diesel::delete(plain).execute(conn)?;
    let unnamed = all().filter(voices::with_name.eq(false));
    diesel::update(unnamed).set(voices::member_id.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// Forgets everything that was said.
pub fn delete_voices(conn: &mut Conn, decision: DecisionId) -> Result<(), Error> {
    let all = voices::table.filter(voices::decision_id.eq(decision.number()));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

type SpokenRow = (Option<i64>, String, Option<String>, bool);
const SPOKEN: (voices::member_id, voices::voice, voices::words, voices::with_name) =
    (voices::member_id, voices::voice, voices::words, voices::with_name);

fn spoken((member, voice, words, with_name): SpokenRow) -> Result<Spoken, Error> {
    let member = member.map(Id::from_number);
    let words = open_if_any("decision_voices_private.words", words)?;
    Ok(Spoken { member, voice: word(Voice::from_word(&voice), &voice)?, words, with_name })
}

impl From<&Decision> for Row {
    fn from(decision: &Decision) -> Self {
        let outcome = decision.outcome;
        let tally = outcome.map(|outcome| outcome.tally).unwrap_or_default();
        let opinions = outcome.map(|outcome| outcome.opinions).unwrap_or_default();
        Self {
            id: decision.id.number(),
            title: decision.title.clone(),
            text: decision.text.clone(),
            method: decision.method.word().to_owned(),
            quorum: decision.quorum,
            members: decision.members,
            asks_followers: decision.asks_followers,
            agenda_id: decision.answers.map(Id::number),
            opened_at: micros(decision.opened_at),
            closes_at: micros(decision.closes_at),
            ending: outcome.map(|outcome| outcome.ending.word().to_owned()),
            closed_at: outcome.map(|outcome| micros(outcome.closed_at)),
            yes: tally.yes,
            no: tally.no,
            aside: tally.aside,
            objections: tally.objections,
            opinions_yes: opinions.yes,
            opinions_no: opinions.no,
            subject: decision.subject.map(Subject::written),
            carried_out_at: decision.carried_out_at.map(micros),
        }
    }
}

impl Row {
    fn into_decision(self) -> Result<Decision, Error> {
        let ending = self.ending.map(|ending| word(Ending::from_word(&ending), &ending));
        let subject = self.subject.map(|subject| word(Subject::read(&subject), &subject));
        let outcome = |(ending, closed_at)| Outcome {
            ending,
            closed_at,
            tally: Tally {
                yes: self.yes,
                no: self.no,
                aside: self.aside,
                objections: self.objections,
            },
            opinions: Opinions { yes: self.opinions_yes, no: self.opinions_no },
        };
        Ok(Decision {
            id: Id::from_number(self.id),
            method: word(Method::from_word(&self.method), &self.method)?,
            quorum: self.quorum,
            members: self.members,
            asks_followers: self.asks_followers,
            answers: self.agenda_id.map(Id::from_number),
            subject: subject.transpose()?,
            opened_at: time(self.opened_at)?,
            closes_at: time(self.closes_at)?,
            outcome: ending.transpose()?.zip(time_if_any(self.closed_at)?).map(outcome),
            carried_out_at: time_if_any(self.carried_out_at)?,
            title: self.title,
            text: self.text,
        })
    }
}
