//! The forty blankets, step by step, between the three collectives of the demo. Each step is what
//! somebody there would do; the rest happens by itself over signed HTTP.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::actions::answer_promise::{accept_promise, decline_promise, fitting};
use crate::actions::change_proposal::{Step, change_proposal};
use crate::actions::confirm_fulfilment::{Count, confirm, confirm_fulfilment};
use crate::actions::confirm_to_neighbour::confirm_to_neighbour;
use crate::actions::make_promise::make_promise;
use crate::actions::pact::{self, propose, take_step};
use crate::actions::post_proposal::post_proposal;
use crate::actions::promise_to_neighbour::{Wish, promise_to_neighbour, take_counter};
use crate::actions::release_to_neighbour::release_to_neighbour;
use crate::app::App;
use crate::cli::output::Output;
use crate::db::{
    incoming_promises, members, neighbour_proposals, outgoing_promises, pacts, promises, proposals,
};
use crate::domain::amount::Amount;
use crate::domain::draft::Draft;
use crate::domain::id::{OutgoingPromiseId, ProposalId};
use crate::domain::incoming_promise::IncomingPromise;
use crate::domain::member::Member;
use crate::domain::neighbour::NeighbourProposal;
use crate::domain::outgoing_promise::OutgoingState;
use crate::domain::pact::PactState;
use crate::domain::proposal::{CloseReason, Purpose};
use crate::error::Error;
use crate::federation::resolve;

/// How long something may take to get from one collective to another.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// What each step says, before it is done.
pub const STEPS: [&str; 8] = [
    "Ring Street proposes a pact to Mill Lane and to Harbour. Both say yes.",
    "After a fire Ring Street needs forty blankets. Its neighbours see it on their boards.",
    "Mill Lane promises 25. Ring Street says yes: 15 are still open.",
    "Harbour promises 20. Ring Street asks for 15 now and 5 in reserve, and Harbour takes that.",
    "Ten of Mill Lane's were wet: it lets go of them. Harbour's reserve moves up, 5 are open again.",
    "A neighbour brings the last five.",
    "All of it is handed over. Each side counts: Ring Street 14 of Mill Lane's, Mill Lane 15.",
    "Ring Street closes it: there is enough. 39 to 40 of 40 came.",
];

/// The story, as far as it was told.
pub struct Story {
    ring: App,
    mill: App,
    harbour: App,
    told: usize,
    need: Option<ProposalId>,
    mills: Option<OutgoingPromiseId>,
    harbours: Vec<OutgoingPromiseId>,
}

impl Story {
    /// The story of three collectives: who asks, and two who answer.
    pub fn new(ring: App, mill: App, harbour: App) -> Self {
        let (need, mills, harbours) = (None, None, Vec::new());
        Self { ring, mill, harbour, told: 0, need, mills, harbours }
    }

    /// What comes next; none if it is over.
    pub fn next(&self) -> Option<&'static str> {
        STEPS.get(self.told).copied()
    }

    /// Tells the next step and shows where to look.
    pub async fn tell(&mut self, output: &Output) -> anyhow::Result<()> {
        let Some(sentence) = self.next() else { return Ok(()) };
        match self.told {
            0 => self.make_pacts().await,
            1 => self.ask().await,
            2 => self.mill_promises().await,
            3 => self.harbour_promises().await,
            4 => self.mill_lets_go().await,
            5 => self.a_neighbour_brings().await,
            6 => self.count().await,
            _ => self.close().await,
        }
        .with_context(|| format!("the step {sentence:?} did not work"))?;
        self.told += 1;
        let urls = self.ring.collective.urls();
        let place = self.need.map_or_else(|| urls.join("pacts"), |need| urls.page(need));
        let json = json!({"id": format!("step-{}", self.told), "step": sentence, "url": place});
        output.line(&format!("{}. {sentence}\n   Look at {place}", self.told), &json);
        Ok(())
    }

    async fn make_pacts(&self) -> anyhow::Result<()> {
        for other in [&self.mill, &self.harbour] {
            let address = other.collective.urls().actor();
            let actor = resolve::by_handle_or_url(&self.ring, address.as_str()).await?;
            propose(&self.ring, actor).await?;
            let asked = until(other, async |app: &App| {
                let all = app.db.read(pacts::list).await?;
                Ok(all.into_iter().find(|(pact, _)| pact.state() == PactState::AsksUs))
            });
            take_step(other, asked.await?.0.id, pact::Step::Accept).await?;
        }
        until(&self.ring, async |app: &App| {
            let active = app.db.read(pacts::list_active).await?;
            Ok((active.len() == 2).then_some(()))
        })
        .await
    }

    async fn ask(&mut self) -> anyhow::Result<()> {
        let draft = Draft {
            title: "Blankets for the hall".into(),
            text: "A fire on Canal Row. Any size, clean and dry.".into(),
            kind: "bedding".into(),
            amount: "40".into(),
            unit: "one".into(),
            minimum: "5".into(),
            place: "Ring Street hall".into(),
            language: "en".into(),
            ..Draft::default()
        };
        let steward = steward(&self.ring).await?;
        let need = post_proposal(&self.ring, &steward, Purpose::Need, &draft, true).await?;
        self.need = Some(need.id);
        self.theirs(&self.mill, None).await?;
        self.theirs(&self.harbour, None).await.map(drop)
    }

    async fn mill_promises(&mut self) -> anyhow::Result<()> {
        let theirs = self.theirs(&self.mill, None).await?;
        let made = promise(&self.mill, theirs, "25").await?;
        let came = pending(&self.ring).await?;
        accept_promise(&self.ring, &steward(&self.ring).await?, came.id).await?;
        self.mills = Some(made);
        stands(&self.mill, made, OutgoingState::Active).await
    }

    async fn harbour_promises(&mut self) -> anyhow::Result<()> {
        let theirs = self.theirs(&self.harbour, Some("15")).await?;
        let made = promise(&self.harbour, theirs, "20").await?;
        let (came, need) = (pending(&self.ring).await?, self.need()?);
        let need = self.ring.db.read(move |conn| proposals::find(conn, need)).await?;
        let counter = fitting(&need, &came);
        decline_promise(&self.ring, &steward(&self.ring).await?, came.id, counter).await?;
        stands(&self.harbour, made, OutgoingState::Declined).await?;
        let taken = take_counter(&self.harbour, &steward(&self.harbour).await?, made).await?;
        self.harbours = taken.into_iter().map(|promise| promise.id).collect();
        let [now, reserve] = self.harbours.as_slice() else { bail!("a counter has two parts") };
        stands(&self.harbour, *now, OutgoingState::Active).await?;
        stands(&self.harbour, *reserve, OutgoingState::InReserve).await
    }

    async fn mill_lets_go(&self) -> anyhow::Result<()> {
        let mills = self.mills.context("Mill Lane promised before")?;
        release_to_neighbour(&self.mill, mills, amount("10")).await?;
        let reserve = self.harbours.last().context("Harbour promised before")?;
        stands(&self.harbour, *reserve, OutgoingState::Active).await
    }

    async fn a_neighbour_brings(&self) -> anyhow::Result<()> {
        let need = self.need()?;
        let neighbour = self.ring.db.read(|conn| members::find_by_name(conn, "Mei")).await?;
        let made = make_promise(&self.ring, &neighbour, need, amount("5"), "").await?;
        confirm_fulfilment(&self.ring, &neighbour, made.id, None, "").await?;
        confirm_fulfilment(&self.ring, &steward(&self.ring).await?, made.id, None, "").await?;
        Ok(())
    }

    async fn count(&self) -> anyhow::Result<()> {
        let (mills, need) = (self.mills.context("Mill Lane promised before")?, self.need()?);
        confirm_to_neighbour(&self.mill, &steward(&self.mill).await?, mills, all("")).await?;
        for promise in &self.harbours {
            let steward = steward(&self.harbour).await?;
            confirm_to_neighbour(&self.harbour, &steward, *promise, all("")).await?;
        }
        let steward = steward(&self.ring).await?;
        let listed = self.ring.db.read(move |conn| promises::list_by_proposal(conn, need)).await?;
        let awaited = listed.into_iter().filter(|promise| promise.is_awaited());
        for (place, promise) in awaited.enumerate() {
            let counted = if place == 0 { all("14") } else { all("") };
            confirm(&self.ring, &steward, promise.id, counted).await?;
        }
        stands(&self.mill, mills, OutgoingState::Delivered).await
    }

    async fn close(&self) -> anyhow::Result<()> {
        let close = Step::Close(CloseReason::Enough);
        change_proposal(&self.ring, &steward(&self.ring).await?, self.need()?, close).await?;
        Ok(())
    }

    fn need(&self) -> anyhow::Result<ProposalId> {
        self.need.context("Ring Street asked before")
    }

    /// The need as a neighbour knows it, once that much is open.
    async fn theirs(&self, app: &App, open: Option<&str>) -> anyhow::Result<NeighbourProposal> {
        let url = self.ring.collective.urls().proposal(self.need()?);
        let open = open.and_then(amount);
        until(app, async |app: &App| {
            let url = url.to_string();
            let found =
                app.db.read(move |conn| neighbour_proposals::find_by_url(conn, &url)).await?;
            Ok(found.filter(|need| open.is_none() || need.open == open))
        })
        .await
    }
}

fn amount(text: &str) -> Option<Amount> {
    Amount::positive(text).ok()
}

/// What one side counts; all of it if no amount is said.
fn all(how_much: &str) -> Count {
    Count { amount: amount(how_much), ..Count::default() }
}

async fn steward(app: &App) -> Result<Member, Error> {
    let all = app.db.read(members::list).await?;
    all.into_iter().find(Member::is_steward).ok_or(Error::NotFound)
}

async fn promise(
    app: &App,
    theirs: NeighbourProposal,
    how_much: &str,
) -> Result<OutgoingPromiseId, Error> {
    let wish = Wish { amount: amount(how_much), ..Wish::default() };
    Ok(promise_to_neighbour(app, &steward(app).await?, theirs, wish).await?.id)
}

async fn pending(app: &App) -> anyhow::Result<IncomingPromise> {
    until(app, async |app: &App| {
        let waiting = app.db.read(incoming_promises::list_pending).await?;
        Ok(waiting.into_iter().next().map(|(incoming, _)| incoming))
    })
    .await
}

async fn stands(app: &App, id: OutgoingPromiseId, state: OutgoingState) -> anyhow::Result<()> {
    until(app, async |app: &App| {
        let promise = app.db.read(move |conn| outgoing_promises::find(conn, id)).await?;
        Ok((promise.state == state).then_some(()))
    })
    .await
}

/// Waits for what another collective causes here.
async fn until<T>(
    app: &App,
    look: impl AsyncFn(&App) -> Result<Option<T>, Error>,
) -> anyhow::Result<T> {
    let ended = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(found) = look(app).await? {
                return Ok(found);
            }
            tokio::time::sleep(LOOK).await;
        }
    });
    ended.await.context("it took too long")?
}
