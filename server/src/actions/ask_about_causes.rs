//! Ask the assembly about causes that come again and again (mission E20). It asks, once; it judges
//! nothing, and makes nobody wait.

use crate::app::App;
use crate::db::{Conn, agenda, causes};
use crate::domain::agenda::Matter;
use crate::domain::cause::{Cause, Count, Question, counted_until, question};
use crate::domain::quarter::Quarter;
use crate::error::Error;

/// Puts on the agenda what is to be asked; answers how many questions are new.
pub async fn ask_about_causes(app: &App) -> Result<usize, Error> {
    let shared = app.clone();
    let due = app.db.read(move |conn| list_due(&shared, conn)).await?;
    if due.is_empty() {
        return Ok(0);
    }
    app.change(move |app, conn, _| {
        let mut asked = 0;
        for cause in due {
            // Another server may have asked since.
            let cause = causes::lock(conn, cause.id)?;
            let counts = read_counts(app, conn)?;
            if let Some(question) = find_question(app, conn, &cause, &counts)? {
                asked += usize::from(ask(app, conn, cause, question)?);
            }
        }
        Ok(asked)
    })
    .await
}

fn list_due(app: &App, conn: &mut Conn) -> Result<Vec<Cause>, Error> {
    let counts = read_counts(app, conn)?;
    let mut due = Vec::new();
    for cause in causes::list(conn)? {
        if find_question(app, conn, &cause, &counts)?.is_some() {
            due.push(cause);
        }
    }
    Ok(due)
}

fn read_counts(app: &App, conn: &mut Conn) -> Result<Vec<Count>, Error> {
    causes::read_counts(conn, &app.zone, counted_until(app.now(), &app.zone))
}

fn find_question(
    app: &App,
    conn: &mut Conn,
    cause: &Cause,
    counts: &[Count],
) -> Result<Option<Question>, Error> {
    let quarter_of = |moment| Quarter::of(moment, &app.zone);
    let four = quarter_of(app.now()).last_four().map(|quarter| {
        let fits = |count: &&Count| count.cause == cause.id && count.quarter == quarter;
        (quarter, counts.iter().find(fits).map_or(0, |count| count.needs))
    });
    let responses = causes::list_responses_to(conn, cause.id)?;
    Ok(question(cause, &four, &responses, quarter_of, app.now()))
}

/// Nothing is noted unless the question is new: the assembly may have put it off.
fn ask(app: &App, conn: &mut Conn, mut cause: Cause, question: Question) -> Result<bool, Error> {
    let now = app.now();
    let matter = match question {
        Question::Recurring | Question::GoesOn(_) => Matter::RecurringCause,
        Question::Review(_) => Matter::Review,
    };
    if !agenda::raise(conn, app.clock.new_id(), (matter, &cause.id.to_string()), now)? {
        return Ok(false);
    }
    for mut response in causes::list_responses_to(conn, cause.id)? {
        if response.is_due(now) {
            response.done_at = Some(now);
            causes::update_response(conn, &response)?;
        }
        if question == Question::GoesOn(response.id) {
            response.asked_again_at = Some(now);
            causes::update_response(conn, &response)?;
        }
    }
    cause.asked_in = Some(Quarter::of(now, &app.zone));
    causes::update(conn, &cause)?;
    Ok(true)
}
