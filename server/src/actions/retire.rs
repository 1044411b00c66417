//! Let go of what is over: what a closed need or offer said, what people answered, and the notes by
//! which those met who brought and got it. What is counted stays.

use jiff::{SignedDuration, Timestamp};

use crate::actions::change_proposal::forget;
use crate::actions::forget_sent::forget_sent;
use crate::app::App;
use crate::db::{Conn, fulfilments, pictures, proposals, replies, stale_notes};
use crate::domain::event::Event;
use crate::domain::id::ProposalId;
use crate::domain::proposal::{Proposal, Purpose};
use crate::error::Error;
use crate::i18n::Locale;

/// How many share a transaction.
const TOGETHER: i64 = 50;
/// How long the notes of a promise are kept after both sides said that it came.
const NOTES_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Lets go of what is over for long enough; answers how many needs and offers that were.
pub async fn retire_over(app: &App) -> Result<usize, Error> {
    let before = |age: SignedDuration| app.now().saturating_sub(age).unwrap_or(app.now());
    let (over, came) = (before(app.kept_for()), before(NOTES_AFTER));
    app.db.write(move |conn| stale_notes::erase(conn, came, over)).await?;
    let mut retired = 0;
    loop {
        let find = move |conn: &mut Conn| proposals::list_over_before(conn, over, TOGETHER);
        let due = app.db.read(find).await?;
        if due.is_empty() {
            return Ok(retired);
        }
        retired += due.len();
        app.change(move |app, conn, _| {
            due.into_iter().try_for_each(|id| retire(app, conn, id, over))
        })
        .await?;
    }
}

fn retire(app: &App, conn: &mut Conn, id: ProposalId, before: Timestamp) -> Result<(), Error> {
    let mut proposal = proposals::lock(conn, id)?;
    if proposal.is_open() || proposal.note.is_retired || proposal.updated_at >= before {
        // Somebody opened it again meanwhile.
        return Ok(());
    }
    let urls = app.collective.urls();
    let deeds = fulfilments::list_by_proposal(conn, id)?;
    let mut objects = urls.all_notes(&proposal);
    objects.extend(deeds.iter().map(|deed| urls.fulfilment(deed.id)));
    forget_sent(conn, &objects)?;
    if proposal.is_told() {
        let mut events: Vec<Event> = Vec::new();
        forget(app, conn, &proposal, &mut events)?;
        // Before it is forgotten who replied: they hear of it, too.
        app.announce(conn, &events)?;
    }
    replies::delete_about(conn, id)?;
    let picture = proposal.content.picture.take();
    let is_deed = !deeds.is_empty() || !proposal.coverage.came_high.is_zero();
    let is_title_kept = is_deed && proposal.content.audience.goes_out();
    let erased = (!is_title_kept).then(|| title(&proposal));
    proposal.retire(erased);
    proposals::update(conn, &proposal)?;
    match picture {
        Some(picture) => pictures::delete_if_unused(conn, &picture.digest, app.now()),
        None => Ok(()),
    }
}

/// What stands in the place of a title that is erased.
fn title(proposal: &Proposal) -> String {
    Locale::find(&proposal.content.language).say(match proposal.purpose {
        Purpose::Need => "erased-need",
        Purpose::Offer => "erased-offer",
    })
}
