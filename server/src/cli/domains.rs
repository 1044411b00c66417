//! `mutuals domain …`: rules about other servers, and lists of them.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::actions::domain_rules::{self, Wish};
use crate::actions::import_domains;
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::{look_up, read};
use crate::db;
use crate::domain::domain_rule::{Concerned, DomainRule, DraftId, Severity};
use crate::text::domain_csv;

#[derive(Subcommand)]
pub enum Domain {
    /// The rules in force.
    List,
    /// What a suspension of a domain would cut off.
    Preview {
        /// The domain; its subdomains are meant too.
        domain: String,
    },
    /// Hold what comes from a domain, and show strangers nothing of it. Nothing is cut off.
    Limit(Rule),
    /// Hear nothing from a domain and tell it nothing. It can be undone for 30 days.
    Suspend {
        #[command(flatten)]
        rule: Rule,
        /// Pacts with collectives there may end.
        #[arg(long)]
        end_pacts: bool,
    },
    /// Only refuse reports or files of a domain, as --reject-reports and --reject-media say.
    Note(Rule),
    /// End a rule, and bring back what it cut off.
    Undo {
        /// The domain.
        domain: String,
    },
    /// Look at a list in Mastodon's format, and apply it with --apply.
    Import {
        /// The list.
        file: PathBuf,
        /// Apply it.
        #[arg(long)]
        apply: bool,
        /// Suspend this domain although somebody here has to do with it; else it is limited.
        #[arg(long, value_name = "DOMAIN")]
        suspend: Vec<String>,
    },
    /// Print the rules in Mastodon's format.
    Export {
        /// Print the list of those with whom we speak instead.
        #[arg(long)]
        allowed: bool,
    },
}

#[derive(Args)]
pub struct Rule {
    /// The domain; its subdomains are meant too.
    domain: String,
    /// Neither fetch nor show pictures and other files of theirs.
    #[arg(long)]
    reject_media: bool,
    /// Throw away what they report to us.
    #[arg(long)]
    reject_reports: bool,
    /// Hide the domain in lists that everybody sees. We publish none; lists carry it on.
    #[arg(long)]
    obfuscate: bool,
    /// Why, for everybody with whom lists are shared.
    #[arg(long, default_value = "", value_name = "TEXT")]
    comment: String,
    /// Why, for the stewards.
    #[arg(long, default_value = "", value_name = "TEXT")]
    note: String,
    /// Until when: 2026-12-24 (its end) or an exact time. Without it, it stands until it is undone.
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Also a name under which many have their servers, such as com or co.uk.
    #[arg(long)]
    force: bool,
}

impl Domain {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::List => list(app, output).await,
            Self::Preview { domain } => preview(app, output, &domain).await,
            Self::Limit(rule) => set(app, output, rule, Severity::Limit, false).await,
            Self::Note(rule) => set(app, output, rule, Severity::Noop, false).await,
            Self::Suspend { rule, end_pacts } => {
                set(app, output, rule, Severity::Suspend, end_pacts).await
            }
            Self::Undo { domain } => undo(app, output, &domain).await,
            Self::Import { file, apply, suspend } => {
                import(app, output, file, apply, suspend).await
            }
            Self::Export { allowed } => export(app, allowed).await,
        }
    }
}

async fn list(app: &App, output: &Output) -> anyhow::Result<()> {
    let rules = read(app, db::domain_rules::list).await?;
    for rule in &rules {
        print(output, rule);
    }
    if rules.is_empty() {
        output.tell("There are no rules about other servers.");
    }
    Ok(())
}

fn print(output: &Output, rule: &DomainRule) {
    let json = json!({
        "id": rule.domain,
        "severity": rule.severity.word(),
        "reject_media": rule.reject_media,
        "reject_reports": rule.reject_reports,
        "obfuscate": rule.obfuscate,
        "comment": rule.public_comment,
        "note": rule.private_comment,
        "since": rule.made_at,
        "until": rule.expires_at,
        "source": rule.source.word()
    });
    let until = rule.expires_at.map(|end| format!(" until {end}")).unwrap_or_default();
    let line = format!("{}  {}{until}  {}", rule.domain, rule.severity.word(), rule.public_comment);
    output.line(line.trim_end(), &json);
}

async fn preview(app: &App, output: &Output, domain: &str) -> anyhow::Result<()> {
    let (domain, concerned) = domain_rules::preview(app, domain).await?;
    let sentence = format!("A suspension of {domain} would cut off {}.", said(&concerned));
    output.line(&sentence, &as_json(&domain, &concerned));
    Ok(())
}

fn said(concerned: &Concerned) -> String {
    let Concerned { followers, following, pacts, promises, replies } = concerned;
    let pacts = match pacts.as_slice() {
        [] => "no pact".to_owned(),
        names => format!("the pact with {}", names.join(", ")),
    };
    format!(
        "{followers} followers, {following} whom we follow, {pacts}, {promises} promises between us; \
         {replies} replies would not be shown"
    )
}

fn as_json(domain: &str, concerned: &Concerned) -> Value {
    json!({
        "id": domain,
        "followers": concerned.followers,
        "following": concerned.following,
        "pacts": concerned.pacts,
        "promises": concerned.promises,
        "replies": concerned.replies
    })
}

async fn set(
    app: &App,
    output: &Output,
    rule: Rule,
    severity: Severity,
    ends_pacts: bool,
) -> anyhow::Result<()> {
    let expires_at = rule.until.map(|day| look_up::until(app, &day)).transpose()?;
    let wish = Wish {
        reject_media: rule.reject_media,
        reject_reports: rule.reject_reports,
        obfuscate: rule.obfuscate,
        public_comment: rule.comment,
        private_comment: rule.note,
        expires_at,
        ends_pacts,
        is_wide: rule.force,
        ..Wish::new(&rule.domain, severity)
    };
    print(output, &domain_rules::set(app, None, wish).await?);
    Ok(())
}

async fn undo(app: &App, output: &Output, domain: &str) -> anyhow::Result<()> {
    let (domain, cut) = domain_rules::undo(app, None, domain).await?;
    let json = json!({
        "id": domain,
        "state": "undone",
        "followers": cut.followers,
        "following": cut.following
    });
    let back = format!("{} followers and {} whom we follow are back", cut.followers, cut.following);
    output.line(&format!("No rule any more: {domain}; {back}."), &json);
    Ok(())
}

async fn import(
    app: &App,
    output: &Output,
    file: PathBuf,
    apply: bool,
    suspend: Vec<String>,
) -> anyhow::Result<()> {
    let list = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let list = String::from_utf8_lossy(&list).into_owned();
    let draft = import_domains::keep(app, list).await.map_err(|error| match error {
        import_domains::NoDraft::Failed(error) => anyhow::Error::from(error),
        unreadable => anyhow::anyhow!(unreadable.to_string()),
    })?;
    look(app, output, draft).await?;
    if !apply {
        import_domains::discard(app, draft).await?;
        output.tell("Nothing was changed: apply it with --apply.");
        return Ok(());
    }
    let applied = import_domains::apply(app, None, draft, suspend).await?;
    let json = json!({
        "id": draft.to_string(),
        "state": "applied",
        "rules": applied.rules,
        "lowered": applied.lowered,
        "allowed": applied.allowed
    });
    let sentence = format!(
        "Applied: {} rules, {} of them limits instead of suspensions; {} servers on our list.",
        applied.rules, applied.lowered, applied.allowed
    );
    output.line(&sentence, &json);
    Ok(())
}

async fn look(app: &App, output: &Output, draft: DraftId) -> anyhow::Result<()> {
    let look = import_domains::look(app, draft).await?;
    let json = json!({
        "id": draft.to_string(),
        "new": look.new,
        "changed": look.changed,
        "same": look.same,
        "allowed": look.allowed,
        "left_out": look.left_out
    });
    let sentence = format!(
        "{} new rules, {} stricter than now, {} as they are; {} servers for our list; {} lines left \
         out.",
        look.new, look.changed, look.same, look.allowed, look.left_out
    );
    output.line(&sentence, &json);
    for each in &look.skipped {
        let json = json!({"id": each.line, "why": each.why.word(), "text": each.text});
        output.line(&format!("  line {}: {}: {}", each.line, each.why.word(), each.text), &json);
    }
    for (domain, concerned) in &look.tied {
        let sentence = format!("  {domain} would be limited, not suspended: {}", said(concerned));
        output.line(&sentence, &as_json(domain, concerned));
    }
    Ok(())
}

/// The list itself is the output, whatever else is asked for.
async fn export(app: &App, allowed: bool) -> anyhow::Result<()> {
    use std::io::Write as _;
    let list = match allowed {
        true => {
            let hosts = read(app, db::gate::list_allowed).await?;
            domain_csv::write_allowed(hosts.iter().map(|host| host.domain.as_str()))
        }
        false => domain_csv::write(&read(app, db::domain_rules::list).await?),
    };
    // Whoever reads may have gone (`| head`): then there is nothing left to say.
    let _ = std::io::stdout().write_all(list.as_bytes());
    Ok(())
}
