//! Posting a need or an offer, and changing what it says.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::actions::change_proposal::{Step, change_proposal};
use crate::actions::edit_proposal::edit_proposal;
use crate::actions::post_proposal::post_once;
use crate::app::App;
use crate::domain::audience::Audience;
use crate::domain::draft::Draft;
use crate::domain::id::ProposalId;
use crate::domain::kind;
use crate::domain::proposal::{Proposal, Purpose, State as Life};
use crate::error::Error;
use crate::i18n::Locale;
use crate::web::error::Problem;
use crate::web::form::{PathId, Query, new_key};
use crate::web::need_context::{self, Belongs};
use crate::web::page::{Page, answer, go_on};
use crate::web::pictures::{self, Kept};
use crate::web::proposal_fields::{FieldRefusal, Typed};
use crate::web::proposals::{find_visible, path_of};
use crate::web::session::SignedIn;
use crate::web::upload::PictureForm;
use crate::web::words::{UNITS, WRITTEN_IN, Words, language};

#[derive(Template)]
#[template(path = "proposals/form.html")]
struct FormPage {
    page: Page,
    form: Shown,
}

/// The form as it is shown, empty or with what was typed.
struct Shown {
    is_need: bool,
    is_new: bool,
    action: String,
    back: String,
    /// Names this form; empty if it only changes what is there, which may happen twice.
    key: String,
    may_draft: bool,
    typed: Typed,
    kinds: Vec<String>,
    units: Vec<String>,
    languages: Vec<LanguageChoice>,
    audiences: Vec<AudienceChoice>,
    picture: Option<Kept>,
    belongs: Belongs,
    problems: Vec<FieldProblem>,
}

struct LanguageChoice {
    code: String,
    name: String,
    selected: bool,
}

struct AudienceChoice {
    word: &'static str,
    label: String,
    hint: String,
    selected: bool,
}

struct FieldProblem {
    field: &'static str,
    message: String,
}

/// Which form it is.
#[derive(Clone)]
enum Which {
    New(Purpose),
    Change(Box<Proposal>),
}

/// `GET /needs/new`
pub async fn new_need(
    State(app): State<App>,
    signed_in: SignedIn,
    Query(query): Query,
) -> Result<Response, Problem> {
    new(&app, &signed_in, Purpose::Need, query.text("title")).await
}

/// `GET /offers/new`
pub async fn new_offer(State(app): State<App>, signed_in: SignedIn) -> Result<Response, Problem> {
    new(&app, &signed_in, Purpose::Offer, String::new()).await
}

/// `POST /needs/new`
pub async fn create_need(
    State(app): State<App>,
    signed_in: SignedIn,
    form: PictureForm,
) -> Result<Response, Problem> {
    create(&app, &signed_in, Purpose::Need, form).await
}

/// `POST /offers/new`
pub async fn create_offer(
    State(app): State<App>,
    signed_in: SignedIn,
    form: PictureForm,
) -> Result<Response, Problem> {
    create(&app, &signed_in, Purpose::Offer, form).await
}

/// `GET /proposals/{id}/edit`
pub async fn edit(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
) -> Result<Response, Problem> {
    let proposal = find_own(&app, &signed_in, id).await?;
    let context = app.db.read(move |conn| need_context::read(conn, id)).await?;
    let typed = Typed::of(&Words::new(&app, &signed_in.visitor), &proposal, context);
    show(&app, &signed_in, Which::Change(Box::new(proposal)), typed, &[]).await
}

/// `POST /proposals/{id}/edit`
pub async fn update(
    State(app): State<App>,
    signed_in: SignedIn,
    PathId(id): PathId<Proposal>,
    PictureForm(mut fields, file): PictureForm,
) -> Result<Response, Problem> {
    let before = find_own(&app, &signed_in, id).await?;
    let was_draft = before.state == Life::Draft;
    let which = Which::Change(Box::new(before));
    let mut typed = Typed::read(&fields);
    let unfit = pictures::take(&app, &signed_in, (&mut fields, file), &mut typed).await?;
    let draft = match draft(&app, &typed, unfit) {
        Ok(draft) => draft,
        Err(problems) => return show(&app, &signed_in, which, typed, &problems).await,
    };
    if let Err(error) = edit_proposal(&app, &signed_in.member, id, &draft).await {
        return refused(&app, &signed_in, which, typed, error).await;
    }
    let publish = was_draft && fields.text("then") == "publish";
    if publish {
        change_proposal(&app, &signed_in.member, id, Step::Publish).await?;
    }
    let done = if publish { "published-done" } else { "saved-done" };
    Ok(go_on(&app, &path_of(&app, id), done, &[]))
}

/// An empty form, or one with a title that comes from elsewhere: from the note of a turn, say.
async fn new(
    app: &App,
    signed_in: &SignedIn,
    purpose: Purpose,
    title: String,
) -> Result<Response, Problem> {
    let typed = Typed {
        title,
        language: signed_in.visitor.locale.code().to_owned(),
        audience: Audience::Public.word().to_owned(),
        // While a round is open, what is asked belongs to it unless somebody says otherwise.
        round: need_context::usual_round(app).await?,
        ..Typed::default()
    };
    show(app, signed_in, Which::New(purpose), typed, &[]).await
}

async fn create(
    app: &App,
    signed_in: &SignedIn,
    purpose: Purpose,
    PictureForm(mut fields, file): PictureForm,
) -> Result<Response, Problem> {
    let mut typed = Typed::read(&fields);
    let unfit = pictures::take(app, signed_in, (&mut fields, file), &mut typed).await?;
    let publish = fields.text("then") != "draft";
    let draft = match draft(app, &typed, unfit) {
        Ok(draft) => draft,
        Err(problems) => return show(app, signed_in, Which::New(purpose), typed, &problems).await,
    };
    match post_once(app, &signed_in.member, purpose, &draft, publish, fields.key()).await {
        Ok(proposal) => {
            let done = if publish { "published-done" } else { "draft-done" };
            Ok(go_on(app, &path_of(app, proposal.id), done, &[]))
        }
        Err(error) => refused(app, signed_in, Which::New(purpose), typed, error).await,
    }
}

/// What actions take, or everything that is wrong, the picture among it.
fn draft(
    app: &App,
    typed: &Typed,
    unfit: Option<FieldRefusal>,
) -> Result<Draft, Vec<FieldRefusal>> {
    match (typed.draft(app), unfit) {
        (Ok(draft), None) => Ok(draft),
        (drafted, unfit) => {
            let others = drafted.err().unwrap_or_default();
            Err(unfit.into_iter().chain(others).collect())
        }
    }
}

/// A proposal that this member may change; for others it is as if there were none to change.
async fn find_own(app: &App, signed_in: &SignedIn, id: ProposalId) -> Result<Proposal, Problem> {
    let looker = signed_in.visitor.clone();
    let found = app.db.read(move |conn| find_visible(conn, &looker, id)).await;
    let (proposal, private) = found?;
    proposal
        .may_be_changed_by(&signed_in.member, &private)
        .map_err(|refusal| Problem::from(Error::from(refusal)))?;
    if proposal.state == Life::Withdrawn { Err(Problem::Gone) } else { Ok(proposal) }
}

/// Shows the form again if the refusal belongs to a field, else the page for refusals.
async fn refused(
    app: &App,
    signed_in: &SignedIn,
    which: Which,
    typed: Typed,
    error: Error,
) -> Result<Response, Problem> {
    match error {
        Error::Refused(refusal) => match typed.field_of(refusal) {
            Some(field) => show(app, signed_in, which, typed, &[(field, refusal)]).await,
            None => Err(Problem::Refused(refusal).at(&which.back(app))),
        },
        other => Err(other.into()),
    }
}

async fn show(
    app: &App,
    signed_in: &SignedIn,
    which: Which,
    typed: Typed,
    problems: &[FieldRefusal],
) -> Result<Response, Problem> {
    let locale = &signed_in.visitor.locale;
    let words = Words::new(app, &signed_in.visitor);
    let belongs = Belongs::read(&words, which.purpose(), &typed).await?;
    let problem = |(field, refusal): &FieldRefusal| FieldProblem {
        field,
        message: locale.say(refusal.key()),
    };
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Page::new(app, &signed_in.visitor, locale.say(which.title()));
    let form = Shown {
        is_need: which.purpose() == Purpose::Need,
        is_new: matches!(which, Which::New(_)),
        action: which.action(),
        back: which.back(app),
        key: which.new_key(app),
        may_draft: which.may_draft(),
        kinds: kind::CATALOGUE.iter().map(|kind| words.kind(kind.word)).collect(),
        units: UNITS.map(|unit| words.unit(unit)).into(),
        languages: languages(&typed.language),
        audiences: audiences(locale, &which, &typed.audience),
        picture: Kept::of(signed_in.visitor.session.as_ref(), &typed, which.before()),
        belongs,
        problems: problems.iter().map(problem).collect(),
        typed,
    };
    answer(status, &FormPage { page, form })
}

fn languages(selected: &str) -> Vec<LanguageChoice> {
    let choice = |code: &str| LanguageChoice {
        code: code.to_owned(),
        name: language(code),
        selected: code == selected,
    };
    let mut choices: Vec<_> = WRITTEN_IN.iter().map(|(code, _)| choice(code)).collect();
    if choices.iter().all(|known| !known.selected) && !selected.is_empty() {
        choices.push(choice(selected));
    }
    choices
}

/// What others have seen stays for them: it can only be shown to more.
fn audiences(locale: &Locale, which: &Which, selected: &str) -> Vec<AudienceChoice> {
    let seen = match which {
        Which::Change(proposal) if proposal.is_told() => Some(proposal.content.audience),
        _ => None,
    };
    let fits = |each: &Audience| seen.is_none_or(|seen| each.reaches_all_of(seen));
    let open = Audience::ALL.into_iter().filter(fits);
    let choice = |audience: Audience| AudienceChoice {
        word: audience.word(),
        label: locale.say(&format!("audience-{}", audience.word())),
        hint: locale.say(&format!("audience-{}-hint", audience.word())),
        selected: audience.word() == selected,
    };
    open.map(choice).collect()
}

impl Which {
    fn purpose(&self) -> Purpose {
        match self {
            Self::New(purpose) => *purpose,
            Self::Change(proposal) => proposal.purpose,
        }
    }

    fn before(&self) -> Option<&Proposal> {
        match self {
            Self::New(_) => None,
            Self::Change(proposal) => Some(proposal),
        }
    }

    fn title(&self) -> &'static str {
        match (self, self.purpose()) {
            (Self::New(_), Purpose::Need) => "form-new-need",
            (Self::New(_), Purpose::Offer) => "form-new-offer",
            (Self::Change(_), Purpose::Need) => "form-edit-need",
            (Self::Change(_), Purpose::Offer) => "form-edit-offer",
        }
    }

    fn action(&self) -> String {
        match self {
            Self::New(Purpose::Need) => "/needs/new".to_owned(),
            Self::New(Purpose::Offer) => "/offers/new".to_owned(),
            Self::Change(proposal) => format!("/proposals/{}/edit", proposal.id),
        }
    }

    fn back(&self, app: &App) -> String {
        match self {
            Self::New(_) => "/board".to_owned(),
            Self::Change(proposal) => path_of(app, proposal.id),
        }
    }

    fn new_key(&self, app: &App) -> String {
        match self {
            Self::New(_) => new_key(app),
            Self::Change(_) => String::new(),
        }
    }

    fn may_draft(&self) -> bool {
        match self {
            Self::New(_) => true,
            Self::Change(proposal) => proposal.state == Life::Draft,
        }
    }
}

impl Shown {
    fn problem(&self, name: &str) -> Option<&str> {
        let found = self.problems.iter().find(|problem| problem.field == name);
        found.map(|problem| problem.message.as_str())
    }
}
