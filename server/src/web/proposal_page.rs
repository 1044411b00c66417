//! The page of a need or an offer: what it says, who promised what, what came, what is said.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;

use crate::app::App;
use crate::db::replies::Reply;
use crate::db::{
    Conn, actors, duties, fulfilments, incoming_promises, members, promise_duties, promises,
    proposal_people, replies,
};
use crate::domain::amount::Amount;
use crate::domain::collective::domain_of;
use crate::domain::duty::Duty;
use crate::domain::fulfilment::{Confirmation, Fulfilment};
use crate::domain::id::{Id, IncomingPromiseId, MemberId, PromiseId, ProposalId};
use crate::domain::incoming_promise::Party;
use crate::domain::neighbour::RemoteActor;
use crate::domain::promise::{Promise, PromisePrivate};
use crate::domain::proposal::{PrivatePart, Proposal, Purpose, State};
use crate::domain::refusal::Refusal;
use crate::domain::round::Round;
use crate::error::Error;
use crate::text;
use crate::web::coverage::{self, Coverage};
use crate::web::error::Problem;
use crate::web::form::new_key;
use crate::web::incoming::{self, Pending, Waiting};
use crate::web::need_context::{self, Behind, Causes, RoundLink};
use crate::web::page::{Page, show as page};
use crate::web::pictures::Seen;
use crate::web::posts::{Family, Post, Which};
use crate::web::promise_lines::{DoneOrOff, Line, Lines};
use crate::web::proposals::{find_visible, is_author, path_of};
use crate::web::session::Visitor;
use crate::web::taking_over::{Answers, TakeForm};
use crate::web::words::{Day, Words, language, link};

/// What somebody tried on this page, and why it did not work.
pub enum Attempt {
    /// Nothing.
    None,
    /// To promise.
    Promise(Typed),
    /// To confirm a promise.
    Confirm(PromiseId, Typed),
    /// To correct what was confirmed.
    Correct(PromiseId, Typed),
    /// To ask another collective for something else than it promised.
    Counter(IncomingPromiseId, Typed),
    /// To make a promise of a reply, by the number of it.
    Take(i64, Typed),
}

/// What was typed, and what is wrong with it.
pub struct Typed {
    /// How much.
    pub amount: String,
    /// A word about it.
    pub note: String,
    /// The reason.
    pub refusal: Refusal,
}

/// Everything that is read for the page.
pub struct Found {
    /// Whether the visitor may see who is behind it: a member, or the one who posted it.
    pub is_insider: bool,
    /// What the page is about.
    pub proposal: Proposal,
    /// Who posted it, and for whom.
    pub private: PrivatePart,
    /// What was promised, in the order of arrival.
    pub promises: Vec<(Promise, PromisePrivate)>,
    /// The ones elsewhere who stand behind promises, and whether each is a collective.
    pub parties: HashMap<PromiseId, (Party, bool)>,
    /// What others elsewhere promise, for those who may answer it.
    pub waiting: Vec<Pending>,
    /// What was confirmed.
    pub confirmations: Vec<Confirmation>,
    /// The words that came with confirmations.
    pub notes: Vec<(PromiseId, String)>,
    /// What came.
    pub fulfilments: Vec<Fulfilment>,
    /// What the fediverse replied.
    pub replies: Vec<(Reply, RemoteActor)>,
    /// Which replies are promises.
    pub answers: Answers,
    /// The handle of who asked from the fediverse; for the stewards.
    pub asker: Option<String>,
    /// Who is who; empty for strangers.
    pub names: HashMap<MemberId, String>,
    /// The round that it belongs to; for those who are signed in.
    pub round: Option<Round>,
    /// What may be said of what is behind it; for those who may close it.
    pub causes: Option<Causes>,
    /// In the name of which duty promises were made; empty for strangers.
    pub duties: HashMap<PromiseId, String>,
    /// In whose name the visitor may promise, besides their own.
    pub may_speak_for: Vec<Duty>,
}

#[derive(Template)]
#[template(path = "proposals/show.html")]
struct Show {
    page: Page,
    proposal: Shown,
    allowed: Allowed,
    ends_soon: Option<String>,
    promise_form: PromiseForm,
    waiting: Vec<Waiting>,
    promises: Vec<Line>,
    fulfilments: Vec<Came>,
    came_in_all: Option<String>,
    conversation: Option<Vec<Said>>,
    private_part: Option<Private>,
    round: Option<RoundLink>,
    behind: Option<Behind>,
}

struct Shown {
    id: String,
    is_need: bool,
    is_draft: bool,
    is_public: bool,
    title: String,
    language_code: String,
    language: String,
    html: String,
    asked_by: Option<String>,
    kind: Option<String>,
    place: Option<String>,
    from: Option<Day>,
    until: Option<Day>,
    minimum: Option<String>,
    audience: String,
    posted: Option<Day>,
    url: String,
    canonical: String,
    state: Option<String>,
    coverage: Option<Coverage>,
    picture: Option<Seen>,
}

#[derive(Default)]
struct Allowed {
    edit: bool,
    publish: bool,
    close: bool,
    reopen: bool,
    withdraw: bool,
    extend: bool,
    promise: bool,
}

struct PromiseForm {
    key: String,
    amount: String,
    unit: Option<String>,
    note: String,
    explanation: String,
    /// The duties in whose name it can be made: id and title.
    duties: Vec<(String, String)>,
    problem: Option<String>,
    is_reserve: bool,
}

struct Came {
    text: String,
    date: String,
    iso: String,
}

struct Said {
    author: String,
    is_direct: bool,
    post: Post,
    date: String,
    iso: String,
    href: String,
    is_promise: bool,
    take: Option<TakeForm>,
    done_or_off: Option<DoneOrOff>,
}

struct Private {
    author: String,
    on_behalf_of: Option<String>,
    consent: Option<String>,
}

/// The page of a proposal, with what was tried on it.
pub async fn show(
    app: &App,
    visitor: &Visitor,
    id: ProposalId,
    attempt: Attempt,
) -> Result<Response, Problem> {
    let looker = visitor.clone();
    let shared = app.clone();
    let found = app.db.read(move |conn| Found::read(&shared, conn, &looker, id)).await?;
    let words = Words::new(app, visitor);
    let proposal = &found.proposal;
    let allowed = allowed(visitor, &found);
    let soon = proposal.ends_soon(words.now) && allowed.edit;
    let end = proposal.content.ends_at.filter(|_| soon);
    let lines = Lines { words: &words, visitor, found: &found, attempt: &attempt };
    page(&Show {
        page: Page::new(app, visitor, proposal.content.title.as_str()).found_at(path_of(app, id)),
        proposal: shown(&words, proposal),
        ends_soon: end.map(|end| words.day(end).text),
        promise_form: promise_form(&words, &found, &attempt),
        waiting: incoming::lines(&words, proposal, &found.waiting, &attempt),
        promises: lines.list(),
        fulfilments: found.fulfilments.iter().map(|each| came(&words, proposal, each)).collect(),
        came_in_all: came_in_all(&words, proposal),
        conversation: found.is_insider.then(|| conversation(&lines)),
        private_part: private_part(&words, visitor, &found),
        round: found.round.as_ref().map(RoundLink::of),
        behind: found.causes.as_ref().map(|causes| causes.form(&words)),
        allowed,
    })
}

impl Found {
    fn read(app: &App, conn: &mut Conn, visitor: &Visitor, id: ProposalId) -> Result<Self, Error> {
        let (proposal, private) = find_visible(conn, visitor, id)?;
        let mut promised = Vec::new();
        for promise in promises::list_by_proposal(conn, id)? {
            let private = promises::find_private(conn, promise.id)?;
            promised.push((promise, private));
        }
        let promised_ids: Vec<PromiseId> = promised.iter().map(|(each, _)| each.id).collect();
        let is_member = visitor.is_full_member() || is_author(visitor, &private);
        let sees_all = visitor
            .member()
            .is_some_and(|member| proposal.may_be_changed_by(member, &private).is_ok());
        let mut said = if is_member { replies::list_by_proposal(conn, id)? } else { Vec::new() };
        let rules = app.rules();
        let is_shown =
            |reply: &Reply, writer: &RemoteActor| reply.is_public && !rules.limits_url(&writer.url);
        said.retain(|(reply, writer)| sees_all || is_shown(reply, writer));
        let answers = match is_member {
            true => Answers::read(conn, id, &said, sees_all)?,
            false => Answers::default(),
        };
        let people = if is_member { members::list(conn)? } else { Vec::new() };
        let notes = if is_member { promises::list_notes(conn, id)? } else { Vec::new() };
        let round = match visitor.member() {
            Some(_) => need_context::round_of(conn, id)?,
            None => None,
        };
        let causes = match sees_all && proposal.purpose == Purpose::Need {
            true => Some(Causes::read(conn, id)?),
            false => None,
        };
        let confirmations = promises::list_confirmations(conn, id)?;
        let came = fulfilments::list_by_proposal(conn, id)?;
        Ok(Self {
            is_insider: is_member,
            proposal,
            private,
            promises: promised,
            parties: parties(conn, id)?,
            waiting: if sees_all { incoming::read(app, conn, id)? } else { Vec::new() },
            notes: notes.into_iter().map(|(promise, _, note)| (promise, note)).collect(),
            fulfilments: came.into_iter().map(|each| each.recounted(&confirmations)).collect(),
            confirmations,
            replies: said,
            answers,
            asker: if sees_all { proposal_people::find_handle(conn, id)? } else { None },
            duties: match is_member {
                true => promise_duties::list_titles(conn, &promised_ids)?,
                false => HashMap::new(),
            },
            may_speak_for: speaks_for(conn, visitor)?,
            names: people.into_iter().map(|member| (member.id, member.name)).collect(),
            round,
            causes,
        })
    }
}

/// The duties in whose name a visitor may promise: those that they look after.
fn speaks_for(conn: &mut Conn, visitor: &Visitor) -> Result<Vec<Duty>, Error> {
    match visitor.member() {
        Some(member) if member.is_steward() => duties::list_live(conn),
        Some(member) if member.viewer().is_member() => duties::list_kept_by(conn, member.id),
        _ => Ok(Vec::new()),
    }
}

fn parties(
    conn: &mut Conn,
    proposal: ProposalId,
) -> Result<HashMap<PromiseId, (Party, bool)>, Error> {
    let mut found = HashMap::new();
    for party in incoming_promises::list_parties(conn, proposal)? {
        // Of one that is gone nobody knows any more whether it was a person.
        let is_collective = match party.actor {
            Some(actor) => actors::find(conn, actor)?.kind != "Person",
            None => false,
        };
        found.insert(party.promise, (party, is_collective));
    }
    Ok(found)
}

fn shown(words: &Words<'_>, proposal: &Proposal) -> Shown {
    let content = &proposal.content;
    let quantity = content.quantity.as_ref();
    let minimum = quantity
        .and_then(|quantity| Some(words.amount(quantity.minimum_worth_saying()?, &quantity.unit)));
    let urls = words.app.collective.urls();
    Shown {
        id: proposal.id.to_string(),
        is_need: proposal.purpose == Purpose::Need,
        is_draft: proposal.state == State::Draft,
        is_public: proposal.is_public(),
        title: content.title.clone(),
        language_code: content.language.clone(),
        language: language(&content.language),
        html: text::markdown(&content.text),
        asked_by: words.locale.asked_by(proposal),
        kind: content.kind.as_deref().map(|kind| words.kind(kind)),
        place: content.place.clone(),
        from: content.starts_at.map(|start| words.day(start)),
        until: content.ends_at.map(|end| words.day(end)),
        minimum,
        audience: words.locale.say(&format!("audience-{}", content.audience.word())),
        posted: proposal.published_at.map(|at| words.day(at)),
        url: urls.note(proposal).to_string(),
        canonical: urls.page(proposal.id).to_string(),
        state: (!proposal.is_open()).then(|| words.state(proposal)),
        coverage: coverage::of_ours(words, proposal),
        picture: Seen::of(proposal),
    }
}

fn allowed(visitor: &Visitor, found: &Found) -> Allowed {
    let Some(member) = visitor.member() else { return Allowed::default() };
    let (proposal, state) = (&found.proposal, found.proposal.state);
    let changes = proposal.may_be_changed_by(member, &found.private).is_ok();
    Allowed {
        edit: changes,
        publish: changes && state == State::Draft,
        close: changes && matches!(state, State::Open | State::Expired),
        reopen: changes && matches!(state, State::Enough | State::Expired),
        withdraw: changes,
        extend: changes && proposal.is_open() && proposal.content.ends_at.is_some(),
        promise: proposal.is_open(),
    }
}

fn promise_form(words: &Words<'_>, found: &Found, attempt: &Attempt) -> PromiseForm {
    let proposal = &found.proposal;
    let quantity = proposal.content.quantity.as_ref();
    let open = proposal.open_amount().unwrap_or_default();
    let is_reserve = quantity.is_some() && open.is_zero();
    let explanation = match quantity {
        None => words.locale.say("promise-any"),
        Some(_) if is_reserve => words.locale.say("promise-reserve"),
        Some(quantity) => {
            let open = words.amount(open, &quantity.unit);
            words.locale.say_with("promise-now", [("open", open.into())])
        }
    };
    let least = || quantity.and_then(|quantity| quantity.minimum).unwrap_or(Amount::ONE);
    let usual = if is_reserve { least() } else { open };
    let (amount, note, problem) = match attempt {
        Attempt::Promise(typed) => {
            let problem = words.locale.say(typed.refusal.key());
            (typed.amount.clone(), typed.note.clone(), Some(problem))
        }
        _ => (words.number(usual), String::new(), None),
    };
    let unit = quantity.map(|quantity| words.unit(&quantity.unit));
    let key = new_key(words.app);
    let name = |duty: &Duty| (duty.id.to_string(), duty.content.title.clone());
    let duties = found.may_speak_for.iter().map(name).collect();
    PromiseForm { key, amount, unit, note, explanation, duties, problem, is_reserve }
}

/// What came is told as the collective's deed, to members too: the names stand with the promises.
fn came(words: &Words<'_>, proposal: &Proposal, fulfilment: &Fulfilment) -> Came {
    let counts = fulfilment.proposer_amount.zip(fulfilment.promiser_amount);
    let text = match (&proposal.content.quantity, counts) {
        (Some(quantity), Some((one, other))) => {
            let amount = words.counts(one.min(other), one.max(other), &quantity.unit);
            words.locale.say_with("proposal-came-line", [("amount", amount.into())])
        }
        _ => words.locale.say("proposal-came-line-plain"),
    };
    let day = words.lately(fulfilment.fulfilled_at);
    Came { text, date: day.text, iso: day.iso }
}

fn came_in_all(words: &Words<'_>, proposal: &Proposal) -> Option<String> {
    let quantity = proposal.content.quantity.as_ref()?;
    let coverage = &proposal.coverage;
    words.came(coverage.came_low, coverage.came_high, quantity.amount, &quantity.unit)
}

fn conversation(lines: &Lines<'_>) -> Vec<Said> {
    let (words, found) = (lines.words, lines.found);
    let said = |(reply, actor): &(Reply, RemoteActor)| {
        let day = words.lately(reply.published_at);
        let typed = match lines.attempt {
            Attempt::Take(id, typed) if *id == reply.id => Some(typed),
            _ => None,
        };
        Said {
            author: format!("@{}", actor.address),
            is_direct: !reply.is_public,
            post: post(words, lines.visitor, reply, actor),
            date: day.text,
            iso: day.iso,
            href: link(&reply.page),
            is_promise: found.answers.is_taken(reply),
            take: found.answers.form(words, &found.proposal, (reply, actor), typed),
            done_or_off: (!found.answers.is_taken(reply))
                .then(|| lines.done_or_off(actor.id, &reply.html))
                .flatten(),
        }
    };
    found.replies.iter().map(said).collect()
}

fn post(words: &Words<'_>, visitor: &Visitor, reply: &Reply, actor: &RemoteActor) -> Post {
    let id = Id::<()>::from_number(reply.id).to_string();
    let which = Which { family: Family::Reply, id, host: &domain_of(&actor.url) };
    Post::of(words, visitor, &which, (&reply.html, &reply.extras))
}

fn private_part(words: &Words<'_>, visitor: &Visitor, found: &Found) -> Option<Private> {
    let private = &found.private;
    let member = visitor.member()?;
    if !member.is_steward() && !is_author(visitor, private) {
        return None;
    }
    let author = private.author.and_then(|author| found.names.get(&author).cloned());
    let consent = private.consent_at.map(|at| {
        let date = words.day(at).text;
        words.locale.say_with("private-consent-spoken", [("date", date.into())])
    });
    Some(Private {
        author: author
            .or_else(|| found.asker.as_ref().map(|handle| format!("@{handle}")))
            .unwrap_or_else(|| words.locale.say("somebody-gone")),
        on_behalf_of: private.on_behalf_of.clone(),
        consent,
    })
}
