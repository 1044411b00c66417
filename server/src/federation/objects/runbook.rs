//! How a duty is done here, as an `Article` at an address of its own: to be read, and to be copied
//! by other collectives. Its Markdown stands in `source` (ActivityPub, 3.3).

use serde_json::{Value, json};

use crate::app::App;
use crate::domain::audience::Audience;
use crate::domain::duty::Duty;
use crate::domain::runbook::{Origin, Runbook};
use crate::federation::objects::proposal::audience;
use crate::federation::vocab::ARTICLE_CONTEXT;
use crate::text;

/// The type of Markdown (RFC 7763).
pub const MARKDOWN: &str = "text/markdown";

/// The Article of the newest version; `first` is the oldest.
pub fn article(
    app: &App,
    duty: &Duty,
    (first, newest): (&Runbook, &Runbook),
    origin: Option<&Origin>,
) -> Value {
    let urls = app.collective.urls();
    let content = text::markdown(&newest.text);
    let (to, cc) = audience(app, Audience::Public);
    let mut article = json!({
        "@context": *ARTICLE_CONTEXT,
        "id": urls.runbook(duty.id),
        "type": "Article",
        "attributedTo": urls.actor(),
        "url": format!("{}/runbook", urls.duty(duty.id)),
        "to": to,
        "cc": cc,
        "name": duty.content.title,
        "published": first.made_at,
        "updated": newest.made_at,
        "content": content,
        "contentMap": {duty.content.language.as_str(): content},
        "source": {"content": newest.text, "mediaType": MARKDOWN}
    });
    if let (Some(origin), Value::Object(article)) = (origin, &mut article) {
        article.insert("isBasedOn".into(), json!(origin.url));
    }
    article
}
