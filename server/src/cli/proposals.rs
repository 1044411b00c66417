//! `mutuals need …`, `mutuals offer …`, `mutuals proposal …`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

use crate::actions::cause::Said;
use crate::actions::change_proposal::{Step, change_proposal, close_saying};
use crate::actions::edit_proposal::edit_proposal;
use crate::actions::keep_picture::keep_picture;
use crate::actions::pass_on::pass_on;
use crate::actions::post_proposal::post_proposal;
use crate::app::App;
use crate::cli::causes::find_cause;
use crate::cli::output::Output;
use crate::cli::{look_up, neighbour_promises, read};
use crate::db::{self, origins, rounds};
use crate::domain::audience::Viewer;
use crate::domain::draft::{Context, Draft};
use crate::domain::id::NeighbourProposalId;
use crate::domain::neighbour::{NeighbourProposal, RemoteActor};
use crate::domain::origin::Origin;
use crate::domain::proposal::{self, CloseReason, Purpose};
use crate::error::Error;

#[derive(Subcommand)]
pub enum Post {
    /// Post it in the name of the collective.
    Post(Box<New>),
}

#[derive(Args)]
pub struct New {
    #[command(flatten)]
    fields: Fields,
    /// Keep it as a draft.
    #[arg(long)]
    draft: bool,
    /// Who posts it: a member's name or id [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

#[derive(Args, Default)]
pub struct Fields {
    /// A few words.
    #[arg(long)]
    title: Option<String>,
    /// More, in Markdown.
    #[arg(long)]
    text: Option<String>,
    /// A word of the catalogue, or your own.
    #[arg(long, value_name = "WORD")]
    kind: Option<String>,
    /// How much.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    amount: Option<String>,
    /// Of what: one (pieces), hour, kilogram, litre, or your own word.
    #[arg(long)]
    unit: Option<String>,
    /// The smallest part that is of use.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    minimum: Option<String>,
    /// From when: 2026-08-24 or an exact time.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Until when: 2026-08-28 (its end) or an exact time. Without it, it stands until it is closed.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// A coarse place by name.
    #[arg(long, value_name = "NAME")]
    place: Option<String>,
    /// The language of title and text [default: the collective's].
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Who may see it: public, pacts, members or shift [default: public].
    #[arg(long)]
    audience: Option<String>,
    /// For whom, if not for yourself. Needs --consent.
    #[arg(long, value_name = "NAME")]
    on_behalf_of: Option<String>,
    /// A picture: the path of a JPEG, PNG or WebP file. Needs --picture-words.
    #[arg(long, value_name = "FILE", conflicts_with = "no_picture")]
    picture: Option<PathBuf>,
    /// What is to be seen in the picture, for those who do not see it.
    #[arg(long, value_name = "TEXT")]
    picture_words: Option<String>,
    /// Take the picture away.
    #[arg(long)]
    no_picture: bool,
    /// They said yes when you read the three sentences to them.
    #[arg(long)]
    consent: bool,
    /// For a need: the round that it belongs to, or none.
    #[arg(long, value_name = "ID")]
    round: Option<String>,
    /// For a need: by which way it came: own, neighbour, office or collective.
    #[arg(long, value_name = "WORD")]
    origin: Option<String>,
    /// For a need: it stands in for a service that was cut or refused.
    #[arg(long)]
    replaces: bool,
}

#[derive(Subcommand)]
pub enum Proposal {
    /// Ours, newest first; or what our neighbours look for and offer.
    List {
        /// Whose.
        #[arg(long, value_enum, default_value_t = From::Ours)]
        from: From,
    },
    /// One of ours; or a neighbour's, read where it stands if we do not know it.
    Show {
        /// Its id or address.
        id: String,
    },
    /// Change what it says; what is not named stays.
    Edit {
        /// Its id or address.
        id: String,
        #[command(flatten)]
        fields: Box<Fields>,
        #[command(flatten)]
        by: By,
    },
    /// Publish a draft.
    Publish(One),
    /// Look for no more answers.
    Close {
        /// Its id or address.
        id: String,
        /// fulfilled, enough, failed or no-longer-relevant.
        #[arg(long, default_value = "enough")]
        reason: CloseReason,
        /// For a need: what is behind it, a name or an id of `mutuals cause list`.
        #[arg(long, value_name = "CAUSE")]
        cause: Option<String>,
        /// The same in their own words; it stays here and is erased after 30 days.
        #[arg(long, value_name = "TEXT", requires = "cause", default_value = "")]
        cause_words: String,
        #[command(flatten)]
        by: By,
    },
    /// Open what was closed or has expired.
    Reopen(One),
    /// Let it end two weeks later.
    Extend(One),
    /// Pass on what a neighbour needs or offers to those with whom we have a pact. Answers go to
    /// the neighbour.
    PassOn {
        /// Its id or address.
        id: String,
    },
    /// Take it back for good; other servers are told to forget it.
    Withdraw(One),
}

#[derive(Clone, Copy, ValueEnum)]
pub enum From {
    Ours,
    /// Those whom we follow, and what was passed on to us.
    Neighbours,
    /// Those with whom we have a pact.
    Pacts,
    All,
}

#[derive(Args)]
pub struct One {
    /// Its id or address.
    id: String,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
pub struct By {
    /// Who does it: a member's name or id [default: the first steward].
    #[arg(long, value_name = "MEMBER")]
    by: Option<String>,
}

impl Post {
    pub async fn run(self, app: &App, output: &Output, is_need: bool) -> anyhow::Result<()> {
        let Self::Post(new) = self;
        let author = look_up::member_or_first_steward(app, new.by.as_deref()).await?;
        let language = app.collective.language.clone();
        let draft = new.fields.onto(app, Draft { language, ..Draft::default() }).await?;
        let purpose = if is_need { Purpose::Need } else { Purpose::Offer };
        let posted = post_proposal(app, &author, purpose, &draft, !new.draft).await?;
        print(app, output, &posted);
        Ok(())
    }
}

impl Proposal {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::List { from } => list(app, output, from).await,
            Self::Show { id } => show(app, output, &id).await,
            Self::Edit { id, fields, by } => edit(app, output, &id, *fields, &by).await,
            Self::Close { id, reason, cause, cause_words, by } => {
                close(app, output, (One { id, by }, reason), (cause, cause_words)).await
            }
            Self::Publish(one) => step(app, output, one, Step::Publish).await,
            Self::Reopen(one) => step(app, output, one, Step::Reopen).await,
            Self::Extend(one) => step(app, output, one, Step::Extend).await,
            Self::PassOn { id } => hand_on(app, output, &id).await,
            Self::Withdraw(one) => step(app, output, one, Step::Withdraw).await,
        }
    }
}

impl Fields {
    /// Writes what was named over a draft.
    async fn onto(self, app: &App, mut draft: Draft) -> anyhow::Result<Draft> {
        let over = |field: &mut String, named: Option<String>| {
            if let Some(named) = named {
                *field = named;
            }
        };
        over(&mut draft.title, self.title);
        over(&mut draft.text, self.text);
        over(&mut draft.kind, self.kind);
        over(&mut draft.amount, self.amount);
        over(&mut draft.unit, self.unit);
        over(&mut draft.minimum, self.minimum);
        over(&mut draft.place, self.place);
        over(&mut draft.language, self.language);
        over(&mut draft.audience, self.audience);
        over(&mut draft.on_behalf_of, self.on_behalf_of);
        draft.consent |= self.consent;
        if let Some(path) = self.picture {
            let file =
                std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            draft.picture = Some(keep_picture(app, file).await?);
        }
        if self.no_picture {
            draft.picture = None;
        }
        if let (Some(picture), Some(words)) = (&mut draft.picture, self.picture_words) {
            picture.words = words;
        }
        draft.context = context(draft.context, (self.round, self.origin, self.replaces))?;
        if let Some(from) = self.from {
            draft.starts_at = Some(look_up::until(app, &from)?);
        }
        if let Some(until) = self.until {
            draft.ends_at = Some(look_up::until(app, &until)?);
        }
        Ok(draft)
    }
}

/// What a need belongs to, with what was named written over it.
fn context(
    before: Option<Context>,
    (round, origin, replaces): (Option<String>, Option<String>, bool),
) -> anyhow::Result<Option<Context>> {
    if round.is_none() && origin.is_none() && !replaces {
        return Ok(before);
    }
    let mut context = before.unwrap_or_default();
    match round.as_deref() {
        None => {}
        Some("none") => context.round = None,
        Some(id) => context.round = Some(id.parse()?),
    }
    if let Some(word) = origin {
        let known = Origin::from_word(&word);
        let hint = "use own, neighbour, office or collective";
        context.way.origin =
            Some(known.ok_or_else(|| anyhow::anyhow!("unknown origin {word:?}: {hint}"))?);
    }
    context.way.replaces |= replaces;
    Ok(Some(context))
}

async fn list(app: &App, output: &Output, from: From) -> anyhow::Result<()> {
    /// More than anybody reads in a terminal.
    const MOST: i64 = 1_000;
    if matches!(from, From::Ours | From::All) {
        for proposal in read(app, db::proposals::list).await? {
            print(app, output, &proposal);
        }
    }
    if matches!(from, From::Neighbours | From::Pacts | From::All) {
        let (blocks, pacts_only) = (app.blocks(), matches!(from, From::Pacts));
        let theirs = read(app, move |conn: &mut db::Conn| {
            let mut theirs =
                db::neighbour_proposals::list_shown(conn, &blocks, Viewer::Steward, MOST)?;
            if pacts_only {
                let pacts = db::pacts::list_active(conn)?;
                let is_of_one =
                    |owner| pacts.iter().any(|(_, actor): &(_, RemoteActor)| actor.id == owner);
                theirs.retain(|(proposal, _)| is_of_one(proposal.actor));
            }
            Ok(theirs)
        });
        for (proposal, actor) in theirs.await? {
            print_neighbours(output, &proposal, Some(proposal.id), &actor);
        }
    }
    Ok(())
}

/// One of ours, if there is one of that id or address; else a neighbour's.
async fn show(app: &App, output: &Output, typed: &str) -> anyhow::Result<()> {
    let ours = look_up::proposal(app, typed);
    if let Ok(id) = ours {
        match read(app, move |conn| db::proposals::find(conn, id)).await {
            Ok(found) => {
                print(app, output, &found);
                return Ok(());
            }
            Err(Error::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let Some((theirs, actor)) = neighbour_promises::neighbours(app, typed).await? else {
        let hint = "give the id or the address that `mutuals proposal list` shows";
        let missing = anyhow::Error::from(Error::NotFound);
        return Err(missing.context(format!("{typed:?} is no proposal: {hint}")));
    };
    let url = theirs.url.to_string();
    let held = read(app, move |conn| db::neighbour_proposals::find_by_url(conn, &url)).await?;
    print_neighbours(output, &theirs, held.map(|held| held.id), &actor);
    Ok(())
}

async fn hand_on(app: &App, output: &Output, typed: &str) -> anyhow::Result<()> {
    let wanted = typed.to_owned();
    let found = read(app, move |conn: &mut db::Conn| match wanted.parse() {
        Ok(id) => db::neighbour_proposals::find(conn, id).map(Some),
        Err(_) => db::neighbour_proposals::find_by_address(conn, &wanted),
    });
    let found = match found.await {
        Err(Error::NotFound) => None,
        found => found?,
    };
    let Some((theirs, actor)) = found else {
        let hint = "`mutuals proposal list --from neighbours` shows what stands here";
        let missing = anyhow::Error::from(Error::NotFound);
        return Err(missing.context(format!("{typed:?} is no neighbour's: {hint}")));
    };
    let count = pass_on(app, theirs.id).await?;
    let json = json!({
        "id": theirs.id.to_string(),
        "url": theirs.page,
        "object": theirs.url,
        "whose": actor.url,
        "title": theirs.title,
        "passed_to": count
    });
    output.line(&format!("Passed on to {count}: {} (from {})", theirs.title, actor.name), &json);
    Ok(())
}

async fn edit(app: &App, output: &Output, id: &str, fields: Fields, by: &By) -> anyhow::Result<()> {
    let id = look_up::proposal(app, id)?;
    let member = look_up::member_or_first_steward(app, by.by.as_deref()).await?;
    let stored = read(app, move |conn| db::proposals::find(conn, id)).await?;
    let context =
        read(app, move |conn| Ok((rounds::find_line(conn, id)?, origins::find(conn, id)?)));
    let (line, way) = context.await?;
    let context = Some(Context { round: line.map(|line| line.round), way });
    let draft = fields.onto(app, Draft { context, ..draft_of(&stored) }).await?;
    let edited = edit_proposal(app, &member, id, &draft).await?;
    print(app, output, &edited);
    Ok(())
}

async fn close(
    app: &App,
    output: &Output,
    (one, reason): (One, CloseReason),
    (cause, words): (Option<String>, String),
) -> anyhow::Result<()> {
    let id = look_up::proposal(app, &one.id)?;
    let member = look_up::member_or_first_steward(app, one.by.by.as_deref()).await?;
    let said = match cause {
        Some(cause) => Some(Said { cause: find_cause(app, &cause).await?.id, words }),
        None => None,
    };
    print(app, output, &close_saying(app, &member, id, (reason, said)).await?);
    Ok(())
}

async fn step(app: &App, output: &Output, one: One, step: Step) -> anyhow::Result<()> {
    let id = look_up::proposal(app, &one.id)?;
    let member = look_up::member_or_first_steward(app, one.by.by.as_deref()).await?;
    print(app, output, &change_proposal(app, &member, id, step).await?);
    Ok(())
}

/// What a proposal says, as a form would hold it.
fn draft_of(stored: &proposal::Proposal) -> Draft {
    let content = &stored.content;
    let quantity = content.quantity.as_ref();
    let minimum = quantity.and_then(|quantity| quantity.minimum);
    Draft {
        title: content.title.clone(),
        text: content.text.clone(),
        kind: content.kind.clone().unwrap_or_default(),
        amount: quantity.map_or_else(String::new, |quantity| quantity.amount.to_string()),
        unit: quantity.map_or_else(String::new, |quantity| quantity.unit.clone()),
        minimum: minimum.map_or_else(String::new, |minimum| minimum.to_string()),
        starts_at: content.starts_at,
        ends_at: content.ends_at,
        place: content.place.clone().unwrap_or_default(),
        language: content.language.clone(),
        audience: content.audience.word().to_owned(),
        picture: content.picture.clone(),
        ..Draft::default()
    }
}

/// Prints one of ours.
pub fn print(app: &App, output: &Output, proposal: &proposal::Proposal) {
    let content = &proposal.content;
    let urls = app.collective.urls();
    let mut json = Map::new();
    let mut add = |name: &str, value: Value| {
        if !value.is_null() {
            json.insert(name.to_owned(), value);
        }
    };
    add("id", json!(proposal.id.to_string()));
    if proposal.is_public() {
        add("url", json!(urls.page(proposal.id)));
    }
    if proposal.is_told() {
        add("object", json!(urls.note(proposal)));
    }
    add("purpose", json!(proposal.purpose.word()));
    add("title", json!(content.title));
    if let Some(picture) = &content.picture {
        add("picture", json!(urls.picture(proposal.id, &picture.digest)));
        add("picture_words", json!(picture.words));
    }
    add("text", json!(content.text));
    add("kind", json!(content.kind));
    if let Some(quantity) = &content.quantity {
        let open = proposal.open_amount().unwrap_or_default();
        add("amount", json!(quantity.amount.to_string()));
        add("unit", json!(quantity.unit));
        add("minimum", json!(quantity.minimum.map(|minimum| minimum.to_string())));
        add("promised", json!(proposal.coverage.promised.to_string()));
        add("reserved", json!(proposal.coverage.reserved.to_string()));
        add("open", json!(open.to_string()));
        add("came_low", json!(proposal.coverage.came_low.to_string()));
        add("came_high", json!(proposal.coverage.came_high.to_string()));
    }
    add("answers", json!(proposal.coverage.answers));
    add("from", json!(content.starts_at));
    add("until", json!(content.ends_at));
    add("place", json!(content.place));
    add("language", json!(content.language));
    add("audience", json!(content.audience.word()));
    add("state", json!(proposal.state.word()));
    add("close_reason", json!(proposal.close_reason.map(CloseReason::word)));
    add("published", json!(proposal.published_at));
    add("updated", json!(proposal.updated_at));
    output.line(&sentence(proposal), &Value::Object(json));
}

fn sentence(proposal: &proposal::Proposal) -> String {
    let content = &proposal.content;
    let state = proposal.close_reason.map_or(proposal.state.word(), CloseReason::word);
    let mut sentence =
        format!("{}  {:5}  {state:9}  {}", proposal.id, proposal.purpose.word(), content.title);
    if let Some(quantity) = &content.quantity {
        let (promised, reserved) = (proposal.coverage.promised, proposal.coverage.reserved);
        sentence.push_str(&format!(" ({promised} of {} promised", quantity.amount));
        if !reserved.is_zero() {
            sentence.push_str(&format!(", {reserved} in reserve"));
        }
        sentence.push(')');
    }
    sentence
}

/// Prints a neighbour's. What is not stored here has its address on the wire for an id.
pub fn print_neighbours(
    output: &Output,
    proposal: &NeighbourProposal,
    id: Option<NeighbourProposalId>,
    actor: &RemoteActor,
) {
    let id = id.map_or_else(|| proposal.url.to_string(), |id| id.to_string());
    let json = json!({
        "id": id,
        "url": proposal.page,
        "object": proposal.url,
        "whose": actor.url,
        "whose_name": actor.name,
        "purpose": proposal.purpose.word(),
        "title": proposal.title,
        "amount": proposal.amount.map(|amount| amount.to_string()),
        "open": proposal.open.map(|open| open.to_string()),
        "unit": proposal.unit,
        "until": proposal.ends_at,
        "audience": proposal.audience.word(),
        "updated": proposal.updated_at,
        "hops": proposal.hops
    });
    let purpose = proposal.purpose.word();
    let sentence = format!("{id}  {purpose:5}  {}  (from {})", proposal.title, actor.name);
    output.line(&sentence, &json);
}
