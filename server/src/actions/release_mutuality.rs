//! Freeze the picture of mutuality when a quarter is over, and ask the assembly if it changed.
//! What is frozen is never computed again, so that two looks at a quarter show the same, and
//! nobody learns from the difference who came or left (mission B.0, rule 5; B.7).

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::mutuality::{Window, find_first, read};
use crate::db::mutuality_releases::{self as releases, Release, Sums};
use crate::db::{Conn, agenda};
use crate::domain::agenda::Matter;
use crate::domain::mutuality::Part;
use crate::domain::mutuality::drift::notices;
use crate::domain::mutuality::flows::{Flows, PARTS, traced};
use crate::domain::mutuality::record::Record;
use crate::domain::mutuality::report::{Report, WINDOWS};
use crate::domain::mutuality::split::Split;
use crate::domain::quarter::Quarter;
use crate::error::Error;

/// So long after the end of a quarter it is frozen: its last turn may end a day after it, and can
/// be noted for sixty days. What is noted late is in its quarter all the same.
pub const WAITS: SignedDuration = SignedDuration::from_hours(61 * 24);
/// A collective that has been here for longer when it begins to freeze begins with so many
/// quarters: as many as it takes to notice a change, and two.
const FIRST_TIME: usize = 8;
/// Months of a quarter.
const QUARTER: i32 = 3;

/// Everything that is frozen of a quarter.
struct Frozen {
    quarter: Quarter,
    sums: Sums,
    releases: Vec<Release>,
}

/// Freezes what is due; answers how many quarters.
pub async fn release_mutuality(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let zone = app.zone.clone();
    let frozen = app.db.read(move |conn| freeze_due(conn, now, &zone)).await?;
    if frozen.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, _| {
        let mut added = 0;
        let last = frozen.last().map(|last| last.quarter);
        for each in frozen {
            // Another server may have frozen it meanwhile: then its own is the one that counts.
            if releases::insert_sums(conn, each.quarter, each.sums)? {
                for release in &each.releases {
                    releases::insert(conn, release)?;
                }
                added += 1;
            }
        }
        if let Some(last) = last.filter(|_| added > 0) {
            ask_if_it_changed(app, conn, last)?;
        }
        Ok(added)
    })
    .await
}

/// The newest quarter that may be frozen at a moment.
pub fn last_over(now: Timestamp, zone: &TimeZone) -> Quarter {
    let before = now.saturating_sub(WAITS).unwrap_or(now);
    Quarter::of(before, zone).before()
}

fn freeze_due(conn: &mut Conn, now: Timestamp, zone: &TimeZone) -> Result<Vec<Frozen>, Error> {
    let last = last_over(now, zone);
    let known = releases::list_quarters(conn)?;
    if known.contains(&last) {
        return Ok(Vec::new());
    }
    let Some(first) = find_first(conn)? else { return Ok(Vec::new()) };
    let first = Quarter::of(first, zone);
    let back = std::iter::successors(Some(last), |quarter| Some(quarter.before()));
    let due = back.take(FIRST_TIME).take_while(|quarter| *quarter >= first);
    let mut due: Vec<Quarter> = due.take_while(|quarter| !known.contains(quarter)).collect();
    due.reverse();
    due.into_iter().map(|quarter| freeze(conn, quarter, now, zone)).collect()
}

fn freeze(
    conn: &mut Conn,
    quarter: Quarter,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Frozen, Error> {
    let mut releases = Vec::new();
    let mut sums = None;
    for months in WINDOWS {
        let window = window(quarter, months, zone)?;
        let record = read(conn, &window)?;
        if months == QUARTER {
            sums = Some(sum_up(&record));
        }
        let last =
            zone.to_datetime(window.until).date().yesterday().map_err(anyhow::Error::from)?;
        let report = Report::of(&record, last);
        releases.push(Release { quarter, months, report, released_at: now });
    }
    let sums = sums.ok_or_else(|| Error::internal("no figures are made of a quarter"))?;
    Ok(Frozen { quarter, sums, releases })
}

/// The months that end with a quarter.
fn window(quarter: Quarter, months: i32, zone: &TimeZone) -> Result<Window<'_>, Error> {
    let mut first = quarter;
    for _ in 1..months / QUARTER {
        first = first.before();
    }
    let moment = |quarter: Quarter| {
        quarter.begins(zone).ok_or_else(|| Error::internal("a quarter that no calendar has"))
    };
    Ok(Window { from: moment(first)?, until: moment(quarter.after())?, zone })
}

/// What is kept of a quarter to notice changes: four numbers, of the collective as a whole.
fn sum_up(record: &Record) -> Sums {
    let unit = u64::from(PARTS);
    let split = Split::of(&Flows::new(&traced(&record.deeds())));
    let handovers = record.handovers.iter();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let in_rounds = handovers.filter(|handover| handover.in_round).count();
    Sums {
        one_way: Part::new(split.one_way / unit, split.all / unit),
        crisis: Part::new(count(in_rounds), count(record.deeds().len())),
    }
}

/// One question, without a name, if a share rose with the quarter that was frozen last (mission
/// E2).
fn ask_if_it_changed(app: &App, conn: &mut Conn, last: Quarter) -> Result<(), Error> {
    let all = releases::list_sums(conn)?;
    let back = std::iter::successors(Some(last), |quarter| Some(quarter.before()));
    let mut series: Vec<Sums> = back.map_while(|quarter| all.get(&quarter).copied()).collect();
    series.reverse();
    let one_way: Vec<Part> = series.iter().map(|sums| sums.one_way).collect();
    let crisis: Vec<Part> = series.iter().map(|sums| sums.crisis).collect();
    if notices(&[&one_way, &crisis]).last().is_some_and(|at| at + 1 == series.len()) {
        let now = app.now();
        agenda::raise(conn, app.clock.new_id(), (Matter::Drift, ""), now)?;
    }
    Ok(())
}
