//! Mails. They go through many hands, so they say that something is there, with a link, and nothing
//! else: no name of anybody, and no word of what was written here.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use url::Url;

use crate::config;
use crate::domain::collective::Collective;
use crate::i18n::Locale;
use crate::keys;

/// How long the mail server may take for one command, and for a whole mail.
const PATIENCE: Duration = Duration::from_secs(10);
const WHOLE_PATIENCE: Duration = Duration::from_secs(25);

/// The way to the mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

/// A mail.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    /// The address, checked ([`crate::domain::telling::check_email`]).
    pub to: &'a str,
    /// The language of its words.
    pub language: &'a str,
    /// What it is for.
    pub about: About,
}

/// What a mail is for.
#[derive(Clone, Debug)]
pub enum About {
    /// Somebody says that this address is theirs: the link by which they show it.
    Confirm(Url),
    /// Something is new.
    News {
        /// The page on which it stands.
        page: Url,
        /// The link by which no more mails come.
        stop: Url,
    },
}

/// Why a mail was not sent. It never holds the address, so it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// No mail can be sent now, to anybody.
    #[error("the mail server cannot be reached, or wants to be spoken to otherwise")]
    NoServer,
    /// It does not take this one.
    #[error("the mail server answered {0}")]
    Refused(u16),
    /// It could not be written.
    #[error("the mail could not be written")]
    Unwritable,
}

impl Mailer {
    /// The way to the mail server, if the operator named one.
    pub fn open(config: &config::Mail, collective: &Collective) -> anyhow::Result<Option<Self>> {
        let Some(from) = check(config)? else { return Ok(None) };
        let host = collective.base.host_str().unwrap_or_default().to_owned();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.url)
            .map_err(|_| anyhow::anyhow!("mail.url is not the address of a mail server"))?
            .hello_name(ClientId::Domain(host.clone()))
            .timeout(Some(PATIENCE))
            .build();
        Ok(Some(Self { transport, from, host }))
    }

    /// Sends a mail of `collective` now, and waits until the mail server has taken it.
    pub async fn send(
        &self,
        collective: &str,
        letter: &Letter<'_>,
        now: Timestamp,
    ) -> Result<(), NotSent> {
        let message = self.write(collective, letter, now).map_err(|_| NotSent::Unwritable)?;
        match tokio::time::timeout(WHOLE_PATIENCE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(why(&error)),
            Err(_) => Err(NotSent::NoServer),
        }
    }

    /// Greets the mail server, with name and password if there are any, and sends nothing.
    pub async fn greet(&self) -> Result<(), NotSent> {
        match tokio::time::timeout(PATIENCE, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Err(error)) => Err(why(&error)),
            Ok(Ok(false)) | Err(_) => Err(NotSent::NoServer),
        }
    }

    fn write(
        &self,
        collective: &str,
        letter: &Letter<'_>,
        now: Timestamp,
    ) -> anyhow::Result<Message> {
        let locale = Locale::find(letter.language);
        let house = || collective.into();
        let subject = match letter.about {
            About::Confirm(_) => "mail-confirm-subject",
            About::News { .. } => "mail-news-subject",
        };
        let mut mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.to.parse()?))
            .date(system_time(now))
            .message_id(Some(format!("<{}@{}>", keys::secret()?, self.host)))
            .subject(locale.say_with(subject, [("collective", house())]))
            // RFC 3834: so that no machine answers.
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN);
        let body = match &letter.about {
            About::Confirm(link) => {
                let said = locale.say_with("mail-confirm-body", [("collective", house())]);
                let ignore = locale.say("mail-confirm-ignore");
                format!("{said}\n\n{link}\n\n{ignore}\n")
            }
            About::News { page, stop } => {
                // RFC 8058: one click in the mail program, which then asks by POST.
                let one_click = "List-Unsubscribe=One-Click".to_owned();
                mail = mail
                    .raw_header(header("List-Unsubscribe", format!("<{stop}>")))
                    .raw_header(header("List-Unsubscribe-Post", one_click));
                let said = locale.say_with("mail-news-body", [("collective", house())]);
                let ending = locale.say("mail-news-stop");
                format!("{said}\n\n{page}\n\n{ending}\n{stop}\n")
            }
        };
        Ok(mail.body(body)?)
    }
}

/// The mailbox under *from*, if mails are sent; an error if what is configured would send none.
pub fn check(config: &config::Mail) -> anyhow::Result<Option<Mailbox>> {
    if config.url.is_empty() {
        return Ok(None);
    }
    check_url(&config.url)?;
    let from = config.from.parse().context(
        "mail.from is not the address of a mailbox: write it as Ring <ring@ring.example>",
    )?;
    Ok(Some(from))
}

/// Refuses an address of a mail server that would send a password for everybody to read.
pub fn check_url(url: &str) -> anyhow::Result<()> {
    let Ok(parsed) = Url::parse(url) else {
        bail!("mail.url is no address: smtps://… or smtp://…")
    };
    let tls = parsed.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value);
    let is_safe = parsed.scheme() == "smtps" || tls.as_deref() == Some("required");
    match parsed.scheme() {
        "smtp" | "smtps" if parsed.password().is_none() || is_safe => Ok(()),
        "smtp" => bail!("mail.url sends a password unprotected: use smtps://… or ?tls=required"),
        _ => bail!("mail.url begins with smtps:// or smtp://"),
    }
}

fn system_time(now: Timestamp) -> SystemTime {
    let seconds = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or_default());
    SystemTime::UNIX_EPOCH.checked_add(seconds).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// Only numbers: what a mail server says may hold the address.
fn why(error: &SmtpError) -> NotSent {
    match error.status() {
        Some(code) => NotSent::Refused(u16::from(code)),
        None => NotSent::NoServer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_goes_out_unprotected() {
        for good in [
            "smtps://ring:secret@mail.example",
            "smtp://ring:secret@mail.example:587?tls=required",
            "smtp://127.0.0.1:25",
        ] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for bad in [
            "smtp://ring:secret@mail.example",
            "smtp://ring:secret@mail.example?tls=opportunistic",
            "https://mail.example",
            "mail.example",
        ] {
            let error = check_url(bad).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
