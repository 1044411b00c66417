//! What is over is ended, and what is stale is removed.

use jiff::{SignedDuration, Timestamp};

use crate::actions::announce_turn::tell_of_turns;
use crate::actions::ask_about_causes::ask_about_causes;
use crate::actions::ask_moment::ask_moment;
use crate::actions::ask_regularly::ask_regularly;
use crate::actions::catch_up::note_alive;
use crate::actions::cover_turn::look_for_cover;
use crate::actions::decide::close_due;
use crate::actions::domain_rules::{end_expired, forget_severed};
use crate::actions::erase_member::erase_overdue;
use crate::actions::erase_said::erase_stale;
use crate::actions::expire_promises::expire_promises;
use crate::actions::expire_proposals::expire_proposals;
use crate::actions::forget_writer::forget_stale;
use crate::actions::keep_turn::ask_how_it_was;
use crate::actions::look_after_duties::look_after_duties;
use crate::actions::look_after_roles::look_after_roles;
use crate::actions::measure;
use crate::actions::move_pictures::remove_needless;
use crate::actions::offer_learning::offer_learning;
use crate::actions::pass_on::look_again;
use crate::actions::plan_turns::plan_due;
use crate::actions::quiet::carry_out;
use crate::actions::release_mutuality::release_mutuality;
use crate::actions::retire::retire_over;
use crate::actions::rotate_keys::delete_old_keys;
use crate::actions::round;
use crate::actions::sign_in::{IDLE, LONGEST};
use crate::actions::tell::tell_of_ends;
use crate::actions::vouch::GROUPS_AFTER;
use crate::app::App;
use crate::db::resealing::reseal;
use crate::db::{
    Conn, activities, alike, asks, backup_runs, careful, cover_asks, doctor, exemptions, followers,
    form_keys, gate, held_replies, hosts, inboxes, invitations, journal, known_browsers,
    mail_links, measures, message_links, met_domains, moment_people, notices, oauth_clients,
    passkeys, pictures, promise_people, queue, reports, sessions, sign_in_codes, turn_notes,
    vouches,
};
use crate::domain::clocks::TELLS_FOR;
use crate::domain::door::KNOWN_FOR;
use crate::domain::held::KEEP_ASIDE;
use crate::domain::moment::REST;
use crate::domain::notice::KEPT_HOURS;
use crate::error::Error;

/// How long we remember which activities were received. Peers retry for days, not for months; and
/// what an activity changed is compared with what stands here, however late it comes again.
const REMEMBER_RECEIVED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long what was sent is kept for those who ask for it by its id.
const KEEP_SENT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long what was refused or could not be processed is kept for people to see.
const KEEP_FAILED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long reports of other servers are kept.
const KEEP_REPORTS: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long the keys of sent forms are kept: nobody sends a form again after that.
const KEEP_FORMS: SignedDuration = SignedDuration::from_hours(24);
/// How long gravestones stand: longer than anything that could bring the dead back.
const KEEP_TOMBSTONES: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How long it is known who asked for a code to sign in with: longer than it is counted.
const KEEP_CODES: SignedDuration = SignedDuration::from_hours(24);
/// How long it is known how many links to confirm an address went out: longer than it is counted.
const KEEP_MAIL_LINKS: SignedDuration = SignedDuration::from_hours(48);
/// How long it is remembered that a server asked which is not on our list.
const KEEP_KNOCKS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a browser is known in which nobody signed in again.
const KEEP_BROWSERS: SignedDuration = SignedDuration::from_hours(365 * 24);
/// Followers whose server was away for this long are forgotten.
const LOST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An inbox that is paused for longer than this does not keep what waits for it: as long as what
/// waits for one that cannot be reached.
const PAUSED: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long we remember how a host wants to be spoken to that we deliver nothing to.
const KEEP_SIGNATURES: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long it is kept what somebody wrote to us and who they are, after there is nothing more to do
/// about it; and how long an answer waits for them to go on.
const KEEP_MESSAGES: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a picture is kept that no need or offer shows: as long as somebody may need to correct a
/// form.
const KEEP_UNUSED_PICTURES: SignedDuration = SignedDuration::from_hours(2);

/// How long it is kept what was said about a measure that is over: longer than it is asked whose it
/// was. The line in the log stays, and names nobody.
const KEEP_MEASURES: SignedDuration = SignedDuration::from_hours(365 * 24);

/// How long it is known what came of the backups that the server made: longer than any is kept.
const KEEP_BACKUP_RUNS: SignedDuration = SignedDuration::from_hours(400 * 24);

/// How long a nonce of the doctor is kept, which was answered for a minute.
const KEEP_NONCES: SignedDuration = SignedDuration::from_mins(5);

/// How long it is known who was asked to stand in: long enough that everybody has their turn.
const KEEP_ASKS: SignedDuration = SignedDuration::from_hours(180 * 24);
/// How long it is known that somebody was exempt, after it is over.
const KEEP_EXEMPTIONS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Does both once.
pub async fn run(app: &App) -> Result<(), Error> {
    end_what_is_over(app).await?;
    remove_what_is_stale(app).await
}

/// Ends proposals whose time has passed and promises that nobody answered, and notes that we are alive.
pub async fn end_what_is_over(app: &App) -> Result<(), Error> {
    if app.is_in_quarantine() {
        // What ended since the backup was made ended before everybody already.
        return Ok(());
    }
    let moved = carry_out(app).await?;
    if moved > 0 {
        tracing::info!(moved, "took back, or said again, what is public");
    }
    let expired = expire_proposals(app).await?;
    if expired > 0 {
        tracing::info!(expired, "ended proposals whose time has passed");
    }
    tell_of_ends(app).await?;
    let unanswered = expire_promises(app).await?;
    if unanswered > 0 {
        tracing::info!(unanswered, "ended promises between collectives that nobody answered");
    }
    let lifted = end_expired(app).await?;
    if lifted > 0 {
        tracing::info!(lifted, "ended rules about other servers whose time is over");
    }
    let erased = erase_overdue(app).await?;
    if erased > 0 {
        tracing::info!(erased, "erased what was personal of members who left two weeks ago");
    }
    let over = measure::end_over(app).await?;
    if over > 0 {
        tracing::info!(over, "noted the end of measures");
    }
    let over = round::end_over(app).await?;
    if over > 0 {
        tracing::info!(over, "noted the end of rounds");
    }
    let asked = ask_about_causes(app).await? + ask_regularly(app).await? + ask_moment(app).await?;
    if asked > 0 {
        tracing::info!(asked, "asked the assembly, or people, a question");
    }
    let frozen = release_mutuality(app).await?;
    if frozen > 0 {
        tracing::info!(quarters = frozen, "froze the picture of mutuality");
    }
    let decided = close_due(app).await?;
    if decided > 0 {
        tracing::info!(decided, "closed decisions whose deadline is over");
    }
    care_for_duties(app).await?;
    let lapsed = look_after_roles(app).await?;
    if lapsed > 0 {
        tracing::info!(lapsed, "let the powers of stewards rest whose term was over for a month");
    }
    let shared = app.clone();
    app.db
        .write(move |conn| {
            note_alive(&shared, conn)?;
            look_again(&shared, conn)
        })
        .await?;
    app.goes_out.notify_waiters();
    // Last: where pictures are kept may be away.
    let removed = remove_needless(app).await?;
    if removed > 0 {
        tracing::info!(removed, "removed pictures that nothing shows, where they were kept");
    }
    Ok(())
}

/// Plans turns, finds people for them, and notices what is not kept.
async fn care_for_duties(app: &App) -> Result<(), Error> {
    let planned = plan_due(app).await?;
    if planned > 0 {
        tracing::info!(planned, "planned turns");
    }
    look_for_cover(app).await?;
    ask_how_it_was(app).await?;
    offer_learning(app).await?;
    let slept = look_after_duties(app).await?;
    if slept > 0 {
        tracing::info!(slept, "duties that nobody keeps sleep now");
    }
    // Last, so that others hear of everything that was done.
    tell_of_turns(app).await.map(drop)
}

/// Removes what is kept no longer. It looks at whole tables, so it need not run often.
pub async fn remove_what_is_stale(app: &App) -> Result<(), Error> {
    if app.is_in_quarantine() {
        // This may be the wrong backup, and the last one.
        return Ok(());
    }
    let now = app.now();
    if let Err(error) = app.db.remove_stale_copies(now) {
        let error = format!("{error:#}");
        tracing::warn!(error, "an old copy of the database cannot be removed");
    }
    let shared = app.clone();
    app.db
        .write(move |conn| {
            erase_stale(&shared, conn, now)?;
            tidy_up(conn, now)
        })
        .await?;
    // What was here before there was a key, or what an older one sealed.
    let sealed = reseal(&app.db, &|_, _| ()).await?;
    if sealed > 0 {
        tracing::info!(sealed, "sealed what is private");
    }
    let retired = retire_over(app).await?;
    if retired > 0 {
        tracing::info!(retired, "erased what was said in needs and offers that are over");
    }
    forget_stale(app, now.saturating_sub(KEEP_MESSAGES).unwrap_or(now)).await
}

/// Lets what was removed not linger in the files.
pub async fn sweep(app: &App) {
    match app.db.sweep().await {
        Ok(true) => {}
        // Somebody read at that moment. It is tried again the next time.
        Ok(false) => tracing::debug!("not all that was removed is swept out of the files yet"),
        Err(error) => tracing::warn!(%error, "what was removed cannot be swept out of the files"),
    }
}

fn tidy_up(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let before = |age: SignedDuration| now.saturating_sub(age).unwrap_or(now);
    sessions::delete_stale(conn, now, before(IDLE), before(LONGEST))?;
    known_browsers::delete_before(conn, before(KEEP_BROWSERS))?;
    invitations::delete_stale(conn, now)?;
    notices::delete_before(conn, before(SignedDuration::from_hours(KEPT_HOURS)))?;
    mail_links::delete_stale(conn, before(KEEP_MAIL_LINKS), now)?;
    vouches::give_to_group(conn, before(GROUPS_AFTER))?;
    sign_in_codes::delete_stale(conn, now, before(KEEP_CODES))?;
    passkeys::delete_stale(conn, now)?;
    oauth_clients::delete_before(conn, before(KNOWN_FOR))?;
    activities::delete_received_before(conn, before(REMEMBER_RECEIVED))?;
    activities::delete_tombstones_before(conn, before(KEEP_TOMBSTONES))?;
    journal::delete_failed_before(conn, before(KEEP_FAILED))?;
    queue::delete_refused_before(conn, before(KEEP_FAILED))?;
    let lost = followers::delete_lost(conn, before(LOST))?;
    if lost > 0 {
        tracing::warn!(inboxes = lost, "forgot followers whose server was away for 30 days");
    }
    inboxes::delete_unused(conn)?;
    activities::delete_sent_before(conn, before(KEEP_SENT), before(PAUSED))?;
    hosts::delete_usual(conn, now, before(KEEP_SIGNATURES))?;
    form_keys::delete_before(conn, before(KEEP_FORMS))?;
    reports::delete_before(conn, before(KEEP_REPORTS))?;
    measures::delete_ended_before(conn, before(KEEP_MEASURES))?;
    promise_people::delete_stale_links(conn, now)?;
    pictures::delete_unused(conn, before(KEEP_UNUSED_PICTURES), now)?;
    message_links::delete_stale(conn, now)?;
    asks::delete_closed_before(conn, before(KEEP_MESSAGES))?;
    held_replies::delete_before(conn, before(KEEP_ASIDE))?;
    alike::delete_before(conn, before(KEEP_ASIDE))?;
    careful::delete_before(conn, before(KEEP_ASIDE))?;
    met_domains::delete_before(conn, before(KEEP_TOMBSTONES))?;
    forget_severed(conn, now)?;
    gate::delete_pending_before(conn, before(KEEP_KNOCKS))?;
    delete_old_keys(conn, now)?;
    moment_people::delete_before(conn, before(REST))?;
    cover_asks::delete_before(conn, before(KEEP_ASKS))?;
    exemptions::delete_before(conn, before(KEEP_EXEMPTIONS))?;
    turn_notes::delete_before(conn, before(KEEP_TOMBSTONES))?;
    backup_runs::delete_before(conn, before(KEEP_BACKUP_RUNS))?;
    doctor::delete_nonces_before(conn, before(KEEP_NONCES))?;
    doctor::delete_clocks_before(conn, before(TELLS_FOR))?;
    Ok(())
}
