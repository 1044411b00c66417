//! Who stands behind promises and proposals, as opaque numbers. An account of the fediverse that a
//! member proved is that member; one that nobody proved is somebody of their own, as is whoever a
//! need was posted for.

use std::collections::HashMap;
use std::hash::Hash;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::proposals::FOR_WHOM;
use crate::db::schema::{
    member_handles_private, promise_duties_private, promise_parties, promise_person_private,
    promise_private, proposal_person_private, proposal_private, remote_actors,
};
use crate::db::sealing::open_if_any;
use crate::domain::mutuality::flows::Party;
use crate::error::Error;

/// Who somebody is, before that is turned into a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// A member.
    Member(i64),
    /// An account of the fediverse that no member proved.
    Account(i64),
    /// Somebody for whom a member posted, by what is written there about them.
    Named(String),
    /// What a duty holds in common.
    Duty(i64),
    /// Another collective.
    Outside,
    /// Somebody for whom a member posted, of whom it is no longer kept who they were (mission E9).
    Forgotten,
}

/// Everybody who stands behind something.
pub struct Parties {
    promisers: HashMap<i64, Who>,
    proposers: HashMap<i64, Who>,
    numbers: HashMap<Who, u64>,
}

impl Parties {
    /// Reads them.
    pub fn read(conn: &mut Conn) -> Result<Self, Error> {
        let members = read_accounts(conn)?;
        let account = |actor: i64| match members.get(&actor) {
            Some(member) => Who::Member(*member),
            None => Who::Account(actor),
        };
        Ok(Self {
            promisers: read_promisers(conn, &account)?,
            proposers: read_proposers(conn, &account)?,
            numbers: HashMap::new(),
        })
    }

    /// Who promised; none if nothing says so any more.
    pub fn promiser(&self, promise: i64) -> Option<Who> {
        self.promisers.get(&promise).cloned()
    }

    /// Who asked or offered; none if nothing says so any more.
    pub fn proposer(&self, proposal: i64) -> Option<Who> {
        self.proposers.get(&proposal).cloned()
    }

    /// Their number in this reading.
    pub fn number(&mut self, who: &Who) -> u64 {
        let next = u64::try_from(self.numbers.len()).unwrap_or(u64::MAX);
        *self.numbers.entry(who.clone()).or_insert(next)
    }

    /// The same for the graph of deeds.
    pub fn party(&mut self, who: &Who) -> Party {
        match who {
            Who::Outside => Party::Outside,
            Who::Forgotten => Party::Forgotten,
            Who::Duty(_) => Party::Pool(self.number(who)),
            Who::Member(_) | Who::Account(_) | Who::Named(_) => Party::Person(self.number(who)),
        }
    }
}

/// The members behind accounts of the fediverse.
fn read_accounts(conn: &mut Conn) -> Result<HashMap<i64, i64>, Error> {
    let proved = member_handles_private::table
        .inner_join(
            remote_actors::table.on(remote_actors::url.eq(member_handles_private::actor_url)),
        )
        .select((remote_actors::id, member_handles_private::member_id));
    Ok(proved.load(conn)?.into_iter().collect())
}

/// What is said first holds: the duty in whose name it was promised, another collective, a member,
/// an account.
fn read_promisers(
    conn: &mut Conn,
    account: &dyn Fn(i64) -> Who,
) -> Result<HashMap<i64, Who>, Error> {
    use promise_duties_private as duties;
    use promise_person_private as people;
    let duties: Vec<(i64, i64)> =
        duties::table.select((duties::promise_id, duties::duty_id)).load(conn)?;
    let others: Vec<i64> = promise_parties::table.select(promise_parties::promise_id).load(conn)?;
    let columns = (promise_private::promise_id, promise_private::member_id);
    let members: Vec<(i64, Option<i64>)> = promise_private::table.select(columns).load(conn)?;
    let people: Vec<(i64, Option<i64>)> =
        people::table.select((people::promise_id, people::actor_id)).load(conn)?;
    let duties = duties.into_iter().map(|(promise, duty)| (promise, Some(Who::Duty(duty))));
    let others = others.into_iter().map(|promise| (promise, Some(Who::Outside)));
    let members = members.into_iter().map(|(promise, member)| (promise, member.map(Who::Member)));
    let people = people.into_iter().map(|(promise, actor)| (promise, actor.map(account)));
    Ok(first_said(duties.chain(others).chain(members).chain(people)))
}

/// The account that asked; whoever a member posted for, also if that is forgotten; the member.
fn read_proposers(
    conn: &mut Conn,
    account: &dyn Fn(i64) -> Who,
) -> Result<HashMap<i64, Who>, Error> {
    use proposal_person_private as people;
    use proposal_private as private;
    let people: Vec<(i64, Option<i64>)> =
        people::table.select((people::proposal_id, people::actor_id)).load(conn)?;
    let columns =
        (private::proposal_id, private::author_id, private::on_behalf_of, private::consent_at);
    type Row = (i64, Option<i64>, Option<String>, Option<i64>);
    let authors: Vec<Row> = private::table.select(columns).load(conn)?;
    let people = people.into_iter().map(|(proposal, actor)| (proposal, actor.map(account)));
    let read = |(proposal, author, named, consent): Row| {
        // Sealed, the same name is never twice the same.
        let named = open_if_any(FOR_WHOM, named)?;
        let named = named.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
        let forgotten = consent.map(|_| Who::Forgotten);
        Ok((proposal, named.map(Who::Named).or(forgotten).or(author.map(Who::Member))))
    };
    let authors = authors.into_iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    Ok(first_said(people.chain(authors)))
}

fn first_said<K: Eq + Hash>(said: impl Iterator<Item = (K, Option<Who>)>) -> HashMap<K, Who> {
    let mut found = HashMap::new();
    for (of, who) in said {
        if let Some(who) = who {
            found.entry(of).or_insert(who);
        }
    }
    found
}
