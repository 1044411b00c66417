//! Answer a point of the agenda: by a decision, or because the assembly talked about it. What was
//! answered rests for a while, and is asked again if it is still so.

use jiff::{SignedDuration, Timestamp};

use crate::actions::check_voice::check_voice;
use crate::app::App;
use crate::db::{agenda, decisions};
use crate::domain::decision::Ending;
use crate::domain::id::{AgendaId, DecisionId};
use crate::domain::member::Member;
use crate::domain::refusal::Refusal;
use crate::error::Error;

/// The longest time for which the same is not asked again.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Answers a point that is open.
pub async fn answer(
    app: &App,
    by: &Member,
    id: AgendaId,
    (decision, rests_until): (Option<DecisionId>, Timestamp),
) -> Result<(), Error> {
    let rests = rests_until.duration_since(app.now());
    if rests <= SignedDuration::ZERO || rests > LONGEST_REST {
        return Err(Refusal::RestUnfit.into());
    }
    let by = by.id;
    app.change(move |app, conn, _| {
        check_voice(conn, by)?;
        if let Some(decision) = decision {
            let ending = decisions::find(conn, decision)?.outcome.map(|outcome| outcome.ending);
            // Not adopted is an answer, too; too few, or taken back, is none.
            if !matches!(ending, Some(Ending::Adopted | Ending::NotAdopted)) {
                return Err(Refusal::NotDecided.into());
            }
        }
        match agenda::answer(conn, id, (decision, Some(rests_until)), app.now())? {
            true => Ok(()),
            false => Err(Error::NotFound),
        }
    })
    .await
}
