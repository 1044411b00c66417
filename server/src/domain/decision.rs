//! What the assembly decides: a proposal, how it is decided, until when, and what came of it.
//!
//! Every member has one voice, whatever they gave or do (mission E16); newcomers read, and
//! organisations have none (E18). Until the deadline it is shown how many have spoken and which
//! objections there are; how the voices fall is shown at the end. Who said what is nobody's to see,
//! and is forgotten when the decision closes: objections keep their words, and their name only if
//! the one who wrote them wants it.

use std::ops::Add;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::domain::id::{AgendaId, DecisionId, MemberId, PaperId};
use crate::domain::refusal::Refusal;
use crate::domain::subject::{self, Subject};

/// The shortest time for which a decision is open.
pub const SHORTEST: SignedDuration = SignedDuration::from_hours(1);
/// The longest time for which a decision is open.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The most characters of a title, here and wherever the assembly names something.
pub const LONGEST_TITLE: usize = 120;
/// The most characters of a text.
const LONGEST_TEXT: usize = 10_000;
/// More voices on one sheet of paper than this are a slip of the finger.
const MOST_ON_PAPER: i64 = 100_000;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// What it is about, in a few words.
    pub title: String,
    /// What is proposed, and why: Markdown. Nothing of it changes once it is open.
    pub text: String,
    /// How it is decided.
    pub method: Method,
    /// How many members must speak for it to count; fixed when it opened.
    pub quorum: i64,
    /// How many members there were when it opened.
    pub members: i64,
    /// Whether followers are asked for their opinion, which binds nothing.
    pub asks_followers: bool,
    /// The point of the agenda that it answers.
    pub answers: Option<AgendaId>,
    /// What it carries out, if it says so.
    pub subject: Option<Subject>,
    /// When it opened.
    pub opened_at: Timestamp,
    /// Until when members speak.
    pub closes_at: Timestamp,
    /// What came of it, once it is closed.
    pub outcome: Option<Outcome>,
    /// When somebody did what it allows: each is good for one act.
    pub carried_out_at: Option<Timestamp>,
}

/// How a decision is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// It is adopted if nobody objects.
    Consent,
    /// It is adopted if more say yes than no.
    Vote,
}

/// What a member says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Yes.
    Yes,
    /// No; in a vote.
    No,
    /// I stand aside: others may decide.
    Aside,
    /// This must not be, and why; where it is decided by consent.
    Objection,
}

/// How the voices fall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Yes.
    pub yes: i64,
    /// No.
    pub no: i64,
    /// Standing aside.
    pub aside: i64,
    /// Objections.
    pub objections: i64,
}

/// What followers think, which binds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opinions {
    /// How many find it good.
    pub yes: i64,
    /// How many do not.
    pub no: i64,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// When.
    pub closed_at: Timestamp,
    /// The voices that counted: those given here, and those on paper that two people confirmed.
    pub tally: Tally,
    /// What followers thought.
    pub opinions: Opinions,
}

/// How a decision ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is decided.
    Adopted,
    /// It is not.
    NotAdopted,
    /// Too few spoke.
    NoQuorum,
    /// Whoever proposed it took it back.
    Withdrawn,
}

/// How many must speak: a share of the members, or a number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// So many of a hundred.
    Share(i64),
    /// So many.
    Number(i64),
}

/// What a member said about an open decision, or an objection that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Who; none if they have left, or if it closed and they did not want to be named.
    pub member: Option<MemberId>,
    /// What.
    pub voice: Voice,
    /// Why: always with an objection, never else.
    pub words: Option<String>,
    /// Whether their name stands beside their words.
    pub with_name: bool,
}

/// Voices that were counted on paper: they count once a second member confirmed the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its id.
    pub id: PaperId,
    /// Of which decision.
    pub decision: DecisionId,
    /// The numbers.
    pub tally: Tally,
    /// What the objections say; empty if there are none.
    pub words: String,
    /// When a second member confirmed them.
    pub confirmed_at: Option<Timestamp>,
}

macro_rules! words {
    ($name:ident: $($variant:ident = $word:literal,)*) => {
        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word for storage and the command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads a word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.word() == word)
            }
        }
    };
}

words!(Method: Consent = "consent", Vote = "vote",);
words!(Voice: Yes = "yes", No = "no", Aside = "aside", Objection = "objection",);
words!(
    Ending: Adopted = "adopted",
    NotAdopted = "not_adopted",
    NoQuorum = "no_quorum",
    Withdrawn = "withdrawn",
);

impl Decision {
    /// Whether members may speak.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.outcome.is_none() && now < self.closes_at
    }

    /// Whether it is over, and nobody has noted what came of it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.outcome.is_none() && now >= self.closes_at
    }

    /// Whether it was adopted.
    pub fn is_adopted(&self) -> bool {
        self.outcome.is_some_and(|outcome| outcome.ending == Ending::Adopted)
    }

    /// Refuses if nobody may speak any more.
    pub fn check_open(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.is_open(now) { Ok(()) } else { Err(Refusal::DecisionOver) }
    }

    /// Whether it can be closed. Before its deadline only if everybody has spoken who was a member
    /// when it opened, and never before what it carries out was open to be talked about: nobody's
    /// voice is cut off.
    pub fn may_close(&self, tally: Tally, now: Timestamp) -> bool {
        let was_open = now.duration_since(self.opened_at);
        let is_talked_about = self.subject.is_none() || was_open >= subject::SHORTEST;
        let has_everybody = tally.voices() >= self.members && is_talked_about;
        self.outcome.is_none() && (now >= self.closes_at || has_everybody)
    }

    /// Closes it with the voices that count, as soon as it can be.
    pub fn close(
        &mut self,
        tally: Tally,
        opinions: Opinions,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.outcome.is_some() {
            return Err(Refusal::DecisionOver);
        }
        if !self.may_close(tally, now) {
            return Err(Refusal::DecisionOpen);
        }
        let ending = self.method.ending(tally, self.quorum);
        self.outcome = Some(Outcome { ending, closed_at: now, tally, opinions });
        Ok(())
    }

    /// Whoever proposed it takes it back.
    pub fn withdraw(&mut self, opinions: Opinions, now: Timestamp) -> Result<(), Refusal> {
        self.check_open(now)?;
        let (ending, tally) = (Ending::Withdrawn, Tally::default());
        self.outcome = Some(Outcome { ending, closed_at: now, tally, opinions });
        Ok(())
    }
}

impl Method {
    /// What members may say.
    pub fn voices(self) -> [Voice; 3] {
        match self {
            Self::Consent => [Voice::Yes, Voice::Aside, Voice::Objection],
            Self::Vote => [Voice::Yes, Voice::Aside, Voice::No],
        }
    }

    /// Checks what somebody says and why; answers the words that are kept.
    pub fn check_voice(self, voice: Voice, words: &str) -> Result<Option<String>, Refusal> {
        match voice {
            _ if !self.voices().contains(&voice) => Err(Refusal::VoiceUnfit),
            Voice::Objection => crate::domain::measure::check_words(words).map(Some),
            _ => Ok(None),
        }
    }

    /// How voices decide. Whoever stands aside is counted among those who spoke, and on neither
    /// side.
    pub fn ending(self, tally: Tally, quorum: i64) -> Ending {
        let is_adopted = match self {
            Self::Consent => tally.objections == 0,
            Self::Vote => tally.yes > tally.no,
        };
        match (tally.voices() >= quorum.max(1), is_adopted) {
            (false, _) => Ending::NoQuorum,
            (true, true) => Ending::Adopted,
            (true, false) => Ending::NotAdopted,
        }
    }
}

impl Tally {
    /// How many spoke.
    pub fn voices(self) -> i64 {
        self.yes + self.no + self.aside + self.objections
    }

    /// Checks numbers that somebody counted on paper, with what the objections say.
    pub fn check_paper(self, method: Method, words: &str) -> Result<String, Refusal> {
        let each = [self.yes, self.no, self.aside, self.objections];
        let fits = each.iter().all(|number| (0..=MOST_ON_PAPER).contains(number));
        if !fits || self.voices() == 0 {
            return Err(Refusal::PaperEmpty);
        }
        match method {
            Method::Consent if self.no > 0 => Err(Refusal::VoiceUnfit),
            Method::Vote if self.objections > 0 => Err(Refusal::VoiceUnfit),
            Method::Consent if self.objections > 0 => crate::domain::measure::check_words(words),
            _ => Ok(String::new()),
        }
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            yes: self.yes + other.yes,
            no: self.no + other.no,
            aside: self.aside + other.aside,
            objections: self.objections + other.objections,
        }
    }
}

impl Quorum {
    /// How many of so many members that is: at least one, rounded up.
    pub fn of(self, members: i64) -> Result<i64, Refusal> {
        match self {
            Self::Share(share) if (1..=100).contains(&share) => {
                Ok(((members * share + 99) / 100).max(1))
            }
            Self::Number(number) if (1..=members.max(1)).contains(&number) => Ok(number),
            _ => Err(Refusal::QuorumUnfit),
        }
    }
}

impl FromStr for Quorum {
    type Err = Refusal;

    /// Reads `50%` or `5`.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let number = |text: &str| text.trim().parse().map_err(|_| Refusal::QuorumUnfit);
        match text.strip_suffix('%') {
            Some(share) => Ok(Self::Share(number(share)?)),
            None => Ok(Self::Number(number(text)?)),
        }
    }
}

/// Tidies and checks a title: one line, in a few words.
pub fn check_title(typed: &str) -> Result<String, Refusal> {
    let clean = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = clean.chars().filter(|c| !c.is_control()).collect();
    match clean.chars().count() {
        1..=LONGEST_TITLE => Ok(clean),
        _ => Err(Refusal::FewWords),
    }
}

/// Tidies and checks a text, which may be empty.
pub fn check_text(typed: &str) -> Result<String, Refusal> {
    let clean: String = typed.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let clean = clean.trim().to_owned();
    if clean.chars().count() > LONGEST_TEXT { Err(Refusal::TextTooLong) } else { Ok(clean) }
}

/// Checks until when members may speak.
pub fn check_deadline(closes_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let open = closes_at.duration_since(now);
    if (SHORTEST..=LONGEST).contains(&open) { Ok(()) } else { Err(Refusal::DeadlineUnfit) }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
