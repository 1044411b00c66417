//! Posts of other servers as pages show them: behind their warning, in the reader's language, with
//! polls as lists, and pictures for members.

use std::fmt::Display;

use url::Url;

use crate::actions::show_media::may_show_media;
use crate::domain::collective::domain_of;
use crate::domain::post::{Extras, Pictured, Poll};
use crate::keys;
use crate::web::session::{Session, Visitor};
use crate::web::words::{Words, language};

/// A post (see `partials/post.html`).
pub struct Post {
    /// What to know before it is read; then the rest is folded away.
    pub warning: Option<String>,
    /// Safe HTML.
    pub html: String,
    /// A language code; empty if nobody knows.
    pub language: String,
    /// Says that it is shown in another language than it was written in.
    pub translated: Option<String>,
    /// What it asks.
    pub poll: Option<Asked>,
    /// Its pictures.
    pub pictures: Vec<Picture>,
    /// Says that there is more at the original.
    pub more: Option<String>,
}

/// A poll.
pub struct Asked {
    /// How many may be chosen, and until when or that it is over.
    pub how: String,
    /// The answers, with how many chose each.
    pub choices: Vec<String>,
}

/// A picture of another server.
pub struct Picture {
    /// What is to be seen, or that nobody said so.
    pub words: String,
    /// Where members see it.
    pub src: Option<String>,
}

/// What kind of post a picture belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A reply to one of our needs and offers.
    Reply,
    /// A need or an offer of a neighbour.
    Neighbour,
    /// What somebody wrote to us.
    Message,
}

impl Family {
    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Neighbour => "neighbour",
            Self::Message => "message",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Reply, Self::Neighbour, Self::Message].into_iter().find(|each| each.word() == word)
    }
}

/// Which post it is.
pub struct Which<'a> {
    /// Its kind.
    pub family: Family,
    /// Its id here.
    pub id: String,
    /// The host from which it came.
    pub host: &'a str,
}

impl Post {
    /// A post with this text, as `visitor` sees it.
    pub fn of(
        words: &Words<'_>,
        visitor: &Visitor,
        which: &Which<'_>,
        (html, extras): (&str, &Extras),
    ) -> Self {
        let other = extras.in_language(words.locale.code());
        let (code, html) = other.unwrap_or((extras.language.as_deref().unwrap_or_default(), html));
        let own = extras.language.as_deref().unwrap_or_default();
        let translated = other.map(|_| match own {
            "" => words.locale.say("posts-other-language"),
            own => words.locale.say_with("posts-written-in", [("language", language(own).into())]),
        });
        let is_hidden = extras.is_sensitive && !extras.pictures.is_empty();
        let warning = extras.warning.as_ref().map(|warning| {
            words.locale.say_with("posts-warning", [("warning", warning.as_str().into())])
        });
        let more = extras.more_files;
        Self {
            warning: warning.or_else(|| is_hidden.then(|| words.locale.say("posts-sensitive"))),
            html: html.to_owned(),
            language: code.to_owned(),
            translated,
            poll: extras.poll.as_ref().map(|poll| asked(words, poll)),
            pictures: pictures(words, visitor, which, extras),
            more: (more > 0).then(|| words.locale.say_with("posts-more", [("count", more.into())])),
        }
    }
}

fn asked(words: &Words<'_>, poll: &Poll) -> Asked {
    let how = match poll.ends_at {
        Some(end) if end <= words.now => words.locale.say("posts-poll-over"),
        _ if poll.takes_several => words.locale.say("posts-poll-several"),
        _ => words.locale.say("posts-poll-one"),
    };
    let choice = |choice: &crate::domain::post::Choice| match choice.count {
        Some(count) => {
            let said = [("choice", choice.words.as_str().into()), ("count", count.into())];
            words.locale.say_with("posts-poll-choice", said)
        }
        None => choice.words.clone(),
    };
    Asked { how, choices: poll.choices.iter().map(choice).collect() }
}

fn pictures(
    words: &Words<'_>,
    visitor: &Visitor,
    which: &Which<'_>,
    extras: &Extras,
) -> Vec<Picture> {
    let session = visitor.session.as_ref().filter(|_| visitor.is_full_member());
    let session = session.filter(|_| may_show_media(words.app, which.host));
    let one = |(place, picture): (usize, &Pictured)| {
        let shown = session.filter(|_| may_show_media(words.app, &domain_of(&picture.url)));
        Picture {
            words: match &picture.words {
                Some(said) => {
                    words.locale.say_with("posts-picture", [("words", said.as_str().into())])
                }
                None => words.locale.say("posts-picture-without-words"),
            },
            src: shown.map(|session| {
                let seal = seal(session, which.family, &which.id, place, &picture.url);
                format!("/media/{}/{}/{place}/{seal}", which.family.word(), which.id)
            }),
        }
    };
    extras.pictures.iter().enumerate().map(one).collect()
}

/// What shows that a page of ours led this session to this picture. It changes when the post does.
pub fn seal(session: &Session, family: Family, id: &str, place: impl Display, url: &Url) -> String {
    keys::seal(&session.csrf, &format!("media {} {id} {place} {url}", family.word()))
}
