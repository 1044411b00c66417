//! The promises on a proposal's page: one line each, with what this visitor may do about it.

use crate::actions::settle::words_of;
use crate::domain::amount::Amount;
use crate::domain::fulfilment::Side;
use crate::domain::promise::{Promise, PromisePrivate, PromiseState};
use crate::web::form::new_key;
use crate::web::proposal_page::{Attempt, Found};
use crate::web::proposals::is_author;
use crate::web::session::Visitor;
use crate::web::words::Words;

/// One promise.
pub struct Line {
    /// Its id.
    pub id: String,
    /// Who promised; "a neighbour" for strangers.
    pub who: String,
    /// How much.
    pub amount: Option<String>,
    /// Where it is in its life.
    pub state: String,
    /// Whether it waits in reserve.
    pub waits: bool,
    /// What members said with it.
    pub notes: Vec<String>,
    /// Whether this visitor may let go of it.
    pub may_release: bool,
    /// What this visitor may say about it, if anything.
    pub confirm: Option<Confirm>,
}

/// The form to say that it came.
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
        let name = private.member.and_then(|member| self.found.names.get(&member).cloned());
        let name = name.or_else(|| self.found.answers.handles.get(&promise.id).cloned());
        let is_steward = self.visitor.member().is_some_and(|member| member.is_steward());
        let own = self.is_own(private);
        let amount = promise.amount.map(|amount| self.words.amount(amount, self.unit()));
        Line {
            id: promise.id.to_string(),
            who: name.unwrap_or_else(|| locale.say("a-neighbour")),
            amount,
            state: locale.say(state_id(promise.state)),
            waits: promise.state == PromiseState::InReserve,
            notes: self.notes(promise, private),
            may_release: promise.is_awaited() && (own || is_steward),
            confirm: self.left(promise, own).map(|left| self.confirm(promise, left)),
        }
    }

    fn is_own(&self, private: &PromisePrivate) -> bool {
        self.visitor.member().is_some_and(|member| private.member == Some(member.id))
    }

    fn unit(&self) -> &str {
        let quantity = self.found.proposal.content.quantity.as_ref();
        quantity.map_or("one", |quantity| quantity.unit.as_str())
    }

    /// What the visitor's side has still to confirm: none if nothing, and without an amount if none
    /// was asked for.
    fn left(&self, promise: &Promise, own: bool) -> Option<Option<Amount>> {
        let member = self.visitor.member()?;
        let side = if own {
            Side::Promiser
        } else if member.is_steward() || is_author(self.visitor, &self.found.private) {
            Side::Proposer
        } else {
            return None;
        };
        if !promise.is_awaited() {
            return None;
        }
        let word = words_of(promise, &self.found.confirmations).of_side(side);
        match promise.amount {
            Some(amount) => Some(amount - word.total).filter(|left| !left.is_zero()).map(Some),
            None => (!word.spoke).then_some(None),
        }
    }

    fn confirm(&self, promise: &Promise, left: Option<Amount>) -> Confirm {
        let unit = left.map(|_| self.words.unit(self.unit()));
        let (amount, note, problem) = match self.attempt {
            Attempt::Confirm(id, typed) if *id == promise.id => {
                let problem = self.words.locale.say(typed.refusal.key());
                (typed.amount.clone(), typed.note.clone(), Some(problem))
            }
            _ => {
                let usual = left.map(|left| self.words.number(left));
                (usual.unwrap_or_default(), String::new(), None)
            }
        };
        Confirm { key: new_key(self.words.app), amount, unit, note, problem }
    }

    /// For members: what the one who promised said, and what both said when it came.
    fn notes(&self, promise: &Promise, private: &PromisePrivate) -> Vec<String> {
        if self.visitor.member().is_none() {
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
