//! Choose how one is told that something is new: by mail, in one's thread, when, of what; and the
//! secret address of one's calendar.

use jiff::SignedDuration;

use crate::app::App;
use crate::app::mail::{About, Letter};
use crate::db::mail_links::{self, Purpose};
use crate::db::telling;
use crate::domain::id::MemberId;
use crate::domain::member::Member;
use crate::domain::notice::Kind;
use crate::domain::refusal::Refusal;
use crate::domain::telling::{Timing, Way, check_email};
use crate::error::Error;
use crate::keys;

/// How long the link works by which an address is confirmed.
const CONFIRM_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// How often in a day somebody can have such a link sent: it may go to a stranger.
const MOST_CONFIRMATIONS: i64 = 3;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Stores what they chose. `muted` are the kinds of which they do not want to hear by a way.
pub async fn choose_telling(
    app: &App,
    member: MemberId,
    (by_direct, timing): (bool, Timing),
    muted: Vec<(Kind, Way)>,
) -> Result<(), Error> {
    app.db
        .write(move |conn| {
            telling::update(conn, member, by_direct, timing)?;
            telling::replace_mutes(conn, member, &muted)
        })
        .await
}

/// Asks whoever reads an address whether mails may go there. Until they say yes, nothing else does.
pub async fn ask_email(app: &App, member: &Member, typed: &str) -> Result<(), Error> {
    let mailer = app.mailer.as_ref().ok_or(Refusal::NoMails)?;
    if app.is_silent() {
        return Err(Refusal::NothingLeaves.into());
    }
    let email = check_email(typed)?;
    let (id, to, now) = (member.id, email.clone(), app.now());
    let token = keys::secret()?;
    let hash = keys::secret_hash(&token);
    let until = now.saturating_add(CONFIRM_LASTS).unwrap_or(now);
    let since = now.saturating_sub(DAY).unwrap_or(now);
    app.db
        .write(move |conn| {
            if mail_links::count_since(conn, id, Purpose::Confirm, since)? >= MOST_CONFIRMATIONS {
                return Err(Refusal::ManyConfirmations.into());
            }
            mail_links::end(conn, id, Purpose::Confirm, now)?;
            mail_links::insert(conn, &hash, (id, &to), Purpose::Confirm, (now, until))?;
            telling::update_email(conn, id, Some(&to))
        })
        .await?;
    let about = About::Confirm(app.collective.urls().mail_confirm(&token));
    let language = member.language.as_deref().unwrap_or(&app.collective.language);
    let sent =
        mailer.send(&app.collective.name, &Letter { to: &email, language, about }, now).await;
    sent.map_err(|reason| {
        tracing::warn!(%reason, "a mail to confirm an address could not be sent");
        Refusal::MailNotSent.into()
    })
}

/// Confirms an address by the link that went there, and uses the link up.
pub async fn confirm_email(app: &App, token: &str) -> Result<(), Error> {
    let (hash, now) = (keys::secret_hash(token), app.now());
    app.db
        .write(move |conn| {
            let (member, email) = mail_links::find(conn, &hash, Purpose::Confirm, now)?;
            mail_links::end(conn, member, Purpose::Confirm, now)?;
            match telling::confirm_email(conn, member, &email, now)? {
                true => Ok(()),
                false => Err(Error::NotFound),
            }
        })
        .await
}

/// Forgets the address of a member: no mails go there any more.
pub async fn forget_email(app: &App, member: MemberId) -> Result<(), Error> {
    let now = app.now();
    app.db
        .write(move |conn| {
            for purpose in [Purpose::Confirm, Purpose::Stop] {
                mail_links::end(conn, member, purpose, now)?;
            }
            telling::update_email(conn, member, None)
        })
        .await
}

/// Forgets an address by the link in a mail that went there. An address that took its place stays.
pub async fn forget_email_by_link(app: &App, token: &str) -> Result<(), Error> {
    let (hash, now) = (keys::secret_hash(token), app.now());
    app.db
        .write(move |conn| {
            let (member, email) = mail_links::find(conn, &hash, Purpose::Stop, now)?;
            if telling::find(conn, member)?.email.as_deref() == Some(email.as_str()) {
                telling::update_email(conn, member, None)?;
                mail_links::end(conn, member, Purpose::Confirm, now)?;
                mail_links::end(conn, member, Purpose::Stop, now)?;
            }
            Ok(())
        })
        .await
}

/// Whether a link in a mail works. Looking does not use it up.
pub async fn check_link(app: &App, token: &str, purpose: Purpose) -> Result<(), Error> {
    let (hash, now) = (keys::secret_hash(token), app.now());
    app.db.read(move |conn| mail_links::find(conn, &hash, purpose, now)).await.map(drop)
}

/// Gives a member's calendar a new secret address, and answers the secret; the one before is void.
pub async fn renew_calendar(app: &App, member: MemberId) -> Result<String, Error> {
    let token = keys::secret()?;
    let hash = keys::secret_hash(&token);
    app.db.write(move |conn| telling::update_calendar(conn, member, Some(&hash))).await?;
    Ok(token)
}

/// Ends a member's calendar.
pub async fn end_calendar(app: &App, member: MemberId) -> Result<(), Error> {
    app.db.write(move |conn| telling::update_calendar(conn, member, None)).await
}
