//! Choosing what goes out next, and noting what came of it.
//!
//! An inbox gets one activity at a time, in the order of sending. Whether it can be reached is
//! remembered with the inbox and its host, never with an activity.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::dsl::exists;
use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use crate::db::host_turns::Turns;
use crate::db::hosts::{self, CIRCUIT_OPENS, Trouble};
use crate::db::log::{Log, Sent, Version};
use crate::db::queue::refuse;
use crate::db::schema::{deliveries, inboxes, sent_activities};
use crate::db::types::micros;
use crate::db::{Conn, Lock, inboxes as known, lock, quiet_mode};
use crate::domain::block::Blocks;
use crate::error::Error;

/// How long a worker may take before another tries: longer than any request.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How many inboxes of one host are delivered to at once.
const MOST_OF_A_HOST: usize = 4;
/// How many times more inboxes are looked at than are leased, to find some of other hosts.
const LOOK_AHEAD: usize = 4;
/// A host that can be reached waits less than this for the next, in microseconds: more, and the
/// clock was set back.
const LONGEST_PACE: i64 = 1_000_000;
/// What is older than this is catching up, which a host is given slowly.
const CATCHING_UP: SignedDuration = SignedDuration::from_mins(10);

/// How many may be claimed: the two are counted apart, so that dead hosts slow nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Inboxes that could be reached last time.
    pub healthy: usize,
    /// Inboxes that could not.
    pub failing: usize,
}

/// An inbox that is delivered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbox {
    /// Its id here.
    pub id: i64,
    /// Its address.
    pub url: String,
    /// Its host.
    pub host: String,
    /// How often in a row it did not take what it was given.
    pub attempts: i32,
    /// Since when, in microseconds.
    pub failing_since: Option<i64>,
    /// When it first said that it is gone, in microseconds.
    pub gone_at: Option<i64>,
    /// Whether its host failed lately or is held back.
    pub is_troubled: bool,
}

/// One activity on its way to one inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the log.
    pub activity: i64,
    /// Its id on the wire.
    pub url: String,
    /// The JSON to send.
    pub body: Arc<str>,
    /// For a Create: the newest Update of the same object, whose object it is to carry instead.
    pub newer: Option<Arc<str>>,
    /// That Update, if the Create says all of it: the peer cannot have the Create already.
    pub covers: Option<i64>,
    /// Whether it goes to all followers.
    pub to_followers: bool,
    /// The row of an exception, if it is one.
    pub exception: Option<i64>,
    /// Whether it waited for so long that its host is catching up.
    pub is_late: bool,
}

/// Something to deliver, leased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Whither.
    pub inbox: Inbox,
    /// What.
    pub delivery: Delivery,
}

/// What came of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The peer has it. Its host gets the next one at this time, in microseconds; 0 for at once.
    Arrived(i64),
    /// The peer will never take it: it is kept with the reason, and the next one goes on.
    Refused(String),
    /// As [`Ending::Refused`], but the peer takes nothing from us at the moment.
    RefusedAgain(String),
    /// Not now.
    Later {
        /// Why, for people.
        reason: String,
        /// When to try again.
        next_at: Timestamp,
        /// Whether the whole host is to blame.
        is_host: bool,
        /// Whether it said Gone.
        is_gone: bool,
    },
    /// It was away for so long that all that waits is given up.
    GivenUp(String),
    /// It does not exist any more, it seems: a person must look.
    Paused(String),
    /// It is gone for good.
    Gone,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = inboxes)]
struct Due {
    id: i64,
    url: String,
    host: String,
    attempts: i32,
    failing_since: Option<i64>,
    gone_at: Option<i64>,
    subscribed: bool,
    last_sent: i64,
    tried: i64,
}

/// Whether anything may be due.
pub fn is_due(conn: &mut Conn, now: Timestamp) -> Result<bool, Error> {
    let last = quiet_mode::last_to_go_out(conn)?;
    let newest = newest(conn, last)?;
    let due = due(micros(now), newest, last);
    Ok(diesel::select(exists(due)).get_result(conn)?)
}

/// Leases inboxes that have something waiting and are due, with what each gets next.
pub fn claim(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    blocks: &Blocks,
    places: Places,
    now: Timestamp,
) -> Result<Vec<Claimed>, Error> {
    lock(conn, Lock::Inboxes)?;
    let troubled = hosts::list_troubled(conn)?;
    if troubled.get(hosts::ALL).is_some_and(|all| all.paused_at.is_some()) {
        return Ok(Vec::new());
    }
    let (at_work, silent) = (at_work(conn, now)?, known::list_silent(conn, blocks)?);
    let last = quiet_mode::last_to_go_out(conn)?;
    let log = Log::until(last);
    let mut claim = Claim { now, troubled, at_work, silent, last, any_passed: false, log, new_id };
    let newest = newest(conn, last)?;
    let mut claimed = Vec::new();
    for (failing, places) in [(false, places.healthy), (true, places.failing)] {
        let (mut left, mut passed) = (places, 0);
        // On until the places are filled: what is held back must not stand before what is not.
        while left > 0 {
            let due = list_due(conn, now, (newest, last), failing, (places, passed))?;
            let looked_at = due.len();
            let chosen = claim.choose(conn, blocks, due, left)?;
            left -= chosen.len().min(left);
            let is_last = looked_at < page(places);
            passed += looked_at - chosen.len().min(looked_at);
            claimed.extend(chosen);
            if is_last {
                break;
            }
        }
    }
    Ok(claimed)
}

fn page(places: usize) -> usize {
    places.saturating_mul(LOOK_AHEAD)
}

/// The part of [`due`] that is failing, or that is not.
fn list_due(
    conn: &mut Conn,
    now: Timestamp,
    (newest, last): (i64, i64),
    failing: bool,
    (places, passed): (usize, usize),
) -> Result<Vec<Due>, Error> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let query = due(micros(now), newest, last).order((inboxes::next_at, inboxes::id));
    let query = query.limit(number(page(places))).offset(number(passed));
    let query = query.select(Due::as_select());
    Ok(if failing {
        query.filter(inboxes::attempts.gt(0)).load(conn)?
    } else {
        query.filter(inboxes::attempts.eq(0)).load(conn)?
    })
}

/// Inboxes for which something waits, up to a place in the log, and which may be tried now.
#[diesel::dsl::auto_type(no_type_alias)]
fn due(now: i64, newest: i64, last: i64) -> _ {
    let exceptions = deliveries::table
        .filter(deliveries::inbox_id.eq(inboxes::id))
        .filter(deliveries::activity_id.le(last))
        .filter(deliveries::refused_at.is_null());
    let behind = inboxes::subscribed.and(inboxes::last_sent.lt(newest));
    inboxes::table
        .filter(inboxes::next_at.le(now))
        .filter(inboxes::locked_until.le(now))
        .filter(inboxes::paused_at.is_null())
        .filter(behind.or(exists(exceptions)))
}

fn newest(conn: &mut Conn, last: i64) -> Result<i64, Error> {
    let newest: Option<i64> = sent_activities::table
        .filter(sent_activities::to_followers.eq(true))
        .filter(sent_activities::id.le(last))
        .select(diesel::dsl::max(sent_activities::id))
        .first(conn)?;
    Ok(newest.unwrap_or(0))
}

fn at_work(conn: &mut Conn, now: Timestamp) -> Result<HashMap<String, usize>, Error> {
    let leased: Vec<String> = inboxes::table
        .filter(inboxes::locked_until.gt(micros(now)))
        .select(inboxes::host)
        .load(conn)?;
    let mut at_work = HashMap::new();
    for host in leased {
        *at_work.entry(host).or_default() += 1;
    }
    Ok(at_work)
}

struct Claim<'a> {
    now: Timestamp,
    troubled: HashMap<String, Trouble>,
    at_work: HashMap<String, usize>,
    /// Inboxes to which nothing is to go.
    silent: Vec<i64>,
    /// The last place in the log that goes out now.
    last: i64,
    /// Whether something was passed over that may have held up others.
    any_passed: bool,
    log: Log,
    new_id: &'a dyn Fn() -> i64,
}

impl Claim<'_> {
    fn choose(
        &mut self,
        conn: &mut Conn,
        blocks: &Blocks,
        mut due: Vec<Due>,
        places: usize,
    ) -> Result<Vec<Claimed>, Error> {
        due.retain(|inbox| !blocks.covers_host(&inbox.host) && !self.silent.contains(&inbox.id));
        let exceptional = exceptional(conn, &due)?;
        let mut chosen = Chosen::default();
        loop {
            self.any_passed = false;
            let held = self.choose_among(conn, due, &exceptional, (&mut chosen, places))?;
            // What held somebody back may have been passed over.
            if held.is_empty() || !self.any_passed {
                break;
            }
            due = held;
        }
        chosen.write_marks(conn, self.now)?;
        Ok(chosen.claimed)
    }

    /// Chooses among inboxes that are due; answers those that wait for another of their host.
    fn choose_among(
        &mut self,
        conn: &mut Conn,
        due: Vec<Due>,
        exceptional: &HashSet<i64>,
        (chosen, places): (&mut Chosen, usize),
    ) -> Result<Vec<Due>, Error> {
        let hosts = due.iter().map(|inbox| inbox.host.as_str()).collect();
        let mut turns = Turns::read(conn, hosts, self.silent.clone(), self.now)?;
        let mut held = Vec::new();
        for mut inbox in due {
            if chosen.claimed.len() >= places {
                break;
            }
            let trouble = self.troubled.get(&inbox.host).copied();
            if !self.has_place(&inbox.host, trouble) {
                continue;
            }
            let (is_exceptional, last_sent) = (exceptional.contains(&inbox.id), inbox.last_sent);
            let delivery = self.next(conn, &mut inbox, is_exceptional)?;
            if inbox.last_sent > last_sent {
                move_on(conn, &[inbox.id], inbox.last_sent)?;
            }
            let Some(delivery) = delivery else {
                chosen.mark(&inbox, None);
                continue;
            };
            let place = (delivery.activity, delivery.exception.is_some());
            if turns.hold_back(conn, &mut self.log, &inbox.host, place)? {
                held.push(inbox);
                continue;
            }
            let at_work = self.at_work.entry(inbox.host.clone()).or_default();
            if delivery.is_late && *at_work > 0 {
                continue;
            }
            *at_work += 1;
            chosen.mark(&inbox, Some(delivery.activity));
            let inbox = inbox.into_inbox(trouble.is_some());
            chosen.claimed.push(Claimed { inbox, delivery });
        }
        Ok(held)
    }

    /// Whether another inbox of a host may be delivered to: few at once, and one at a time while
    /// the host fails or catches up.
    fn has_place(&self, host: &str, trouble: Option<Trouble>) -> bool {
        let at_work = self.at_work.get(host).copied().unwrap_or(0);
        let Some(trouble) = trouble else { return at_work < MOST_OF_A_HOST };
        let wait = trouble.not_before.saturating_sub(micros(self.now));
        let is_paced = trouble.failures == 0 && trouble.not_before > 0;
        let is_time = wait <= 0 || is_paced && wait > LONGEST_PACE;
        let most = if is_paced || trouble.failures >= CIRCUIT_OPENS { 1 } else { MOST_OF_A_HOST };
        trouble.paused_at.is_none() && is_time && at_work < most
    }

    /// What an inbox gets next. What has been overtaken by something newer that waits for it too is
    /// passed over; what cannot be opened is refused for it.
    fn next(
        &mut self,
        conn: &mut Conn,
        inbox: &mut Due,
        mut has_exceptions: bool,
    ) -> Result<Option<Delivery>, Error> {
        loop {
            let Some(waiting) = self.first_waiting(conn, inbox, has_exceptions)? else {
                return Ok(None);
            };
            let sent = self.log.activity(conn, waiting.activity)?;
            let fate = self.fate_of(conn, inbox, waiting, &sent.kind)?;
            match (fate, &sent.body) {
                (Fate::Send | Fate::SendWith(_), Ok(body)) => {
                    let newer = self.newer(conn, inbox, waiting, fate)?;
                    return Ok(Some(self.delivery(waiting, &sent, body, newer)));
                }
                (Fate::Send | Fate::SendWith(_), Err(reason)) => {
                    let place = (inbox.id, waiting.activity, waiting.row());
                    refuse(conn, self.new_id, place, reason, self.now)?;
                }
                (Fate::Pass, _) => waiting.forget(conn)?,
                (Fate::PassBoth(delete), _) => {
                    // The peer may hold it if we tried: then it must hear of the end.
                    if inbox.tried != waiting.activity {
                        skip(conn, self.new_id, inbox.id, delete)?;
                    }
                    waiting.forget(conn)?;
                    // There is an exception now.
                    has_exceptions = true;
                }
            }
            self.any_passed = true;
            if waiting.to_followers {
                inbox.last_sent = waiting.activity;
            }
        }
    }

    /// What waits first for an inbox.
    fn first_waiting(
        &mut self,
        conn: &mut Conn,
        inbox: &Due,
        has_exceptions: bool,
    ) -> Result<Option<Waiting>, Error> {
        let exception = match has_exceptions {
            true => first_exception(conn, inbox.id)?.filter(|found| found.activity <= self.last),
            false => None,
        };
        let shared = match inbox.subscribed {
            true => self.log.next_after(conn, inbox.last_sent)?,
            false => None,
        };
        let first = exception.map(|found| found.activity).into_iter().chain(shared).min();
        Ok(first.map(|activity| Waiting {
            activity,
            exception: exception.filter(|found| found.activity == activity),
            to_followers: shared == Some(activity),
        }))
    }

    fn fate_of(
        &mut self,
        conn: &mut Conn,
        inbox: &Due,
        waiting: Waiting,
        kind: &str,
    ) -> Result<Fate, Error> {
        if waiting.exception.is_some_and(|exception| exception.is_skipped) {
            return Ok(Fate::Pass);
        }
        let latest = self.log.latest(conn, waiting.activity, (inbox.id, inbox.subscribed))?;
        Ok(fate(kind, latest))
    }

    fn delivery(
        &self,
        waiting: Waiting,
        sent: &Sent,
        body: &Arc<str>,
        (newer, covers): (Option<Arc<str>>, Option<i64>),
    ) -> Delivery {
        Delivery {
            activity: waiting.activity,
            url: sent.url.clone(),
            body: Arc::clone(body),
            newer,
            covers,
            to_followers: waiting.to_followers,
            exception: waiting.row(),
            is_late: self.is_late(sent.sent_at),
        }
    }

    /// See [`Delivery::newer`] and [`Delivery::covers`]. An Update that cannot be opened is left
    /// out, and refused when it is its turn.
    fn newer(
        &mut self,
        conn: &mut Conn,
        inbox: &Due,
        waiting: Waiting,
        fate: Fate,
    ) -> Result<(Option<Arc<str>>, Option<i64>), Error> {
        let Fate::SendWith(update) = fate else { return Ok((None, None)) };
        let newer = self.log.activity(conn, update)?;
        let Ok(body) = &newer.body else { return Ok((None, None)) };
        let covers = (inbox.tried != waiting.activity).then_some(update);
        Ok((Some(Arc::clone(body)), covers))
    }

    fn is_late(&self, sent_at: i64) -> bool {
        let late = self.now.saturating_sub(CATCHING_UP).unwrap_or(self.now);
        sent_at < micros(late)
    }
}

/// What was chosen, and what is noted with inboxes that were looked at: what each is tried with, and
/// whether it is leased.
#[derive(Default)]
struct Chosen {
    claimed: Vec<Claimed>,
    marks: HashMap<(i64, bool), Vec<i64>>,
}

impl Chosen {
    fn mark(&mut self, inbox: &Due, activity: Option<i64>) {
        let mark = (activity.unwrap_or(inbox.tried), activity.is_some());
        self.marks.entry(mark).or_default().push(inbox.id);
    }

    fn write_marks(&mut self, conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
        let until = micros(now.saturating_add(LEASE).unwrap_or(now));
        for ((tried, leased), ids) in self.marks.drain() {
            let change = (
                inboxes::tried.eq(tried),
                inboxes::locked_until.eq(if leased { until } else { 0 }),
            );
            diesel::update(inboxes::table.filter(inboxes::id.eq_any(ids)))
                .set(change)
                .execute(conn)?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Fate {
    Send,
    /// A Create that is to carry the object of this later Update.
    SendWith(i64),
    Pass,
    /// A Create whose object was deleted by this, before the peer got either.
    PassBoth(i64),
}

/// What becomes of an activity, by the last that waits behind it about the same object: nothing
/// comes after a Delete.
fn fate(kind: &str, latest: Option<Version>) -> Fate {
    match (kind, latest) {
        ("Create", Some(Version::Delete(delete))) => Fate::PassBoth(delete),
        ("Create", Some(Version::Update(update))) => Fate::SendWith(update),
        ("Update", Some(_)) => Fate::Pass,
        _ => Fate::Send,
    }
}

/// What waits for an inbox at one place in the log.
#[derive(Clone, Copy)]
struct Waiting {
    activity: i64,
    /// The exception at this place, if there is one.
    exception: Option<Exception>,
    to_followers: bool,
}

impl Waiting {
    /// The row of the exception.
    fn row(self) -> Option<i64> {
        self.exception.map(|exception| exception.id)
    }

    fn forget(self, conn: &mut Conn) -> Result<(), Error> {
        if let Some(row) = self.row() {
            diesel::delete(deliveries::table.find(row)).execute(conn)?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Exception {
    id: i64,
    activity: i64,
    is_skipped: bool,
}

fn exceptional(conn: &mut Conn, due: &[Due]) -> Result<HashSet<i64>, Error> {
    let ids: Vec<i64> = due.iter().map(|inbox| inbox.id).collect();
    let found: Vec<i64> = deliveries::table
        .filter(deliveries::inbox_id.eq_any(ids))
        .filter(deliveries::refused_at.is_null())
        .select(deliveries::inbox_id)
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().collect())
}

fn first_exception(conn: &mut Conn, inbox: i64) -> Result<Option<Exception>, Error> {
    let found: Option<(i64, i64, bool)> = deliveries::table
        .filter(deliveries::inbox_id.eq(inbox))
        .filter(deliveries::refused_at.is_null())
        .order((deliveries::activity_id, deliveries::skipped.desc()))
        .select((deliveries::id, deliveries::activity_id, deliveries::skipped))
        .first(conn)
        .optional()?;
    Ok(found.map(|(id, activity, is_skipped)| Exception { id, activity, is_skipped }))
}

/// Notes how far inboxes got in the log. Never backwards: somebody may have moved them on meanwhile.
pub(in crate::db) fn move_on(conn: &mut Conn, ids: &[i64], place: i64) -> Result<(), Error> {
    let behind = inboxes::table
        .filter(inboxes::id.eq_any(ids.to_vec()))
        .filter(inboxes::last_sent.lt(place));
    diesel::update(behind).set(inboxes::last_sent.eq(place)).execute(conn)?;
    Ok(())
}

/// Lets an inbox not get an activity.
pub(in crate::db) fn skip(
    conn: &mut Conn,
    new_id: &dyn Fn() -> i64,
    inbox: i64,
    activity: i64,
) -> Result<(), Error> {
    let own = deliveries::table
        .filter(deliveries::inbox_id.eq(inbox))
        .filter(deliveries::activity_id.eq(activity))
        .filter(deliveries::refused_at.is_null());
    if diesel::update(own).set(deliveries::skipped.eq(true)).execute(conn)? == 0 {
        let row = (
            deliveries::id.eq(new_id()),
            deliveries::inbox_id.eq(inbox),
            deliveries::activity_id.eq(activity),
            deliveries::skipped.eq(true),
        );
        diesel::insert_into(deliveries::table).values(row).execute(conn)?;
    }
    Ok(())
}

impl Due {
    fn into_inbox(self, is_troubled: bool) -> Inbox {
        let Self { id, url, host, attempts, failing_since, gone_at, .. } = self;
        Inbox { id, url, host, attempts, failing_since, gone_at, is_troubled }
    }
}
