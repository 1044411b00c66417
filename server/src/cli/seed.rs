//! A month in the life of three collectives, for the demo. Made up, but it could be.

use jiff::{SignedDuration, Timestamp};

use crate::actions::change_proposal::{Step, change_proposal};
use crate::actions::confirm_fulfilment::confirm_fulfilment;
use crate::actions::follow::follow;
use crate::actions::make_promise::make_promise;
use crate::actions::post_proposal::post_proposal;
use crate::actions::release_promise::release_promise;
use crate::app::App;
use crate::cli::demo::Stage;
use crate::cli::seed_duty::{keep_kitchen, member};
use crate::clock::Clock;
use crate::domain::amount::Amount;
use crate::domain::draft::Draft;
use crate::domain::proposal::{CloseReason, Purpose};
use crate::error::Error;
use crate::federation::resolve;
use crate::jobs::runner;

/// Who is in a collective. The first member is the steward.
pub struct Cast {
    pub handle: &'static str,
    pub name: &'static str,
    pub summary: &'static str,
    pub language: &'static str,
    pub members: &'static [&'static str],
}

/// The three collectives.
pub const CASTS: &[Cast] = &[
    Cast {
        handle: "ring",
        name: "Ring Street",
        summary: "Neighbours between the canal and Ring Street who share food, tools and time.",
        language: "en",
        members: &["Omar", "Tove", "Sara", "Joao", "Mei"],
    },
    Cast {
        handle: "mill",
        name: "Mill Lane",
        summary: "The houses around the old mill: a kitchen on Tuesdays, and whatever is needed.",
        language: "en",
        members: &["Noor", "Kofi", "Ines", "Pavel"],
    },
    Cast {
        handle: "harbour",
        name: "Harbour",
        summary: "Dock workers, boat people and their neighbours. Hablamos español.",
        language: "es",
        members: &["Lea", "Ben", "Amina", "Rosa"],
    },
];

/// One need or offer and what became of it.
struct Story {
    day: i64,
    stage: usize,
    by: &'static str,
    purpose: Purpose,
    title: &'static str,
    text: &'static str,
    kind: &'static str,
    amount: &'static str,
    unit: &'static str,
    minimum: &'static str,
    /// Ends this many days after it was posted.
    lasts: Option<i64>,
    place: &'static str,
    language: &'static str,
    promises: &'static [Promised],
    close: Option<CloseReason>,
}

/// Who promised how much, and what came of it.
struct Promised(&'static str, &'static str, Came);

enum Came {
    NotYet,
    /// What the ones who asked counted, and what the promiser did.
    Counted(&'static str, &'static str),
    Released,
}

const BLANK: Story = Story {
    day: 0,
    stage: 0,
    by: "",
    purpose: Purpose::Need,
    title: "",
    text: "",
    kind: "",
    amount: "",
    unit: "",
    minimum: "",
    lasts: None,
    place: "",
    language: "en",
    promises: &[],
    close: None,
};

const STORIES: &[Story] = &[
    Story {
        day: 1,
        by: "Tove",
        purpose: Purpose::Offer,
        title: "Bike repair",
        text: "Saturday mornings in the shed. Bring your own parts if you have them.",
        kind: "repair",
        amount: "12",
        unit: "hour",
        minimum: "1",
        place: "Shed behind Ring Street 9",
        promises: &[
            Promised("Sara", "2", Came::Counted("2", "2")),
            Promised("Mei", "1", Came::NotYet),
        ],
        ..BLANK
    },
    Story {
        day: 2,
        stage: 1,
        by: "Kofi",
        title: "Hands for the Tuesday kitchen",
        text: "Four people from four to eight, one of them new to it.",
        kind: "meal",
        amount: "4",
        unit: "one",
        lasts: Some(6),
        place: "Mill Lane 4",
        promises: &[
            Promised("Ines", "1", Came::Counted("1", "1")),
            Promised("Pavel", "2", Came::Counted("2", "2")),
            Promised("Noor", "1", Came::Counted("1", "1")),
        ],
        close: Some(CloseReason::Fulfilled),
        ..BLANK
    },
    Story {
        day: 4,
        stage: 2,
        by: "Amina",
        title: "Cochecito de bebé",
        text: "Para un bebé que llega en tres semanas. Podemos recogerlo.",
        kind: "baby",
        amount: "1",
        unit: "one",
        place: "Muelle 3",
        language: "es",
        promises: &[Promised("Rosa", "1", Came::Counted("1", "1"))],
        close: Some(CloseReason::Fulfilled),
        ..BLANK
    },
    Story {
        day: 7,
        by: "Omar",
        title: "Warm blankets after the fire on Canal Row",
        text: "Three houses burned on Sunday. Everybody is out and safe, and sleeps in the hall.\n\n\
               Any size, clean and dry. **Woollen is best.**",
        kind: "bedding",
        amount: "40",
        unit: "one",
        minimum: "5",
        lasts: Some(6),
        place: "Ring Street hall",
        promises: &[
            Promised("Joao", "25", Came::Counted("14", "15")),
            Promised("Sara", "10", Came::Released),
            Promised("Mei", "20", Came::Counted("20", "20")),
            Promised("Tove", "5", Came::Counted("5", "5")),
        ],
        close: Some(CloseReason::Enough),
        ..BLANK
    },
    Story {
        day: 10,
        stage: 1,
        by: "Pavel",
        purpose: Purpose::Offer,
        title: "Potatoes from the field",
        text: "You carry them. Bags are there.",
        kind: "food",
        amount: "120",
        unit: "kilogram",
        minimum: "5",
        place: "Elm Field gate",
        promises: &[
            Promised("Kofi", "40", Came::Counted("40", "40")),
            Promised("Ines", "20", Came::NotYet),
        ],
        ..BLANK
    },
    Story {
        day: 13,
        stage: 2,
        by: "Ben",
        title: "Somebody who reads office letters",
        text: "Two letters about a residence permit, an answer is due soon.",
        kind: "paperwork",
        place: "Harbour office",
        language: "en",
        promises: &[Promised("Lea", "", Came::Counted("", ""))],
        close: Some(CloseReason::Fulfilled),
        ..BLANK
    },
    Story {
        day: 17,
        stage: 0,
        by: "Mei",
        title: "Lift to the clinic with a walker",
        text: "Wednesday at nine, and back around eleven.",
        kind: "ride",
        amount: "2",
        unit: "one",
        lasts: Some(5),
        place: "North end of Ring Street",
        promises: &[Promised("Omar", "2", Came::Counted("2", "2"))],
        close: Some(CloseReason::Fulfilled),
        ..BLANK
    },
    Story {
        day: 21,
        stage: 2,
        by: "Rosa",
        purpose: Purpose::Offer,
        title: "Ropa de invierno",
        text: "Abrigos, guantes y botas de niño. Todo lavado.",
        kind: "clothing",
        amount: "20",
        unit: "one",
        place: "Galpón 3",
        language: "es",
        promises: &[
            Promised("Amina", "8", Came::Counted("8", "8")),
            Promised("Ben", "12", Came::NotYet),
            Promised("Lea", "5", Came::NotYet),
        ],
        ..BLANK
    },
    Story {
        day: 24,
        stage: 1,
        by: "Ines",
        title: "Company on Thursday afternoons",
        text: "A neighbour plays chess and does not hear well. An hour or two, tea is there.",
        kind: "company",
        place: "Mill Lane",
        ..BLANK
    },
    Story {
        day: 26,
        by: "Sara",
        title: "Childcare during the assembly",
        text: "Six children between two and nine. The room has toys.",
        kind: "childcare",
        amount: "9",
        unit: "hour",
        minimum: "3",
        lasts: Some(12),
        place: "Ring Street hall",
        promises: &[Promised("Joao", "3", Came::NotYet)],
        ..BLANK
    },
    Story {
        day: 28,
        stage: 1,
        by: "Noor",
        title: "Jam jars with lids",
        text: "For eighty kilos of plums that do not wait.",
        kind: "other",
        amount: "200",
        unit: "one",
        minimum: "10",
        lasts: Some(5),
        place: "Mill Lane kitchen",
        promises: &[
            Promised("Pavel", "60", Came::Counted("60", "60")),
            Promised("Kofi", "70", Came::NotYet),
        ],
        ..BLANK
    },
    Story {
        day: 29,
        stage: 2,
        by: "Lea",
        title: "A cargo bike for Saturday",
        text: "To carry the stove up from the quay.",
        kind: "tool",
        amount: "1",
        unit: "one",
        lasts: Some(6),
        place: "Harbour, quay 2",
        language: "en",
        ..BLANK
    },
    Story {
        day: 30,
        by: "Joao",
        purpose: Purpose::Offer,
        title: "Drill and ladder to borrow",
        text: "Three days at a time. The ladder needs two people.",
        kind: "tool",
        place: "Ring Street 17",
        ..BLANK
    },
];

/// Plays the month: everybody follows everybody, then one story after the other, each delivered to
/// the neighbours before the next.
pub async fn play(stages: &[Stage], clock: &Clock) -> anyhow::Result<()> {
    for stage in stages {
        for other in stages {
            let url = other.app.collective.urls().actor();
            if url != stage.app.collective.urls().actor() {
                let actor = resolve::by_handle_or_url(&stage.app, url.as_str()).await?;
                follow(&stage.app, actor).await?;
            }
        }
    }
    settle(stages).await?;
    let beginning = clock.now();
    for story in STORIES {
        move_to(clock, beginning, story.day);
        if let Some(stage) = stages.get(story.stage) {
            tell(&stage.app, story, clock).await?;
        }
        settle(stages).await?;
    }
    if let Some(mill) = stages.get(1) {
        keep_kitchen(&mill.app).await?;
    }
    Ok(settle(stages).await?)
}

async fn tell(app: &App, story: &Story, clock: &Clock) -> anyhow::Result<()> {
    let author = member(app, story.by).await?;
    let days = |days| SignedDuration::from_hours(24 * days);
    let ends_at = story.lasts.map(|lasts| clock.now().saturating_add(days(lasts))).transpose()?;
    let draft = Draft {
        title: story.title.to_owned(),
        text: story.text.to_owned(),
        kind: story.kind.to_owned(),
        amount: story.amount.to_owned(),
        unit: story.unit.to_owned(),
        minimum: story.minimum.to_owned(),
        ends_at,
        place: story.place.to_owned(),
        language: story.language.to_owned(),
        ..Draft::default()
    };
    let proposal = post_proposal(app, &author, story.purpose, &draft, true).await?;
    let mut made = Vec::new();
    for promised in story.promises {
        clock.advance(SignedDuration::from_hours(2));
        let amount = Amount::positive(promised.1).ok();
        let member = member(app, promised.0).await?;
        made.push((make_promise(app, &member, proposal.id, amount, "").await?, member, promised));
    }
    for (promise, promiser, Promised(_, _, came)) in &made {
        clock.advance(SignedDuration::from_hours(3));
        match came {
            Came::NotYet => {}
            Came::Released => {
                release_promise(app, promiser, promise.id, None).await?;
            }
            Came::Counted(ours, theirs) => {
                let count = |text: &str| Amount::zero_or_more(text).ok();
                confirm_fulfilment(app, promiser, promise.id, count(theirs), "").await?;
                confirm_fulfilment(app, &author, promise.id, count(ours), "").await?;
            }
        }
    }
    if let Some(reason) = story.close {
        change_proposal(app, &author, proposal.id, Step::Close(reason)).await?;
    }
    Ok(())
}

/// Works until nothing is left to do anywhere: what one delivers, another has to process.
async fn settle(stages: &[Stage]) -> Result<(), Error> {
    for _ in 0..3 {
        for stage in stages {
            runner::run_all(&stage.app).await?;
        }
    }
    Ok(())
}

fn move_to(clock: &Clock, beginning: Timestamp, day: i64) {
    let there = beginning.saturating_add(SignedDuration::from_hours(24 * day));
    let ahead = there.map_or(SignedDuration::ZERO, |there| there.duration_since(clock.now()));
    clock.advance(ahead.max(SignedDuration::ZERO));
}
