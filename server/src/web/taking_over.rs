//! Replies from the fediverse that are promises: which are noted already, and the form that makes
//! one of a reply.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use axum::response::Response;

use crate::actions::send_link_again::send_link_again;
use crate::actions::take_over_reply::take_over_reply;
use crate::app::App;
use crate::db::replies::Reply;
use crate::db::{Conn, actors, followers, followings, promise_people, promises, replies};
use crate::domain::amount::Amount;
use crate::domain::id::{Id, PromiseId, ProposalId, RemoteActorId};
use crate::domain::neighbour::RemoteActor;
use crate::domain::promise::Promise;
use crate::domain::proposal::Proposal;
use crate::domain::suggestion::suggested_amount;
use crate::error::Error;
use crate::text;
use crate::web::error::Problem;
use crate::web::form::{Form, PathId};
use crate::web::page::go_on;
use crate::web::promises::{again, is_about_fields, typed, typed_amount};
use crate::web::proposal_page::{Attempt, Typed};
use crate::web::proposals::{find_visible, path_of};
use crate::web::session::SignedIn;
use crate::web::words::Words;

/// What is known about the replies to a proposal.
#[derive(Default)]
pub struct Answers {
    /// Those that are noted as promises, by their ids on the wire.
    taken: HashSet<String>,
    /// Who of their writers is no stranger.
    known: HashSet<RemoteActorId>,
    /// Who stands behind promises; for the author and the stewards.
    pub handles: HashMap<PromiseId, String>,
    /// What one account promised and has not brought; none for one that promised several times.
    awaited: HashMap<RemoteActorId, Option<PromiseId>>,
    /// The promises of people of the fediverse.
    persons: HashSet<PromiseId>,
    /// Whether this visitor may take replies over.
    may_take: bool,
}

/// The form that makes a promise of a reply.
pub struct TakeForm {
    /// The id of the reply.
    pub id: String,
    /// The amount that the reply seems to mean.
    pub amount: String,
    /// Of what; none where no amount is asked for.
    pub unit: Option<String>,
    /// Whether it reads like a promise of somebody whom we know.
    pub is_suggested: bool,
    /// What is wrong with what was typed.
    pub problem: Option<String>,
}

impl Answers {
    /// Reads it. `may_take` for the author and the stewards.
    pub fn read(
        conn: &mut Conn,
        proposal: ProposalId,
        said: &[(Reply, RemoteActor)],
        may_take: bool,
    ) -> Result<Self, Error> {
        let mut answers = Self { may_take, ..Self::default() };
        for (person, handle) in promise_people::list_by_proposal(conn, proposal)? {
            answers.taken.insert(person.reply.to_string());
            answers.persons.insert(person.promise);
            if let Some(actor) = person.actor.filter(|_| may_take)
                && promises::find(conn, person.promise)?.is_awaited()
            {
                let one = answers.awaited.entry(actor).or_insert(Some(person.promise));
                *one = one.filter(|first| *first == person.promise);
            }
            if let Some(handle) = handle.filter(|_| may_take) {
                answers.handles.insert(person.promise, format!("@{handle}"));
            }
        }
        let writers: HashSet<RemoteActorId> = said.iter().map(|(_, actor)| actor.id).collect();
        for writer in writers.into_iter().filter(|_| may_take) {
            if is_known(conn, writer)? {
                answers.known.insert(writer);
            }
        }
        Ok(answers)
    }

    /// Whether a reply is noted as a promise.
    pub fn is_taken(&self, reply: &Reply) -> bool {
        self.taken.contains(reply.url.as_str())
    }

    /// Whether somebody of the fediverse stands behind a promise.
    pub fn is_persons(&self, promise: PromiseId) -> bool {
        self.persons.contains(&promise)
    }

    /// The one promise of an account that is still to come, for those who look after replies.
    pub fn promise_of(&self, actor: RemoteActorId) -> Option<PromiseId> {
        self.awaited.get(&actor).copied().flatten()
    }

    /// The form for a reply, if this visitor may take it over. It is filled in for those whom we
    /// know, as far as the reply is plain; what was `typed` stands there again.
    pub fn form(
        &self,
        words: &Words<'_>,
        proposal: &Proposal,
        (reply, actor): (&Reply, &RemoteActor),
        typed: Option<&Typed>,
    ) -> Option<TakeForm> {
        if !self.may_take || !proposal.is_open() || self.is_taken(reply) {
            return None;
        }
        let quantity = proposal.content.quantity.as_ref();
        let is_known = self.known.contains(&actor.id) && actor.kind == "Person";
        let meant = suggested_amount(&text::written(&reply.html)).filter(|_| is_known);
        let shown = meant.filter(|_| quantity.is_some());
        let usual = || shown.map(|amount| words.number(amount)).unwrap_or_default();
        Some(TakeForm {
            id: Id::<()>::from_number(reply.id).to_string(),
            amount: typed.map_or_else(usual, |typed| typed.amount.clone()),
            unit: quantity.map(|quantity| words.unit(&quantity.unit)),
            is_suggested: meant.is_some(),
            problem: typed.map(|typed| words.locale.say(typed.refusal.key())),
        })
    }
}

/// Who follows us, whom we follow, and whoever promised before.
fn is_known(conn: &mut Conn, actor: RemoteActorId) -> Result<bool, Error> {
    Ok(followers::find_follow(conn, actor)?.is_some()
        || followings::is_accepted(conn, actor)?
        || promise_people::is_known(conn, actor)?)
}

/// `POST /replies/{id}/take`
pub async fn take(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<()>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let read = move |conn: &mut Conn| {
        let reply = replies::find(conn, id.number())?;
        let writer = actors::find(conn, reply.actor)?;
        Ok((reply.proposal, writer.address))
    };
    let (proposal, handle) = app.db.read(read).await?;
    let path = path_of(&app, proposal);
    let taken = match typed_amount(&fields, Amount::positive) {
        Ok(amount) => take_over_reply(&app, &signed_in.member, id.number(), amount).await,
        Err(refusal) => Err(refusal.into()),
    };
    match taken {
        Ok(_) => Ok(go_on(&app, &path, "person-noted", &[&format!("@{handle}")])),
        Err(Error::Refused(refusal)) if is_about_fields(refusal) => {
            let attempt = Attempt::Take(id.number(), typed(&fields, refusal));
            again(&app, &signed_in, proposal, attempt).await
        }
        Err(error) => Err(Problem::from(error).at(&path)),
    }
}

/// `POST /promises/{id}/link`
pub async fn send_link(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Promise>,
    _form: Form,
) -> Result<Response, Problem> {
    let looker = signed_in.visitor.clone();
    let read = move |conn: &mut Conn| {
        let proposal = promises::find(conn, id)?.proposal;
        find_visible(conn, &looker, proposal)?;
        let person = promise_people::find(conn, id)?.and_then(|person| person.actor);
        let person = person.map(|actor| actors::find(conn, actor)).transpose()?;
        Ok((proposal, person.map(|actor| format!("@{}", actor.address))))
    };
    let (proposal, who) = app.db.read(read).await?;
    let path = path_of(&app, proposal);
    let sent = send_link_again(&app, &signed_in.member, id).await;
    sent.map_err(|error| Problem::from(error).at(&path))?;
    Ok(go_on(&app, &path, "link-again-done", &[&who.unwrap_or_default()]))
}
