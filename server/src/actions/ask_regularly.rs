//! Ask the assembly what is asked without anything having happened: twice a year of every duty what
//! was learnt (mission E26b), and once a year what would be missed on Monday, and how much of our
//! help is written down nowhere (mission E32, B.0 rule 6, B.8).

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::db::{Conn, agenda, duties};
use crate::domain::agenda::Matter;
use crate::error::Error;

/// So long after the last time, or after its beginning, a duty is asked what was learnt.
const HALF_A_YEAR: SignedDuration = SignedDuration::from_hours(182 * 24);
/// So long after the last time, or after its beginning, the collective is asked.
const A_YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Asks what is due; answers how many questions are new.
pub async fn ask_regularly(app: &App) -> Result<usize, Error> {
    let (began, now) = (app.collective.created_at, app.now());
    let due = app.db.read(move |conn| list_due(conn, began, now)).await?;
    if due.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, _| {
        let mut asked = 0;
        for (matter, subject) in due {
            let about = (matter, subject.as_str());
            asked += usize::from(agenda::raise(conn, app.clock.new_id(), about, now)?);
        }
        Ok(asked)
    })
    .await
}

fn list_due(
    conn: &mut Conn,
    began: Timestamp,
    now: Timestamp,
) -> Result<Vec<(Matter, String)>, Error> {
    let mut due = Vec::new();
    for duty in duties::list_live(conn)? {
        let about = (Matter::Learnt, duty.id.to_string());
        // One that sleeps is asked something else.
        let is_kept = duty.asleep_at.is_none();
        if is_kept && is_due(conn, (about.0, &about.1), (duty.made_at, HALF_A_YEAR), now)? {
            due.push(about);
        }
    }
    if is_due(conn, (Matter::Missed, ""), (began, A_YEAR), now)? {
        due.push((Matter::Missed, String::new()));
    }
    Ok(due)
}

/// Whether it is time to ask again: nobody asks while the same waits for an answer, or rests.
fn is_due(
    conn: &mut Conn,
    about: (Matter, &str),
    (began, every): (Timestamp, SignedDuration),
    now: Timestamp,
) -> Result<bool, Error> {
    Ok(match agenda::find_newest(conn, about)? {
        None => now.duration_since(began) >= every,
        Some(last) => {
            let rests = last.rests_until.is_some_and(|until| until > now);
            !last.is_open() && !rests && now.duration_since(last.noticed_at) >= every
        }
    })
}
