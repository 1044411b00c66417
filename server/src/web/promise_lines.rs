//! The promises on a proposal's page: one line each, with what this visitor may do about it.

use crate::actions::settle::{told, words_of};
use crate::actions::take_over_reply::is_still_to_come;
use crate::domain::amount::Amount;
use crate::domain::fulfilment::{Confirmation, Side, Word};
use crate::domain::id::RemoteActorId;
use crate::domain::promise::{Promise, PromisePrivate, PromiseState};
use crate::domain::suggestion::outcome::{Outcome, suggested_outcome};
use crate::text;
use crate::web::form::new_key;
use crate::web::proposal_page::{Attempt, Found, Typed};
use crate::web::proposals::is_author;
use crate::web::session::Visitor;
use crate::web::words::Words;

/// One promise.
pub struct Line {
    /// Its id.
    pub id: String,
    /// Who promised: a collective by its name, a person for members only, "a neighbour" for others.
    pub who: String,
    /// Whether another collective stands behind it.
    pub is_neighbours: bool,
    /// How much.
    pub amount: Option<String>,
    /// Where it is in its life.
    pub state: String,
    /// Whether it waits in reserve.
    pub waits: bool,
    /// What members said with it.
    pub notes: Vec<String>,
    /// For members: what we counted and what the other collective counted.
    pub counts: Option<String>,
    /// Whether this visitor may let go of it.
    pub may_release: bool,
    /// Whether this visitor may send the person of the fediverse behind it their link again.
    pub may_send_link: bool,
    /// What this visitor may say about it, if anything.
    pub confirm: Option<Confirm>,
    /// The form to correct what this visitor's side said last, if there is something to correct.
    pub correct: Option<Confirm>,
}

/// The form to say that it came, or how much really came.
pub struct Confirm {
    /// Names this form.
    pub key: String,
    /// How much; empty where no amount was asked for.
    pub amount: String,
    /// Of what; none where no amount was asked for.
    pub unit: Option<String>,
    /// A note or thanks.
    pub note: String,
    /// What is wrong with what was typed.
    pub problem: Option<String>,
}

/// A reply that reads as if a promise was kept, or cannot be: one button does what it says.
pub struct DoneOrOff {
    /// The id of the promise.
    pub id: String,
    /// Whether it came; or else it is let go.
    pub is_done: bool,
    /// How much was promised; empty where no amount was asked for.
    pub amount: String,
    /// What the form carries.
    pub hidden: Vec<(&'static str, String)>,
}

impl Confirm {
    /// The form as it is first seen, or with what was typed. Without `unit` nothing is counted.
    pub fn new(
        words: &Words<'_>,
        unit: Option<&str>,
        usual: Option<Amount>,
        typed: Option<&Typed>,
    ) -> Self {
        let usual = usual.map(|usual| words.number(usual)).unwrap_or_default();
        Self {
            key: new_key(words.app),
            unit: unit.map(|unit| words.unit(unit)),
            amount: typed.map_or(usual, |typed| typed.amount.clone()),
            note: typed.map(|typed| typed.note.clone()).unwrap_or_default(),
            problem: typed.map(|typed| words.locale.say(typed.refusal.key())),
        }
    }
}

/// What the lines are made of.
pub struct Lines<'a> {
    /// How to say things.
    pub words: &'a Words<'a>,
    /// Who looks.
    pub visitor: &'a Visitor,
    /// What was read.
    pub found: &'a Found,
    /// What was tried.
    pub attempt: &'a Attempt,
}

impl Lines<'_> {
    /// The promises that stand or came. What was let go leaves nothing behind.
    pub fn list(&self) -> Vec<Line> {
        let standing = |promise: &Promise| promise.state != PromiseState::Released;
        let promises = self.found.promises.iter().filter(|(promise, _)| standing(promise));
        promises.map(|(promise, private)| self.line(promise, private)).collect()
    }

    fn line(&self, promise: &Promise, private: &PromisePrivate) -> Line {
        let locale = self.words.locale;
        let is_steward = self.visitor.member().is_some_and(|member| member.is_steward());
        let own = self.is_own(private);
        let promised = |amount| self.words.promised(amount, &self.found.proposal);
        let amount = promise.amount.map(promised);
        Line {
            id: promise.id.to_string(),
            who: self.who(promise, private).unwrap_or_else(|| locale.say("a-neighbour")),
            is_neighbours: self.found.parties.contains_key(&promise.id),
            amount,
            state: locale.say(state_id(promise.state)),
            waits: promise.state == PromiseState::InReserve,
            notes: self.notes(promise, private),
            counts: self.counts(promise),
            may_release: promise.is_awaited() && (own || is_steward || self.is_by_person(promise)),
            may_send_link: self.may_send_link(promise),
            confirm: self.confirm(promise, own),
            correct: self.correct(promise, own),
        }
    }

    fn is_own(&self, private: &PromisePrivate) -> bool {
        self.visitor.member().is_some_and(|member| private.member == Some(member.id))
    }

    /// Whether somebody of the fediverse promised it, and the visitor may know who: the author and
    /// the stewards.
    fn is_by_person(&self, promise: &Promise) -> bool {
        self.found.answers.handles.contains_key(&promise.id)
    }

    fn may_send_link(&self, promise: &Promise) -> bool {
        self.is_by_person(promise)
            && is_still_to_come(promise, &self.found.confirmations)
            && !told(&self.found.proposal, promise).is_finished
    }

    fn unit(&self) -> &str {
        let quantity = self.found.proposal.content.quantity.as_ref();
        quantity.map_or("one", |quantity| quantity.unit.as_str())
    }

    /// The names of collectives are for everybody, the names of people for members.
    fn who(&self, promise: &Promise, private: &PromisePrivate) -> Option<String> {
        if let Some((party, is_collective)) = self.found.parties.get(&promise.id) {
            let shown = *is_collective || self.found.is_insider;
            return shown.then(|| party.name.clone());
        }
        // Whose account it is, only they say.
        if self.found.answers.is_persons(promise.id) && !self.is_own(private) {
            return self.found.answers.handles.get(&promise.id).cloned();
        }
        let name = private.member.and_then(|member| self.found.names.get(&member).cloned())?;
        Some(match self.found.duties.get(&promise.id) {
            Some(duty) => {
                let arguments = [("duty", duty.as_str().into()), ("name", name.into())];
                self.words.locale.say_with("promise-for-duty", arguments)
            }
            None => name,
        })
    }

    /// For whom the visitor speaks, if they do.
    fn side(&self, own: bool) -> Option<Side> {
        let member = self.visitor.member()?;
        let proposes = member.is_steward() || is_author(self.visitor, &self.found.private);
        match own {
            true => Some(Side::Promiser),
            false => proposes.then_some(Side::Proposer),
        }
    }

    /// What can be done at once about what somebody wrote who promised: they brought it, or cannot.
    pub fn done_or_off(&self, actor: RemoteActorId, html: &str) -> Option<DoneOrOff> {
        let id = self.found.answers.promise_of(actor)?;
        let (promise, private) = self.found.promises.iter().find(|(each, _)| each.id == id)?;
        let line = self.line(promise, private);
        let amount = || line.amount.clone().unwrap_or_default();
        match suggested_outcome(&text::written(html))? {
            Outcome::Done => {
                let confirm = line.confirm?;
                let hidden = vec![("key", confirm.key), ("amount", confirm.amount)];
                Some(DoneOrOff { id: line.id, is_done: true, amount: amount(), hidden })
            }
            Outcome::Cannot => line.may_release.then(|| DoneOrOff {
                id: line.id.clone(),
                is_done: false,
                amount: amount(),
                hidden: Vec::new(),
            }),
        }
    }

    /// What the visitor's side has still to confirm, if anything.
    fn confirm(&self, promise: &Promise, own: bool) -> Option<Confirm> {
        let side = self.side(own).filter(|_| promise.is_awaited())?;
        let word = words_of(promise, &self.found.confirmations).of_side(side);
        let left = match promise.amount {
            Some(amount) => Some(amount - word.total).filter(|left| !left.is_zero()).map(Some)?,
            None if word.spoke => return None,
            None => None,
        };
        let typed = match self.attempt {
            Attempt::Confirm(id, typed) if *id == promise.id => Some(typed),
            _ => None,
        };
        Some(Confirm::new(self.words, left.map(|_| self.unit()), left, typed))
    }

    /// The last word of the visitor's side, if it counted something.
    fn correct(&self, promise: &Promise, own: bool) -> Option<Confirm> {
        let side = self.side(own)?;
        let is_ours = |word: &&Confirmation| word.promise == promise.id && word.side == side;
        let said = self.found.confirmations.iter().filter(is_ours);
        let last = said.max_by_key(|word| word.id)?.amount?;
        let typed = match self.attempt {
            Attempt::Correct(id, typed) if *id == promise.id => Some(typed),
            _ => None,
        };
        Some(Confirm::new(self.words, Some(self.unit()), Some(last), typed))
    }

    /// What we and another collective counted.
    fn counts(&self, promise: &Promise) -> Option<String> {
        Some(()).filter(|()| self.found.is_insider)?;
        self.found.parties.get(&promise.id)?;
        let said = words_of(promise, &self.found.confirmations);
        counts(self.words, (said.proposer, said.promiser), promise.amount, self.unit())
    }

    /// For members and for whoever said it: what the one who promised said, and what both said when it came.
    fn notes(&self, promise: &Promise, private: &PromisePrivate) -> Vec<String> {
        if !self.found.is_insider && !self.is_own(private) {
            return Vec::new();
        }
        let later = self.found.notes.iter().filter(|(id, _)| *id == promise.id);
        private.note.iter().chain(later.map(|(_, note)| note)).cloned().collect()
    }
}

/// The message for where a promise is in its life.
pub fn state_id(state: PromiseState) -> &'static str {
    match state {
        PromiseState::InReserve => "promise-in-reserve",
        PromiseState::Delivered => "promise-delivered",
        PromiseState::Active | PromiseState::Released => "promise-standing",
    }
}

/// What we and what they counted, where that says more than what was promised.
pub fn counts(
    words: &Words<'_>,
    (ours, theirs): (Word, Word),
    promised: Option<Amount>,
    unit: &str,
) -> Option<String> {
    let promised = promised?;
    let say = |amount: Amount| words.amount(amount, unit);
    let one =
        |id: &str, word: Word| words.locale.say_with(id, [("amount", say(word.total).into())]);
    match (ours.spoke, theirs.spoke) {
        (false, false) => None,
        (true, false) => Some(one("counts-ours", ours)),
        (false, true) => Some(one("counts-theirs", theirs)),
        (true, true) if ours.total == theirs.total => {
            (ours.total != promised).then(|| one("counts-both", ours))
        }
        (true, true) => {
            let arguments =
                [("ours", words.number(ours.total).into()), ("theirs", say(theirs.total).into())];
            Some(words.locale.say_with("counts-differ", arguments))
        }
    }
}
