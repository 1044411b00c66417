//! A member's own page: what I asked, offered and promised. A diary, so nothing is added up.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::actions::passkeys::are_offered;
use crate::actions::settle::words_of;
use crate::app::App;
use crate::db::member_handles::{self, Handle};
use crate::db::{Conn, measures, passkeys, promises, proposals};
use crate::domain::fulfilment::{Confirmation, Words as Counted};
use crate::domain::measure::Measure;
use crate::domain::member::Member;
use crate::domain::promise::{Promise, PromiseState};
use crate::domain::proposal::{Proposal, Purpose, State as Life};
use crate::error::Error;
use crate::web::cards::page_path;
use crate::web::error::Problem;
use crate::web::incoming;
use crate::web::measure_lines::{MeasureLine, Names};
use crate::web::my_turns::Own;
use crate::web::page::{Page, show as page};
use crate::web::promise_lines::state_id;
use crate::web::security::with_script;
use crate::web::session::SignedIn;
use crate::web::turn_lines::TurnLine;
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "me/show.html")]
struct Me {
    page: Page,
    asked: Vec<Entry>,
    offered: Vec<Entry>,
    promised: Vec<Entry>,
    accounts: Vec<String>,
    measures: Vec<MeasureLine>,
    turns: Vec<TurnLine>,
    has_passkeys: bool,
    may_have_passkeys: bool,
}

/// One line of the diary.
struct Entry {
    href: String,
    title: String,
    state: String,
    detail: Option<String>,
    date: String,
    iso: String,
    next: Option<String>,
    action: Option<Action>,
}

/// What one could do next.
struct Action {
    address: String,
    label: String,
    is_post: bool,
}

/// One of my proposals, with what others promised and confirmed.
struct Posted {
    proposal: Proposal,
    waits: bool,
    promises: Vec<Promise>,
    confirmations: Vec<Confirmation>,
}

/// One of my promises, and what it answers.
struct Promised {
    promise: Promise,
    proposal: Proposal,
    counted: Counted,
}

struct Diary {
    posted: Vec<Posted>,
    promised: Vec<Promised>,
    accounts: Vec<Handle>,
    measures: Vec<Measure>,
    names: Names,
    turns: Own,
    has_passkeys: bool,
}

/// `GET /me`
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    let (shared, member, id) = (app.clone(), signed_in.member.clone(), signed_in.member.id);
    let diary = app.db.read(move |conn| Diary::read(&shared, conn, &member)).await?;
    let words = Words::new(&app, &signed_in.visitor);
    let of = |purpose: Purpose| {
        let posted = diary.posted.iter().filter(|each| each.proposal.purpose == purpose);
        posted.map(|each| each.entry(&words)).collect()
    };
    let may_have_passkeys = are_offered(&app);
    let shown = page(&Me {
        page: Page::new(&app, &signed_in.visitor, words.locale.say("me-page-title")),
        asked: of(Purpose::Need),
        offered: of(Purpose::Offer),
        promised: diary.promised.iter().map(|each| each.entry(&words)).collect(),
        measures: diary
            .measures
            .iter()
            .map(|each| MeasureLine::new(&words, &diary.names, each, id))
            .collect(),
        turns: diary.turns.next_lines(&words, &signed_in.member),
        accounts: diary.accounts.into_iter().map(|each| each.address).collect(),
        has_passkeys: diary.has_passkeys,
        may_have_passkeys,
    })?;
    Ok(with_script(shown, may_have_passkeys))
}

impl Diary {
    fn read(app: &App, conn: &mut Conn, reader: &Member) -> Result<Self, Error> {
        let member = reader.id;
        let waiting = incoming::list(app, conn)?;
        let waits = |id| waiting.iter().any(|(incoming, _)| incoming.proposal == Some(id));
        let mut posted = Vec::new();
        for proposal in proposals::list_by_author(conn, member)? {
            posted.push(Posted {
                promises: promises::list_by_proposal(conn, proposal.id)?,
                confirmations: promises::list_confirmations(conn, proposal.id)?,
                waits: waits(proposal.id),
                proposal,
            });
        }
        let mut promised = Vec::new();
        for promise in promises::list_by_member(conn, member)? {
            // What was let go leaves nothing behind, in one's own diary either.
            if promise.state != PromiseState::Released {
                let confirmations = promises::list_confirmations(conn, promise.proposal)?;
                let proposal = proposals::find(conn, promise.proposal)?;
                let counted = words_of(&promise, &confirmations);
                promised.push(Promised { promise, proposal, counted });
            }
        }
        let measures = measures::list_about(conn, member)?;
        let names = Names::read(conn)?;
        let accounts = member_handles::list(conn, member)?;
        let has_passkeys = !passkeys::list(conn, member)?.is_empty();
        let turns = Own::read(conn, reader, app.now())?;
        Ok(Self { posted, promised, accounts, measures, names, turns, has_passkeys })
    }
}

impl Posted {
    fn entry(&self, words: &Words<'_>) -> Entry {
        let proposal = &self.proposal;
        let quantity = proposal.content.quantity.as_ref();
        let detail = quantity.map(|quantity| {
            let promised = words.number(proposal.coverage.promised);
            let needed = words.amount(quantity.amount, &quantity.unit);
            let arguments = [("promised", promised.into()), ("needed", needed.into())];
            words.locale.say_with("coverage-promised", arguments)
        });
        let day = words.lately(proposal.published_at.unwrap_or(proposal.updated_at));
        let (next, action) = self.next(words);
        Entry {
            href: page_path(words, proposal.id),
            title: proposal.content.title.clone(),
            state: words.state(proposal),
            detail,
            date: day.text,
            iso: day.iso,
            next,
            action,
        }
    }

    fn next(&self, words: &Words<'_>) -> (Option<String>, Option<Action>) {
        let (proposal, locale) = (&self.proposal, words.locale);
        let step = |step: &str, label: &str| Action {
            address: format!("/proposals/{}/{step}", proposal.id),
            label: locale.say(label),
            is_post: true,
        };
        if proposal.state == Life::Draft {
            let publish = step("publish", "me-action-publish");
            return (Some(locale.say("me-next-publish")), Some(publish));
        }
        if self.waits {
            let answer = open(words, proposal, "waiting", "me-action-answer");
            return (Some(locale.say("me-next-answer")), Some(answer));
        }
        if self.waits_for_our_word() {
            let confirm = open(words, proposal, "promises", "me-action-confirm");
            return (Some(locale.say("me-next-confirm-came")), Some(confirm));
        }
        let soon = proposal.content.ends_at.filter(|_| proposal.ends_soon(words.now));
        if let Some(end) = soon {
            let date = words.day(end).text;
            let next = locale.say_with("me-next-ends", [("date", date.into())]);
            return (Some(next), Some(step("extend", "me-action-extend")));
        }
        let answered = proposal.is_open() && proposal.is_covered() && self.is_awaited();
        (answered.then(|| locale.say("me-next-answered")), None)
    }

    /// Whether somebody says that they brought something, and we have not said yet that it came.
    fn waits_for_our_word(&self) -> bool {
        self.promises.iter().filter(|promise| promise.is_awaited()).any(|promise| {
            let counted = words_of(promise, &self.confirmations);
            counted.promiser.spoke && !counted.proposer.spoke
        })
    }

    fn is_awaited(&self) -> bool {
        self.promises.iter().any(Promise::is_awaited)
    }
}

impl Promised {
    fn entry(&self, words: &Words<'_>) -> Entry {
        let (promise, proposal) = (&self.promise, &self.proposal);
        let unit = proposal.content.quantity.as_ref().map(|quantity| quantity.unit.as_str());
        let detail = promise.amount.map(|amount| words.amount(amount, unit.unwrap_or("one")));
        let day = words.lately(promise.promised_at);
        let (next, action) = self.next(words);
        Entry {
            href: page_path(words, proposal.id),
            title: proposal.content.title.clone(),
            state: words.locale.say(state_id(promise.state)),
            detail,
            date: day.text,
            iso: day.iso,
            next,
            action,
        }
    }

    fn next(&self, words: &Words<'_>) -> (Option<String>, Option<Action>) {
        let (counted, locale) = (&self.counted, words.locale);
        match self.promise.state {
            PromiseState::Released | PromiseState::Delivered => return (None, None),
            PromiseState::InReserve => return (Some(locale.say("me-next-wait")), None),
            PromiseState::Active => {}
        }
        let is_need = self.proposal.purpose == Purpose::Need;
        if counted.promiser.spoke && !counted.proposer.spoke {
            return (Some(locale.say("me-next-other-side")), None);
        }
        let confirm = open(words, &self.proposal, "promises", "me-action-confirm");
        if counted.proposer.spoke && !counted.promiser.spoke {
            let asked = if is_need { "me-next-confirm-brought" } else { "me-next-confirm-came" };
            return (Some(locale.say(asked)), Some(confirm));
        }
        let next = self.proposal.content.ends_at.filter(|_| is_need).map(|end| {
            let date = words.day(end).text;
            locale.say_with("me-next-bring", [("date", date.into())])
        });
        (next, Some(confirm))
    }
}

/// A way to a section on the page of a proposal.
fn open(words: &Words<'_>, proposal: &Proposal, section: &str, label: &str) -> Action {
    Action {
        address: format!("{}#{section}", page_path(words, proposal.id)),
        label: words.locale.say(label),
        is_post: false,
    }
}
