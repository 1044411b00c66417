//! Pictures for people who would rather look than read. Each is drawn on the server, tells its
//! parts apart by pattern and place as well as by colour, and says in words what it shows.

use jiff::{SignedDuration, Timestamp};

use crate::domain::duty::{Duty, DutyPrivate};
use crate::domain::role::{Role, Term as RoleTerm};
use crate::web::mutuality::says::Says;
use crate::web::words::Words;

/// How many parts the ring has: a twentieth each.
const TWENTIETHS: i64 = 20;
/// With what the four parts of the ring are filled, in the order of the sentences.
const FILLS: [&str; 4] = ["currentColor", "url(#ring-round)", "url(#ring-common)", "none"];
/// The most weeks that are drawn.
const MOST_WEEKS: usize = 53;
/// How far the picture of terms looks ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How wide it is, in its own units.
const WIDE: i64 = 365;

/// How what was done went, as twenty pieces of a ring.
pub struct Ring {
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// What it shows.
    pub words: String,
}

/// A piece of the ring.
pub struct Piece {
    /// With what it is filled.
    pub fill: &'static str,
    /// By how much it is turned, in degrees.
    pub degrees: i64,
}

/// A column for each week.
pub struct Weeks {
    /// The columns.
    pub columns: Vec<Column>,
    /// How wide the picture is, in its own units.
    pub width: usize,
    /// What it shows.
    pub words: String,
}

/// The turns of a week.
pub struct Column {
    /// Its place.
    pub x: usize,
    /// Where the part that was kept begins, from the top, and how high it is.
    pub kept: (u64, u64),
    /// The same of the part that was not.
    pub missed: (u64, u64),
}

/// Until when roles are held, and the turns of duties kept together.
pub struct Terms {
    /// A line for each role, and then for each duty.
    pub rows: Vec<Term>,
}

/// A role or a duty.
pub struct Term {
    /// Its title.
    pub title: String,
    /// How long its bar is, of [`WIDE`].
    pub width: i64,
    /// What it shows.
    pub words: String,
    /// Whether somebody stands in.
    pub has_deputy: bool,
}

impl Ring {
    /// Draws it of twentieths, in the order direct, round, common, one-way.
    pub fn new(says: &Says<'_>, twentieths: [i64; 4]) -> Self {
        let parts = FILLS.into_iter().zip(twentieths);
        let fills = parts.flat_map(|(fill, number)| {
            std::iter::repeat_n(fill, usize::try_from(number).unwrap_or_default())
        });
        // Each part is rounded by itself, so together they may be one more, or one less.
        let pieces = fills
            .zip(0..TWENTIETHS)
            .map(|(fill, place)| Piece { fill, degrees: place * 360 / TWENTIETHS });
        let [direct, round, common, one_way] = twentieths;
        let arguments = [
            ("direct", direct.into()),
            ("round", round.into()),
            ("common", common.into()),
            ("away", one_way.into()),
        ];
        Self { pieces: pieces.collect(), words: says.locale.say_with("mutuality-ring", arguments) }
    }
}

impl Weeks {
    /// Draws them; none if there were no turns, or so many weeks that they are not told apart.
    pub fn new(says: &Says<'_>) -> Option<Self> {
        /// How high the highest column is, and how wide each.
        const HIGH: u64 = 60;
        const STEP: usize = 6;
        let weeks = &says.report.weeks;
        let most = weeks.iter().map(|week| week.whole).max().filter(|most| *most > 0)?;
        if weeks.len() > MOST_WEEKS {
            return None;
        }
        let high = |turns: u64| turns * HIGH / most;
        let columns = weeks.iter().zip(0_usize..).map(|(week, place)| {
            let (kept, all) = (high(week.part), high(week.whole));
            Column { x: place * STEP, kept: (HIGH - kept, kept), missed: (HIGH - all, all - kept) }
        });
        let with_turns = weeks.iter().filter(|week| week.whole > 0).count();
        let full = weeks.iter().filter(|week| week.whole > 0 && week.part == week.whole).count();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let arguments = [("full", number(full).into()), ("weeks", number(with_turns).into())];
        Some(Self {
            columns: columns.collect(),
            width: weeks.len() * STEP,
            words: says.locale.say_with("mutuality-weeks", arguments),
        })
    }
}

/// A role with the terms that run, or wait for somebody.
pub type Held = (Role, Vec<RoleTerm>);

/// Draws the terms of roles and duties for the year to come; none if there are neither.
pub fn terms(roles: &[Held], duties: &[(Duty, DutyPrivate)], words: &Words<'_>) -> Option<Terms> {
    let of_role = |(role, terms): &Held| {
        let title = match role.is_house() {
            true => words.locale.say("role-house"),
            false => role.title.clone(),
        };
        let held = terms.iter().filter(|term| term.holder.is_some());
        let has_deputy = terms.iter().any(|term| term.deputy.is_some());
        Term::new(title, held.map(|term| term.ends_at).max(), has_deputy, words)
    };
    let of_duty = |(duty, private): &(Duty, DutyPrivate)| {
        let until = private.keeper_until.filter(|_| private.keeper.is_some());
        Term::new(duty.content.title.clone(), until, private.deputy.is_some(), words)
    };
    let rows: Vec<Term> = roles.iter().map(of_role).chain(duties.iter().map(of_duty)).collect();
    (!rows.is_empty()).then_some(Terms { rows })
}

impl Term {
    fn new(title: String, until: Option<Timestamp>, has_deputy: bool, words: &Words<'_>) -> Self {
        let ahead = until.map(|until| until.duration_since(words.now));
        let share = ahead.map_or(0, |ahead| ahead.as_hours().clamp(0, AHEAD.as_hours()) * WIDE);
        let text = match until {
            Some(until) if until > words.now => {
                let date = words.day(until).text;
                words.locale.say_with("mutuality-term-until", [("date", date.into())])
            }
            Some(_) => words.locale.say("mutuality-term-over"),
            None => words.locale.say("mutuality-term-none"),
        };
        Self { title, width: share / AHEAD.as_hours(), words: text, has_deputy }
    }
}
