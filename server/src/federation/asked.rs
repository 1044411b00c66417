//! What we say to people who wrote to us: an answer in their thread, for them alone, with a private
//! link by which they go on. What they wrote privately is never repeated.

use jiff::Timestamp;
use url::Url;

use crate::actions::hear_message::{ASK_LASTS, CARE_LASTS};
use crate::app::App;
use crate::db::{Conn, actors, messages, proposal_people, proposals, rounds};
use crate::domain::id::{MessageId, ProposalId, RoundId};
use crate::domain::message::{Channel, Message, MessageState};
use crate::domain::moment::Side;
use crate::domain::round::Round;
use crate::domain::suggestion::title::{masked, title_and_rest};
use crate::domain::suggestion::until::suggested_until;
use crate::error::Error;
use crate::federation::direct::{self, Answer};
use crate::federation::promises::mention;
use crate::i18n::Locale;
use crate::text;

/// Answers a message with the link of `token`.
pub fn answer(app: &App, conn: &mut Conn, id: MessageId, token: &str) -> Result<(), Error> {
    let message = messages::find(conn, id)?;
    let (locale, link) = (locale(app, &message), link(app, &message, token));
    let words = match message.state {
        MessageState::Published => locale.say("wire-asked-published"),
        _ => words(app, &locale, &message),
    };
    tell(app, conn, &message, &format!("{}</p>{link}", text::escape(&words)))
}

/// Tells whoever asked for something that it was promised, or a part of it. The link that they have
/// works on.
pub fn tell_promised(app: &App, conn: &mut Conn, id: ProposalId) -> Result<(), Error> {
    let Some(asker) = proposal_people::find(conn, id)? else { return Ok(()) };
    let message = messages::find(conn, asker.message)?;
    let proposal = proposals::find(conn, id)?;
    let locale = locale(app, &message);
    let said = locale.say("wire-asked-promised");
    let said = match &proposal.content.quantity {
        Some(quantity) => {
            let needed = locale.amount(quantity.amount, &quantity.unit);
            let promised = locale.amount(proposal.coverage.promised, "one");
            let parts = [("promised", promised.into()), ("needed", needed.into())];
            format!("{said} {}", locale.say_with("wire-promised", parts))
        }
        None => said,
    };
    let more = locale.say("wire-asked-promised-link");
    tell(app, conn, &message, &format!("{} {}</p>", text::escape(&said), text::escape(&more)))
}

/// Tells whoever asked for something in a round that it is closed, and how it goes on.
pub fn tell_round_closed(
    app: &App,
    conn: &mut Conn,
    round: RoundId,
    id: ProposalId,
) -> Result<(), Error> {
    let Some(asker) = proposal_people::find(conn, id)? else { return Ok(()) };
    let message = messages::find(conn, asker.message)?;
    let round = rounds::find(conn, round)?;
    tell(app, conn, &message, &format!("{}</p>", round_closed(app, &locale(app, &message), &round)))
}

/// What those hear who took part in a round that is closed: an invitation, once. It is HTML, without
/// the paragraph around it.
pub fn round_closed(app: &App, locale: &Locale, round: &Round) -> String {
    let title = round.title.clone();
    let said = locale.say_with("wire-round-closed", [("title", title.into())]);
    format!("{} {}", text::escape(&said), anchor(&app.collective.urls().join("duties")))
}

/// Asks whoever asked for something, or offered it, what they would bring, or what others could do
/// for them (mission E15).
pub fn ask_moment(
    app: &App,
    conn: &mut Conn,
    id: ProposalId,
    (side, token): (Side, &str),
) -> Result<(), Error> {
    let Some(asker) = proposal_people::find(conn, id)? else { return Ok(()) };
    let message = messages::find(conn, asker.message)?;
    let html = moment(app, &locale(app, &message), side, token);
    tell(app, conn, &message, &html)
}

/// The question of some days after, and the link of `token` by which it is the last one. It is
/// HTML, the rest of a paragraph and another.
pub fn moment(app: &App, locale: &Locale, side: Side, token: &str) -> String {
    let said = locale.say(match side {
        Side::Received => "wire-moment-received",
        Side::Brought => "wire-moment-brought",
    });
    let urls = app.collective.urls();
    let (duties, no_more) = (urls.join("duties"), urls.no_more(token));
    format!(
        "{} {}</p><p>{} {}</p>",
        text::escape(&said),
        anchor(&duties),
        text::escape(&locale.say("wire-moment-never")),
        anchor(&no_more)
    )
}

/// An address that can be followed, in HTML.
fn anchor(url: &Url) -> String {
    let link = text::escape(url.as_str());
    format!("<a href=\"{link}\" rel=\"nofollow noopener noreferrer\">{link}</a>")
}

/// Says something to the writer of a message. `html` is the rest of a paragraph that begins with a
/// mention of them, and what follows it.
fn tell(app: &App, conn: &mut Conn, message: &Message, html: &str) -> Result<(), Error> {
    let (Some(actor), Some(to)) = (message.actor, &message.url) else { return Ok(()) };
    let them = actors::find(conn, actor)?;
    let html = format!("<p>{} {html}", mention(&them));
    let id = app.collective.urls().written(message.id, app.clock.new_id());
    let locale = locale(app, message);
    direct::answer(app, conn, &Answer { id, them: &them, to, language: locale.code() }, &html)
}

/// What stands before the link.
fn words(app: &App, locale: &Locale, message: &Message) -> String {
    if message.channel == Channel::Direct {
        let mut said = locale.say("wire-asked-direct");
        if message.mentions_others {
            said = format!("{said} {}", locale.say("wire-asked-others"));
        }
        let phone = app.config.phone.trim();
        if !phone.is_empty() {
            let call = locale.say_with("wire-asked-direct-phone", [("phone", phone.into())]);
            said = format!("{said} {call}");
        }
        return said;
    }
    let (title, _) = title_and_rest(&message.text);
    match message.purpose {
        Some(_) if !title.is_empty() => {
            let what = understood(app, locale, message, &title);
            locale.say_with("wire-asked-got-it", [("what", what.into())])
        }
        _ => locale.say("wire-asked-thanks"),
    }
}

/// What was understood of a public ask: its first sentence, and the day if one is named. Numbers
/// for calling are not repeated.
fn understood(app: &App, locale: &Locale, message: &Message, title: &str) -> String {
    let written = app.zone.to_datetime(message.published_at).date();
    let day = suggested_until(&message.text, written)
        .and_then(|day| app.zone.to_timestamp(day.at(12, 0, 0, 0)).ok());
    let title = masked(title);
    match day {
        Some(day) => format!("{title} ({})", locale.day(day, &app.zone)),
        None => title,
    }
}

/// The paragraph with the link.
fn link(app: &App, message: &Message, token: &str) -> String {
    let locale = locale(app, message);
    let is_published = message.state == MessageState::Published;
    let lasts = if is_published { CARE_LASTS } else { ASK_LASTS };
    let until = app.now().saturating_add(lasts).unwrap_or(Timestamp::MAX);
    let until = locale.day_and_time(until, &app.zone);
    let id = match (is_published, message.channel) {
        (true, _) => "wire-asked-care-link",
        (false, Channel::Public) => "wire-asked-link",
        (false, Channel::Direct) => "wire-asked-private-link",
    };
    let explained = locale.say_with(id, [("date", until.into())]);
    let link = anchor(&app.collective.urls().asked(token));
    format!("<p>{} {link}</p>", text::escape(&explained))
}

/// Their language if we speak it, else the collective's.
fn locale(app: &App, message: &Message) -> Locale {
    let theirs = message.language.as_deref().and_then(Locale::find_exact);
    theirs.unwrap_or_else(|| Locale::find(&app.collective.language))
}
