//! Every address that we mint, and how to read our own addresses back.

use url::Url;

use crate::domain::collective::Collective;
use crate::domain::id::{
    DecisionId, DoorId, DutyId, FulfilmentId, Id, IncomingPromiseId, OutgoingPromiseId, PactId,
    PromiseId, ProposalId, TurnId,
};
use crate::domain::proposal::Proposal;
use crate::domain::turn::TurnNote;

/// Stands behind the id of a page that is asked for as an object: whichever number its Note has now.
pub const NOW: &str = ".now";

/// The addresses of one instance.
#[derive(Clone, Debug)]
pub struct Urls<'a>(&'a Collective);

impl Collective {
    /// The addresses of this collective's instance.
    pub fn urls(&self) -> Urls<'_> {
        Urls(self)
    }
}

impl Urls<'_> {
    /// The collective's actor.
    pub fn actor(&self) -> Url {
        self.join(&format!("c/{}", self.0.handle))
    }

    /// A collection or inbox of the collective's actor.
    pub fn of_actor(&self, part: &str) -> Url {
        self.join(&format!("c/{}/{part}", self.0.handle))
    }

    /// Where people come back who sign in by way of their own server.
    pub fn door(&self, id: DoorId) -> Url {
        self.join(&format!("sign-in/back/{id}"))
    }

    /// The actor that signs what the instance itself asks.
    pub fn instance_actor(&self) -> Url {
        self.join("actor")
    }

    /// The inbox for everybody here.
    pub fn shared_inbox(&self) -> Url {
        self.join("inbox")
    }

    /// A proposal, as an object under its first address.
    pub fn proposal(&self, id: ProposalId) -> Url {
        self.join(&format!("n/{id}"))
    }

    /// A proposal, as the object that other servers know now.
    pub fn note(&self, proposal: &Proposal) -> Url {
        self.numbered_note(proposal.id, proposal.note.number)
    }

    /// A proposal, as the object that came after being taken back so often.
    pub fn numbered_note(&self, id: ProposalId, number: i32) -> Url {
        self.join(&format!("n/{}", numbered(id, number)))
    }

    /// Every address under which other servers may know a proposal.
    pub fn all_notes(&self, proposal: &Proposal) -> Vec<Url> {
        (0..=proposal.note.number).map(|number| self.numbered_note(proposal.id, number)).collect()
    }

    /// A fulfilment, as an object.
    pub fn fulfilment(&self, id: FulfilmentId) -> Url {
        self.join(&format!("n/{id}"))
    }

    /// The agreement behind a promise; only its parties may read it.
    pub fn agreement(&self, id: PromiseId) -> Url {
        self.join(&format!("a/{id}"))
    }

    /// What we promise to another collective; only it may read that.
    pub fn offer(&self, id: OutgoingPromiseId) -> Url {
        self.join(&format!("o/{id}"))
    }

    /// One side's count of what came; only the two sides may read it.
    pub fn count<T>(&self, id: Id<T>) -> Url {
        self.join(&format!("e/{id}"))
    }

    /// Our answer to a promise of another collective.
    pub fn answer(&self, id: IncomingPromiseId) -> Url {
        self.join(&format!("r/{id}"))
    }

    /// A Follow that we sent, or our answer to one.
    pub fn follow(&self, id: i64) -> Url {
        self.join(&format!("f/{}", Id::<()>::from_number(id)))
    }

    /// What followers are asked about a decision, as an object.
    pub fn question(&self, id: DecisionId) -> Url {
        self.join(&format!("q/{id}"))
    }

    /// The page of a decision.
    pub fn decision(&self, id: DecisionId) -> Url {
        self.join(&format!("decisions/{id}"))
    }

    /// A pact, as what we say about it; only the other side may read it.
    pub fn pact(&self, id: PactId) -> Url {
        self.join(&format!("p/{id}"))
    }

    /// The activity by which we said something about a pact, by the number of that word.
    pub fn pact_word(&self, id: PactId, sequence: i64) -> Url {
        self.join(&format!("p/{id}/{sequence}"))
    }

    /// A turn at which somebody is missing, as an object under its first address.
    pub fn turn(&self, id: TurnId) -> Url {
        self.join(&format!("t/{id}"))
    }

    /// A turn, as the object that other servers know now.
    pub fn turn_note(&self, told: &TurnNote) -> Url {
        self.numbered_turn(told.turn, told.number)
    }

    /// A turn, as the object that came after being taken back so often.
    pub fn numbered_turn(&self, id: TurnId, number: i32) -> Url {
        self.join(&format!("t/{}", numbered(id, number)))
    }

    /// The page of a duty for people.
    pub fn duty(&self, id: DutyId) -> Url {
        self.join(&format!("duties/{id}"))
    }

    /// How a duty is done here, as an object.
    pub fn runbook(&self, id: DutyId) -> Url {
        self.join(&format!("b/{id}"))
    }

    /// The secret address of a duty's calendar.
    pub fn duty_calendar(&self, token: &str) -> Url {
        self.join(&format!("calendar/duty-{token}.ics"))
    }

    /// The page of a proposal or a fulfilment for people.
    pub fn page<T>(&self, id: Id<T>) -> Url {
        self.join(&format!("@{}/{id}", self.0.handle))
    }

    /// The picture of a proposal, by its digest.
    pub fn picture(&self, id: ProposalId, digest: &str) -> Url {
        self.join(&format!("pictures/{id}/{digest}.jpg"))
    }

    /// Our profile page.
    pub fn profile(&self) -> Url {
        self.join(&format!("@{}", self.0.handle))
    }

    /// The page of a hashtag.
    pub fn tag(&self, tag: &str) -> Url {
        self.join(&format!("tags/{tag}"))
    }

    /// A one-time sign-in link.
    pub fn sign_in(&self, token: &str) -> Url {
        self.join(&format!("sign-in/{token}"))
    }

    /// A message of ours to one person about a proposal; nobody may read it here.
    pub fn direct(&self, about: ProposalId, id: Id<()>) -> Url {
        self.join(&format!("d/{about}/{id}"))
    }

    /// What we write to somebody in a conversation that is about no proposal of ours, by the id of
    /// what it is about.
    pub fn written<T>(&self, about: Id<T>, id: Id<()>) -> Url {
        self.join(&format!("w/{about}/{id}"))
    }

    /// The link by which a person of the fediverse says that they want to be asked no more.
    pub fn no_more(&self, token: &str) -> Url {
        self.join(&format!("no-more/{token}"))
    }

    /// The one-time link by which a person of the fediverse speaks of what they promised.
    pub fn promised(&self, token: &str) -> Url {
        self.join(&format!("promised/{token}"))
    }

    /// The one-time link by which a person of the fediverse goes on with what they wrote to us.
    pub fn asked(&self, token: &str) -> Url {
        self.join(&format!("asked/{token}"))
    }

    /// The page of what is new for a member.
    pub fn notices(&self) -> Url {
        self.join("notices")
    }

    /// The link by which somebody confirms that an address for mails is theirs.
    pub fn mail_confirm(&self, token: &str) -> Url {
        self.join(&format!("mail/confirm/{token}"))
    }

    /// The link by which no more mails come.
    pub fn mail_stop(&self, token: &str) -> Url {
        self.join(&format!("mail/stop/{token}"))
    }

    /// The secret address of a member's calendar.
    pub fn calendar(&self, token: &str) -> Url {
        self.join(&format!("calendar/{token}.ics"))
    }

    /// Any path on our origin, without a leading slash.
    pub fn join(&self, path: &str) -> Url {
        self.0.base.join(path).unwrap_or_else(|_| self.0.base.clone())
    }

    /// Whether an address is on our origin.
    pub fn is_ours(&self, url: &Url) -> bool {
        url.origin() == self.0.base.origin()
    }

    /// The id in the address of one of our Notes or their pages; a fragment is ignored.
    pub fn parse_note<T>(&self, url: &Url) -> Option<Id<T>> {
        if !self.is_ours(url) {
            return None;
        }
        let page = format!("/@{}/", self.0.handle);
        let id = url.path().strip_prefix("/n/").or_else(|| url.path().strip_prefix(&page))?;
        parse_numbered(id).map(|(id, _)| id)
    }

    /// The id in the address of a promise of ours to another collective.
    pub fn parse_offer(&self, url: &Url) -> Option<OutgoingPromiseId> {
        self.parse(url, "/o/")
    }

    /// The promise in the address of an agreement of ours; a fragment is ignored.
    pub fn parse_agreement(&self, url: &Url) -> Option<PromiseId> {
        self.parse(url, "/a/")
    }

    /// The proposal that a message of ours to one person is about.
    pub fn parse_direct(&self, url: &Url) -> Option<ProposalId> {
        let path = url.path().strip_prefix("/d/").filter(|_| self.is_ours(url))?;
        path.split_once('/')?.0.parse().ok()
    }

    /// What a conversation is about, if the address is of something that we wrote in it.
    pub fn parse_written<T>(&self, url: &Url) -> Option<Id<T>> {
        let path = url.path().strip_prefix("/w/").filter(|_| self.is_ours(url))?;
        path.split_once('/')?.0.parse().ok()
    }

    /// The decision about which followers are asked at an address of ours.
    pub fn parse_question(&self, url: &Url) -> Option<DecisionId> {
        self.parse(url, "/q/")
    }

    fn parse<T>(&self, url: &Url, folder: &str) -> Option<Id<T>> {
        let id = url.path().strip_prefix(folder).filter(|_| self.is_ours(url))?;
        id.parse().ok()
    }

    /// The id in the address of a Follow that we sent.
    pub fn parse_follow(&self, url: &Url) -> Option<i64> {
        if !self.is_ours(url) {
            return None;
        }
        let id: Id<()> = url.path().strip_prefix("/f/")?.parse().ok()?;
        Some(id.number())
    }
}

fn numbered<T>(id: Id<T>, number: i32) -> String {
    match number {
        0 => id.to_string(),
        number => format!("{id}.{number}"),
    }
}

/// The id in the last part of the address of a Note, and its number; none for whichever it has now.
pub fn parse_numbered<T>(part: &str) -> Option<(Id<T>, Option<i32>)> {
    if let Some(id) = part.strip_suffix(NOW) {
        return Some((id.parse().ok()?, None));
    }
    let Some((id, number)) = part.split_once('.') else {
        return Some((part.parse().ok()?, Some(0)));
    };
    let number: i32 = number.parse().ok().filter(|number| *number > 0)?;
    Some((id.parse().ok()?, Some(number)))
}
