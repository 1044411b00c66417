//! Tell members by mail that something is new, and nothing else.

use jiff::SignedDuration;

use crate::app::App;
use crate::app::mail::{About, Letter, Mailer, NotSent};
use crate::db::due_notices::{self, DueMail};
use crate::db::mail_links::{self, Purpose};
use crate::domain::telling::wait_after;
use crate::error::Error;
use crate::keys;

/// How many mails are sent at most in one round, one after another.
const MOST: usize = 50;
/// After so many failures in a row what was to be told is not told by mail any more.
const MOST_TRIES: i32 = 8;
/// How long the link in a mail works by which no more come.
const STOP_LASTS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Sends every mail that is due now; answers how many went out.
pub async fn send_mails(app: &App) -> Result<usize, Error> {
    let Some(mailer) = &app.mailer else { return Ok(0) };
    if app.is_silent() {
        return Ok(0);
    }
    let now = app.now();
    let due = app.db.read(move |conn| due_notices::list_mails(conn, now)).await?;
    let is_time = |mail: &DueMail| mail.due.timing.allows(now, &app.zone, mail.due.told_at);
    let mut sent = 0;
    for mail in due.into_iter().filter(is_time).take(MOST) {
        match send(app, mailer, mail).await? {
            Some(Ok(())) => sent += 1,
            // The next one would have to wait as long as this one did.
            Some(Err(NotSent::NoServer)) => break,
            Some(Err(_)) | None => {}
        }
    }
    Ok(sent)
}

/// Sends one mail; none if somebody else does it, or it is not wanted any more.
async fn send(
    app: &App,
    mailer: &Mailer,
    mail: DueMail,
) -> Result<Option<Result<(), NotSent>>, Error> {
    let (began, tries, member) = (app.now(), mail.tries + 1, mail.due.member);
    let again_at = began.saturating_add(wait_after(tries)).unwrap_or(began);
    let until = began.saturating_add(STOP_LASTS).unwrap_or(began);
    let token = keys::secret()?;
    let (hash, claimed) = (keys::secret_hash(&token), mail.clone());
    let is_ours = app
        .db
        .write(move |conn| {
            let is_ours = due_notices::claim_mail(conn, &claimed, again_at)?;
            if is_ours {
                let to = (member, claimed.email.as_str());
                mail_links::insert(conn, &hash, to, Purpose::Stop, (began, until))?;
            }
            Ok(is_ours)
        })
        .await?;
    if !is_ours {
        return Ok(None);
    }
    let urls = app.collective.urls();
    let about = About::News { page: urls.notices(), stop: urls.mail_stop(&token) };
    let language = mail.due.language.as_deref().unwrap_or(&app.collective.language);
    let sent = mailer
        .send(&app.collective.name, &Letter { to: &mail.email, language, about }, app.now())
        .await;
    if let Err(reason) = sent {
        // Neither who nor where to: a log is read by others.
        tracing::warn!(%reason, tries, "a mail could not be sent");
    }
    let at = sent.is_ok().then_some(app.now());
    // Without a mail server it is nobody's fault, and everything waits.
    let is_given_up = tries >= MOST_TRIES && sent != Err(NotSent::NoServer);
    if at.is_some() || is_given_up {
        app.db.write(move |conn| due_notices::end_mail(conn, member, began, at)).await?;
    }
    Ok(Some(sent))
}
