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

/// What removes something that is kept no longer, as it is now.
type Removal = fn(&mut Conn, Timestamp) -> Result<(), Error>;

/// In this order, a transaction each.
const REMOVALS: &[Removal] = &[
    |conn, now| sessions::delete_stale(conn, now, before(now, IDLE), before(now, LONGEST)),
    |conn, now| known_browsers::delete_before(conn, before(now, KEEP_BROWSERS)),
    invitations::delete_stale,
    |conn, now| notices::delete_before(conn, before(now, SignedDuration::from_hours(KEPT_HOURS))),
    |conn, now| mail_links::delete_stale(conn, before(now, KEEP_MAIL_LINKS), now),
    |conn, now| vouches::give_to_group(conn, before(now, GROUPS_AFTER)).map(drop),
    |conn, now| sign_in_codes::delete_stale(conn, now, before(now, KEEP_CODES)),
    passkeys::delete_stale,
    |conn, now| oauth_clients::delete_before(conn, before(now, KNOWN_FOR)),
    |conn, now| activities::delete_received_before(conn, before(now, REMEMBER_RECEIVED)),
    |conn, now| activities::delete_tombstones_before(conn, before(now, KEEP_TOMBSTONES)).map(drop),
    |conn, now| journal::delete_failed_before(conn, before(now, KEEP_FAILED)).map(drop),
    |conn, now| queue::delete_refused_before(conn, before(now, KEEP_FAILED)).map(drop),
    forget_lost,
    |conn, _| inboxes::delete_unused(conn).map(drop),
    forget_sent,
    |conn, now| hosts::delete_usual(conn, now, before(now, KEEP_SIGNATURES)).map(drop),
    |conn, now| form_keys::delete_before(conn, before(now, KEEP_FORMS)),
    |conn, now| reports::delete_before(conn, before(now, KEEP_REPORTS)).map(drop),
    |conn, now| measures::delete_ended_before(conn, before(now, KEEP_MEASURES)).map(drop),
    promise_people::delete_stale_links,
    |conn, now| pictures::delete_unused(conn, before(now, KEEP_UNUSED_PICTURES), now),
    message_links::delete_stale,
    |conn, now| asks::delete_closed_before(conn, before(now, KEEP_MESSAGES)),
    |conn, now| held_replies::delete_before(conn, before(now, KEEP_ASIDE)),
    |conn, now| alike::delete_before(conn, before(now, KEEP_ASIDE)),
    |conn, now| careful::delete_before(conn, before(now, KEEP_ASIDE)),
    |conn, now| met_domains::delete_before(conn, before(now, KEEP_TOMBSTONES)),
    forget_severed,
    |conn, now| gate::delete_pending_before(conn, before(now, KEEP_KNOCKS)).map(drop),
    |conn, now| delete_old_keys(conn, now).map(drop),
    |conn, now| moment_people::delete_before(conn, before(now, REST)),
    |conn, now| cover_asks::delete_before(conn, before(now, KEEP_ASKS)),
    |conn, now| exemptions::delete_before(conn, before(now, KEEP_EXEMPTIONS)),
    |conn, now| turn_notes::delete_before(conn, before(now, KEEP_TOMBSTONES)),
    |conn, now| backup_runs::delete_before(conn, before(now, KEEP_BACKUP_RUNS)).map(drop),
    |conn, now| doctor::delete_nonces_before(conn, before(now, KEEP_NONCES)),
    |conn, now| doctor::delete_clocks_before(conn, before(now, TELLS_FOR)),
];

fn before(now: Timestamp, age: SignedDuration) -> Timestamp {
    now.saturating_sub(age).unwrap_or(now)
}

/// The steps of housekeeping: each is taken, whatever came of those before it.
#[derive(Default)]
struct Steps {
    /// What failed first.
    failed: Option<Error>,
}

impl Steps {
    /// What came of a step; nothing if it failed.
    fn note<T: Default>(&mut self, done: Result<T, Error>) -> T {
        done.unwrap_or_else(|error| {
            if self.failed.is_none() {
                self.failed = Some(error);
            } else {
                tracing::error!(error = %error, "another step of housekeeping failed");
            }
            T::default()
        })
    }

    fn end(self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)
    }
}

/// Does both once; answers what failed first.
pub async fn run(app: &App) -> Result<(), Error> {
    let ended = end_what_is_over(app).await;
    let removed = remove_what_is_stale(app).await;
    ended.and(removed)
}

/// Ends proposals whose time has passed and promises that nobody answered, and notes that we are alive.
/// Takes every step, and answers what failed first.
pub async fn end_what_is_over(app: &App) -> Result<(), Error> {
    if app.is_in_quarantine() {
        // What ended since the backup was made ended before everybody already.
        return Ok(());
    }
    let mut steps = Steps::default();
    end_proposals(app, &mut steps).await;
    end_what_was_set(app, &mut steps).await;
    ask_and_decide(app, &mut steps).await;
    care_for_duties(app, &mut steps).await;
    let lapsed = steps.note(look_after_roles(app).await);
    if lapsed > 0 {
        tracing::info!(lapsed, "let the powers of stewards rest whose term was over for a month");
    }
    look_around(app, &mut steps).await;
    // Last: where pictures are kept may be away.
    let removed = steps.note(remove_needless(app).await);
    if removed > 0 {
        tracing::info!(removed, "removed pictures that nothing shows, where they were kept");
    }
    steps.end()
}

/// What is said in public, and what others wait for.
async fn end_proposals(app: &App, steps: &mut Steps) {
    let moved = steps.note(carry_out(app).await);
    if moved > 0 {
        tracing::info!(moved, "took back, or said again, what is public");
    }
    let expired = steps.note(expire_proposals(app).await);
    if expired > 0 {
        tracing::info!(expired, "ended proposals whose time has passed");
    }
    steps.note(tell_of_ends(app).await);
    let unanswered = steps.note(expire_promises(app).await);
    if unanswered > 0 {
        tracing::info!(unanswered, "ended promises between collectives that nobody answered");
    }
}

/// What was begun with an end.
async fn end_what_was_set(app: &App, steps: &mut Steps) {
    let lifted = steps.note(end_expired(app).await);
    if lifted > 0 {
        tracing::info!(lifted, "ended rules about other servers whose time is over");
    }
    let erased = steps.note(erase_overdue(app).await);
    if erased > 0 {
        tracing::info!(erased, "erased what was personal of members who left two weeks ago");
    }
    let over = steps.note(measure::end_over(app).await);
    if over > 0 {
        tracing::info!(over, "noted the end of measures");
    }
    let over = steps.note(round::end_over(app).await);
    if over > 0 {
        tracing::info!(over, "noted the end of rounds");
    }
}

/// What the assembly hears of.
async fn ask_and_decide(app: &App, steps: &mut Steps) {
    let asked = steps.note(ask_about_causes(app).await)
        + steps.note(ask_regularly(app).await)
        + steps.note(ask_moment(app).await);
    if asked > 0 {
        tracing::info!(asked, "asked the assembly, or people, a question");
    }
    let frozen = steps.note(release_mutuality(app).await);
    if frozen > 0 {
        tracing::info!(quarters = frozen, "froze the picture of mutuality");
    }
    let decided = steps.note(close_due(app).await);
    if decided > 0 {
        tracing::info!(decided, "closed decisions whose deadline is over");
    }
}

/// Plans turns, finds people for them, and notices what is not kept.
async fn care_for_duties(app: &App, steps: &mut Steps) {
    let planned = steps.note(plan_due(app).await);
    if planned > 0 {
        tracing::info!(planned, "planned turns");
    }
    steps.note(look_for_cover(app).await);
    steps.note(ask_how_it_was(app).await);
    steps.note(offer_learning(app).await);
    let slept = steps.note(look_after_duties(app).await);
    if slept > 0 {
        tracing::info!(slept, "duties that nobody keeps sleep now");
    }
    // Last, so that others hear of everything that was done.
    steps.note(tell_of_turns(app).await);
}

/// Notes that we are alive, and looks again at what others let us pass on.
async fn look_around(app: &App, steps: &mut Steps) {
    let shared = app.clone();
    steps.note(app.db.write(move |conn| note_alive(&shared, conn)).await);
    let shared = app.clone();
    steps.note(app.db.write(move |conn| look_again(&shared, conn)).await);
    app.goes_out.notify_waiters();
}

/// Removes what is kept no longer. It looks at whole tables, so it need not run often. Takes every
/// step, and answers what failed first.
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
    let mut steps = Steps::default();
    let shared = app.clone();
    steps.note(app.db.write(move |conn| erase_stale(&shared, conn, now)).await);
    for &removal in REMOVALS {
        steps.note(app.db.write(move |conn| removal(conn, now)).await);
    }
    // What was here before there was a key, or what an older one sealed.
    let sealed = steps.note(reseal(&app.db, &|_, _| ()).await);
    if sealed > 0 {
        tracing::info!(sealed, "sealed what is private");
    }
    let retired = steps.note(retire_over(app).await);
    if retired > 0 {
        tracing::info!(retired, "erased what was said in needs and offers that are over");
    }
    steps.note(forget_stale(app, before(now, KEEP_MESSAGES)).await);
    steps.end()
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

/// Forgets followers whose server was away for too long.
fn forget_lost(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let lost = followers::delete_lost(conn, before(now, LOST))?;
    if lost > 0 {
        tracing::warn!(inboxes = lost, "forgot followers whose server was away for 30 days");
    }
    Ok(())
}

/// Forgets what was sent, except what somebody waits for.
fn forget_sent(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    activities::delete_sent_before(conn, before(now, KEEP_SENT), before(now, PAUSED)).map(drop)
}
