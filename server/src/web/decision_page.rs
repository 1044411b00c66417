//! One decision: what is proposed, how many have spoken, the objections; the forms by which members
//! speak, enter what was counted on paper, and close it. How the voices fall is shown at the end, and
//! who said what never.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::decide::{self, page_of};
use crate::actions::{check_voice, count_paper};
use crate::app::App;
use crate::db::{Conn, decision_papers, decisions, opinions};
use crate::domain::decision::{Decision, Ending, Method, Opinions, Paper, Spoken, Tally, Voice};
use crate::domain::id::{DecisionId, MemberId};
use crate::domain::refusal::Refusal;
use crate::error::Error;
use crate::text;
use crate::web::carries::{Carried, CarryLine};
use crate::web::decisions::{hint, label, state};
use crate::web::error::Problem;
use crate::web::form::{Fields, Form, PathId};
use crate::web::measure_lines::Names;
use crate::web::page::{Page, answer, go_on};
use crate::web::session::{FullMember, Visitor};
use crate::web::words::Words;

#[derive(Template)]
#[template(path = "decisions/show.html")]
struct Shown {
    page: Page,
    id: String,
    title: String,
    html: String,
    state: String,
    is_open: bool,
    method: String,
    quorum: String,
    proposed_by: Option<String>,
    /// What it carries out, for those who are in.
    carries: Option<CarryLine>,
    /// For those who are in.
    inside: Option<Inside>,
    /// What followers think, if they are asked.
    opinions: Option<String>,
    problem: Option<String>,
}

/// What only those see who are in.
struct Inside {
    spoken: String,
    tally: Vec<(String, i64)>,
    objections: Vec<Objection>,
    papers: Vec<Sheet>,
    /// The forms, for members while it is open.
    forms: Option<Forms>,
}

struct Objection {
    words: String,
    name: Option<String>,
}

/// Numbers that were counted on paper.
struct Sheet {
    numbers: String,
    words: String,
    people: String,
}

struct Forms {
    options: Vec<Choice>,
    words: String,
    with_name: bool,
    has_spoken: bool,
    objects: bool,
    may_enter: bool,
    may_confirm: bool,
    may_discard: bool,
    may_withdraw: bool,
    may_close: bool,
}

struct Choice {
    value: &'static str,
    label: String,
    hint: String,
    is_chosen: bool,
}

/// Who counted a sheet of paper, and who confirmed it.
type Counted = (Option<MemberId>, Option<MemberId>);

/// Everything that is read for the page.
struct Found {
    decision: Decision,
    names: Names,
    proposer: Option<MemberId>,
    tally: Tally,
    opinions: Opinions,
    objections: Vec<Spoken>,
    papers: Vec<(Paper, Counted)>,
    own: Option<Spoken>,
    has_voice: bool,
    carried: Option<Carried>,
}

/// `GET /decisions/{id}`
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    PathId(id): PathId<Decision>,
) -> Result<Response, Problem> {
    page(&app, &visitor, id, None).await
}

/// `POST /decisions/{id}/say`
pub async fn say(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Decision>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let said = match Voice::from_word(&fields.text("voice")) {
        Some(voice) => {
            let why = (fields.text("words"), fields.ticked("name"));
            decide::say(&app, &member, id, voice, (&why.0, why.1)).await
        }
        None => find_first(&app, id).await.and(Err(Refusal::VoiceUnfit.into())),
    };
    done(&app, &visitor, id, said, "decision-said").await
}

/// `POST /decisions/{id}/paper`: enter numbers, confirm them, or throw them away.
pub async fn paper(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Decision>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (tried, message) = match fields.text("do").as_str() {
        "confirm" => (count_paper::confirm(&app, &member, id).await.map(drop), "paper-confirmed"),
        "discard" => (count_paper::discard(&app, &member, id).await, "paper-discarded"),
        _ => {
            let entered = match numbers(&fields) {
                Ok(tally) => {
                    let words = fields.text("words");
                    count_paper::enter(&app, &member, id, (tally, &words)).await.map(drop)
                }
                Err(refusal) => find_first(&app, id).await.and(Err(refusal.into())),
            };
            (entered, "paper-entered")
        }
    };
    done(&app, &visitor, id, tried, message).await
}

/// `POST /decisions/{id}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Decision>,
    _form: Form,
) -> Result<Response, Problem> {
    let tried = decide::withdraw(&app, &member, id).await.map(drop);
    done(&app, &visitor, id, tried, "decision-withdrawn-done").await
}

/// `POST /decisions/{id}/close`
pub async fn close(
    State(app): State<App>,
    FullMember { visitor, member }: FullMember,
    PathId(id): PathId<Decision>,
    _form: Form,
) -> Result<Response, Problem> {
    let tried = decide::close(&app, Some(&member), id).await.map(drop);
    done(&app, &visitor, id, tried, "decision-closed-done").await
}

/// What does not exist is not found before anything is said about what was typed.
async fn find_first(app: &App, id: DecisionId) -> Result<(), Error> {
    app.db.read(move |conn| decisions::find(conn, id)).await.map(drop)
}

/// The numbers of a sheet; a field that is left empty is none.
fn numbers(fields: &Fields) -> Result<Tally, Refusal> {
    let number = |name: &str| match fields.text(name).trim() {
        "" => Ok(0),
        typed => typed.parse().map_err(|_| Refusal::PaperEmpty),
    };
    Ok(Tally {
        yes: number("yes")?,
        no: number("no")?,
        aside: number("aside")?,
        objections: number("objections")?,
    })
}

/// Goes on to the decision, or shows its page with what was wrong.
pub async fn done(
    app: &App,
    visitor: &Visitor,
    id: DecisionId,
    tried: Result<(), Error>,
    message: &str,
) -> Result<Response, Problem> {
    match tried {
        Ok(()) => Ok(go_on(app, &page_of(id), message, &[])),
        Err(Error::Refused(refusal)) => page(app, visitor, id, Some(refusal)).await,
        Err(other) => Err(other.into()),
    }
}

async fn page(
    app: &App,
    visitor: &Visitor,
    id: DecisionId,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let reader = visitor.member().map(|member| member.id);
    let found = app.db.read(move |conn| Found::read(conn, id, reader)).await?;
    let decision = &found.decision;
    // What the assembly decides is its own, unless it asked those outside.
    if reader.is_none() && !decision.asks_followers {
        return Err(Problem::NotFound);
    }
    let words = Words::new(app, visitor);
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let counts = [("count", decision.quorum.into()), ("members", decision.members.into())];
    let template = Shown {
        page: Page::new(app, visitor, decision.title.clone()).found_at(page_of(id)),
        id: id.to_string(),
        title: decision.title.clone(),
        html: text::markdown(&decision.text),
        state: state(&words, decision),
        is_open: decision.is_open(words.now),
        method: words.locale.say(match decision.method {
            Method::Consent => "decision-by-consent",
            Method::Vote => "decision-by-vote",
        }),
        quorum: words.locale.say_with("decision-quorum", counts),
        proposed_by: found.proposer.filter(|_| visitor.is_full_member()).map(|proposer| {
            let name = found.names.of(&words, Some(proposer));
            words.locale.say_with("decision-proposed-by", [("name", name.into())])
        }),
        carries: found.carries(&words, visitor.is_full_member()),
        inside: reader.map(|reader| found.inside(&words, reader, visitor.is_full_member())),
        opinions: decision.asks_followers.then(|| {
            let counts = [("yes", found.opinions.yes.into()), ("no", found.opinions.no.into())];
            words.locale.say_with("decision-opinions", counts)
        }),
        problem: refusal.map(|refusal| words.locale.say(refusal.key())),
    };
    answer(status, &template)
}

impl Found {
    fn read(conn: &mut Conn, id: DecisionId, reader: Option<MemberId>) -> Result<Self, Error> {
        let decision = decisions::find(conn, id)?;
        let mut papers = Vec::new();
        for paper in decision_papers::list(conn, id)? {
            let people = decision_papers::find_people(conn, paper.id)?;
            papers.push((paper, people));
        }
        let (tally, opinions) = match decision.outcome {
            Some(outcome) => (outcome.tally, outcome.opinions),
            None => (decide::count(conn, id)?, opinions::count(conn, id)?),
        };
        let own = match reader {
            Some(reader) => decisions::find_voice(conn, id, reader)?,
            None => None,
        };
        let has_voice = match reader.map(|reader| check_voice::check_voice(conn, reader)) {
            Some(Ok(_)) => true,
            Some(Err(Error::Refused(_))) | None => false,
            Some(Err(other)) => return Err(other),
        };
        Ok(Self {
            names: Names::read(conn)?,
            proposer: decisions::find_proposer(conn, id)?,
            objections: decisions::list_objections(conn, id)?,
            carried: Carried::read(conn, &decision)?,
            decision,
            tally,
            opinions,
            papers,
            own,
            has_voice,
        })
    }

    fn carries(&self, words: &Words<'_>, is_member: bool) -> Option<CarryLine> {
        let about = (&self.names, &self.decision);
        Some(self.carried.as_ref()?.line(words, about, (is_member, self.has_voice)))
    }

    fn inside(&self, words: &Words<'_>, reader: MemberId, sees_names: bool) -> Inside {
        let decision = &self.decision;
        let spoken = [("count", self.tally.voices().into())];
        let named = |spoken: &Spoken| {
            let name = spoken.member.filter(|_| spoken.with_name && sees_names)?;
            Some(self.names.of(words, Some(name)))
        };
        let objection = |spoken: &Spoken| Objection {
            words: match &spoken.words {
                Some(words) => words.clone(),
                None => words.locale.say("decision-objection-gone"),
            },
            name: named(spoken),
        };
        let is_open = decision.is_open(words.now);
        Inside {
            spoken: words.locale.say_with("decision-spoken", spoken),
            tally: self.lines(words),
            objections: self.objections.iter().map(objection).collect(),
            papers: self.sheets(words, sees_names),
            forms: (is_open && self.has_voice).then(|| self.forms(words, reader)),
        }
    }

    /// How the voices fell; nothing while it is open, and where it was taken back.
    fn lines(&self, words: &Words<'_>) -> Vec<(String, i64)> {
        let ending = self.decision.outcome.map(|outcome| outcome.ending);
        if matches!(ending, None | Some(Ending::Withdrawn)) {
            return Vec::new();
        }
        let number = |voice: Voice| match voice {
            Voice::Yes => self.tally.yes,
            Voice::No => self.tally.no,
            Voice::Aside => self.tally.aside,
            Voice::Objection => self.tally.objections,
        };
        let voices = self.decision.method.voices();
        voices.into_iter().map(|voice| (words.locale.say(label(voice)), number(voice))).collect()
    }

    fn sheets(&self, words: &Words<'_>, sees_names: bool) -> Vec<Sheet> {
        let name = |who: Option<MemberId>| match sees_names {
            true => self.names.of(words, who),
            false => words.locale.say("log-a-member"),
        };
        let sheet = |(paper, (entered, confirmed)): &(Paper, (Option<_>, Option<_>))| {
            let tally = paper.tally;
            let number = |count: i64, voice| format!("{}: {count}", words.locale.say(label(voice)));
            let numbers = self.decision.method.voices().map(|voice| match voice {
                Voice::Yes => number(tally.yes, voice),
                Voice::No => number(tally.no, voice),
                Voice::Aside => number(tally.aside, voice),
                Voice::Objection => number(tally.objections, voice),
            });
            let waits = paper.confirmed_at.is_none();
            let by = ("name", name(*entered).into());
            Sheet {
                numbers: numbers.join(" · "),
                words: paper.words.clone(),
                people: match waits {
                    true => words.locale.say_with("paper-waits", [by]),
                    false => {
                        let second = ("second", name(*confirmed).into());
                        words.locale.say_with("paper-counted", [by, second])
                    }
                },
            }
        };
        self.papers.iter().map(sheet).collect()
    }

    fn forms(&self, words: &Words<'_>, reader: MemberId) -> Forms {
        let waiting = self.papers.iter().find(|(paper, _)| paper.confirmed_at.is_none());
        let own = self.own.as_ref();
        let choice = |voice: Voice| Choice {
            value: voice.word(),
            label: words.locale.say(label(voice)),
            hint: words.locale.say(hint(voice)),
            is_chosen: own.is_some_and(|own| own.voice == voice),
        };
        Forms {
            options: self.decision.method.voices().map(choice).into_iter().collect(),
            words: own.and_then(|own| own.words.clone()).unwrap_or_default(),
            with_name: own.is_some_and(|own| own.with_name),
            has_spoken: own.is_some(),
            objects: self.decision.method == Method::Consent,
            may_enter: waiting.is_none(),
            may_confirm: waiting
                .is_some_and(|(_, (entered, _))| entered.is_some_and(|by| by != reader)),
            may_discard: waiting.is_some(),
            may_withdraw: self.proposer == Some(reader),
            may_close: self.decision.may_close(self.tally, words.now),
        }
    }
}
