//! What we say to people of the fediverse whose reply became a promise: a direct answer in their
//! thread, with a private link (wire contract, 5.1 and 7.5). Nothing that only machines understand
//! goes to their server, and nothing that is not theirs.

use crate::actions::settle::{told, words_of};
use crate::actions::take_over_reply::LINK_LASTS;
use crate::app::App;
use crate::db::{Conn, actors, promise_people, promises, proposals, rounds};
use crate::domain::amount::Amount;
use crate::domain::event::WhyLink;
use crate::domain::id::{PromiseId, RoundId};
use crate::domain::moment::Side;
use crate::domain::promise::Promise;
use crate::domain::proposal::Proposal;
use crate::error::Error;
use crate::federation::asked::{moment, round_closed};
use crate::federation::direct::{self, Answer};
use crate::federation::objects::proposal::amount_and_title;
use crate::federation::promises::mention;
use crate::i18n::Locale;
use crate::text;

/// Tells the person behind a promise what was noted, with the link of `token`.
pub fn tell_noted(
    app: &App,
    conn: &mut Conn,
    promise: PromiseId,
    token: &str,
    why: WhyLink,
) -> Result<(), Error> {
    let promise = promises::find(conn, promise)?;
    let proposal = proposals::find(conn, promise.proposal)?;
    let said = words_of(&promise, &promises::list_confirmations(conn, proposal.id)?).promiser;
    let left = promise.amount.map(|amount| amount - said.total);
    let noted = match why {
        WhyLink::Noted => noted(&proposal, &promise, ("wire-person-noted", left)),
        WhyLink::Rest => say_what(&proposal, ("wire-person-left", left)),
        WhyLink::Again => noted(&proposal, &promise, ("wire-person-again", left)),
    };
    let link = link(app, &proposal, token);
    tell(app, conn, (&proposal, &promise), &noted, Some(&link))
}

/// Tells the person behind a promise how it stands now that others did something. The link that
/// they have works on.
pub fn tell_change(app: &App, conn: &mut Conn, promise: PromiseId) -> Result<(), Error> {
    let promise = promises::find(conn, promise)?;
    let proposal = proposals::find(conn, promise.proposal)?;
    let news = news(&proposal, &promise);
    tell(app, conn, (&proposal, &promise), &news, None)
}

/// Tells the person behind a promise that the round is closed to which it belonged, and how it goes
/// on.
pub fn tell_round_closed(
    app: &App,
    conn: &mut Conn,
    round: RoundId,
    promise: PromiseId,
) -> Result<(), Error> {
    let promise = promises::find(conn, promise)?;
    let proposal = proposals::find(conn, promise.proposal)?;
    let round = rounds::find(conn, round)?;
    let locale = Locale::find(&proposal.content.language);
    let html = round_closed(app, &locale, &round);
    write(app, conn, (&proposal, &promise), &format!("{html}</p>"))
}

/// Asks the person behind a promise what others could do for them, or what they would bring (mission
/// E15).
pub fn ask_moment(
    app: &App,
    conn: &mut Conn,
    promise: PromiseId,
    (side, token): (Side, &str),
) -> Result<(), Error> {
    let promise = promises::find(conn, promise)?;
    let proposal = proposals::find(conn, promise.proposal)?;
    let html = moment(app, &Locale::find(&proposal.content.language), side, token);
    write(app, conn, (&proposal, &promise), &html)
}

/// Answers in the thread of the person behind a promise, for them alone.
fn tell(
    app: &App,
    conn: &mut Conn,
    about: (&Proposal, &Promise),
    words: &str,
    link: Option<&str>,
) -> Result<(), Error> {
    let html = format!("{}</p>{}", text::escape(words), link.unwrap_or_default());
    write(app, conn, about, &html)
}

/// The same; `html` is the rest of a paragraph that begins with a mention of them, and what follows
/// it.
fn write(
    app: &App,
    conn: &mut Conn,
    (proposal, promise): (&Proposal, &Promise),
    html: &str,
) -> Result<(), Error> {
    let Some(person) = promise_people::find(conn, promise.id)? else { return Ok(()) };
    let Some(actor) = person.actor else { return Ok(()) };
    let them = actors::find(conn, actor)?;
    let html = format!("<p>{} {html}", mention(&them));
    let id = app.collective.urls().direct(proposal.id, app.clock.new_id());
    let answer =
        Answer { id, them: &them, to: &person.reply, language: &proposal.content.language };
    direct::answer(app, conn, &answer, &html)
}

/// What was taken from the reply, and how much of it waits.
fn noted(proposal: &Proposal, promise: &Promise, said: (&str, Option<Amount>)) -> String {
    let locale = Locale::find(&proposal.content.language);
    let unit = proposal.content.quantity.as_ref().map(|quantity| quantity.unit.as_str());
    let noted = say_what(proposal, said);
    let reserve = promise.reserved();
    if reserve.is_zero() {
        noted
    } else if promise.active.unwrap_or_default().is_zero() {
        format!("{noted} {}", locale.say("wire-person-all-reserve"))
    } else {
        let reserve = locale.amount(reserve, unit.unwrap_or("one"));
        let waits = locale.say_with("wire-person-reserve", [("reserve", reserve.into())]);
        format!("{noted} {waits}")
    }
}

/// A message about so much of what is needed.
fn say_what(proposal: &Proposal, (id, amount): (&str, Option<Amount>)) -> String {
    let locale = Locale::find(&proposal.content.language);
    let unit = proposal.content.quantity.as_ref().map(|quantity| quantity.unit.as_str());
    let what = amount_and_title(&locale, &proposal.content.title, amount.zip(unit));
    locale.say_with(id, [("what", what.into())])
}

/// How a promise stands after others did something.
fn news(proposal: &Proposal, promise: &Promise) -> String {
    let locale = Locale::find(&proposal.content.language);
    let unit = proposal.content.quantity.as_ref().map(|quantity| quantity.unit.as_str());
    let told = told(proposal, promise);
    let now = told.amount.map(|amount| amount - told.reserve);
    if told.is_finished {
        locale.say("wire-person-off")
    } else if now.is_some_and(Amount::is_zero) {
        locale.say("wire-person-waits")
    } else {
        let what = amount_and_title(&locale, &proposal.content.title, now.zip(unit));
        let needed = locale.say_with("wire-person-needed", [("what", what.into())]);
        if told.reserve.is_zero() {
            return needed;
        }
        let rest = locale.amount(told.reserve, unit.unwrap_or("one"));
        let waits = locale.say_with("wire-person-rest", [("reserve", rest.into())]);
        format!("{needed} {waits}")
    }
}

/// The paragraph with the link.
fn link(app: &App, proposal: &Proposal, token: &str) -> String {
    let locale = Locale::find(&proposal.content.language);
    let until = app.now().saturating_add(LINK_LASTS).unwrap_or(app.now());
    let until = locale.day(until, &app.zone);
    let explained = locale.say_with("wire-person-link", [("date", until.into())]);
    let link = text::escape(app.collective.urls().promised(token).as_str());
    format!(
        "<p>{} <a href=\"{link}\" rel=\"nofollow noopener noreferrer\">{link}</a></p>",
        text::escape(&explained)
    )
}
