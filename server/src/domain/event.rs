//! What happened here and may interest other servers.
//!
//! An action hands its events to the announcer inside its own transaction: the change, the
//! activity and the deliveries are written together or not at all.

use jiff::Timestamp;
use url::Url;

use crate::domain::id::{
    ConfirmationId, DecisionId, FulfilmentId, Id, IncomingPromiseId, MemberId, MessageId,
    NeighbourProposalId, OutgoingConfirmationId, OutgoingPromiseId, PactId, PromiseId, ProposalId,
    RoundId, SignInCodeId, TurnId,
};
use crate::domain::moment::Side;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A proposal appeared that others may see: everybody, or those with a pact.
    ProposalPublished(ProposalId),
    /// A proposal that others may see says something new: its text, its coverage, its state.
    ProposalChanged(ProposalId),
    /// A Note that others may have was taken back. Carries what is needed once its row says nothing more.
    NoteWithdrawn {
        /// The address of the Note: a proposal or a fulfilment of it.
        note: Url,
        /// The proposal, for whoever answered it.
        proposal: ProposalId,
        /// When.
        at: Timestamp,
    },
    /// Our actors have new keys; they are stored already.
    KeysRotated,
    /// We say something else about who we are; it is stored already.
    CollectiveChanged,
    /// Both sides confirmed, and others see the proposal.
    FulfilmentConfirmed(FulfilmentId),
    /// We corrected our count of what came, which others were told.
    FulfilmentCorrected(FulfilmentId),
    /// We ask to follow somebody.
    FollowAsked {
        /// The id of the Follow, the last part of its address.
        follow: i64,
        /// Whom.
        actor: Url,
        /// Their inbox.
        inbox: Url,
    },
    /// We stop following somebody.
    FollowEnded {
        /// The id of the Follow that is undone.
        follow: i64,
        /// Whom.
        actor: Url,
        /// Their inbox.
        inbox: Url,
    },
    /// We accept a follower.
    FollowerAccepted {
        /// The Follow, as JSON: it is embedded in the answer, because Mastodon matches by it.
        follow: String,
        /// The follower.
        actor: Url,
        /// Their inbox.
        inbox: Url,
    },
    /// We promise something to another collective.
    PromiseOffered(OutgoingPromiseId),
    /// We promise less of it than before.
    PromiseReduced(OutgoingPromiseId),
    /// We take it back.
    PromiseTakenBack(OutgoingPromiseId),
    /// We counted what came of it.
    OutgoingCounted(OutgoingConfirmationId),
    /// We accept what another collective promised.
    PromiseAccepted(IncomingPromiseId),
    /// We say no to it, perhaps with a counter.
    PromiseDeclined {
        /// Which.
        id: IncomingPromiseId,
        /// Why, in the language of the proposal.
        reason: String,
    },
    /// We take note that another collective promises less, or say that it cannot.
    ReductionAnswered {
        /// Which promise.
        promise: PromiseId,
        /// The id of their Offer on the wire.
        offer: Url,
    },
    /// What we know of a promise of another collective is not what it was told last.
    PromiseChanged(PromiseId),
    /// We counted what came of a promise of another collective.
    PromiseCounted(ConfirmationId),
    /// We said something about a pact; the word itself is stored already.
    PactSaid {
        /// Which.
        pact: PactId,
        /// How it is put.
        way: Way,
    },
    /// We pass on what a neighbour needs or offers.
    PassedOn(NeighbourProposalId),
    /// A pact is active now, or gets more than before: what is open and for pacts goes to it.
    PactOpened(PactId),
    /// A promise was made of what a person of the fediverse replied, or they did a part of it.
    PersonPromised {
        /// Which.
        promise: PromiseId,
        /// The secret of the link by which they speak. It goes to them alone.
        token: String,
        /// Why it is sent.
        why: WhyLink,
    },
    /// Somebody signed in in a browser with a code that went to a fediverse account.
    SignedInByCode(SignInCodeId),
    /// A member signed in in a browser in which they never did before.
    SignedInElsewhere(MemberId),
    /// What a person of the fediverse promised stands otherwise than before, by what others did.
    PersonConcerned(PromiseId),
    /// Somebody promised something to what a person of the fediverse asked for.
    AskerConcerned(ProposalId),
    /// A round is closed in which somebody of the fediverse asked for this.
    AskerOfRound(RoundId, ProposalId),
    /// A round is closed in which somebody of the fediverse promised this.
    PromiserOfRound(RoundId, PromiseId),
    /// Whoever asked for something some days before is asked what they would bring, or what others
    /// could do for them.
    AskerOfMoment {
        /// What they asked for, or offered.
        proposal: ProposalId,
        /// What they are asked.
        side: Side,
        /// The secret of the link by which they say that they want to be asked no more.
        token: String,
    },
    /// The same for whoever promised something.
    PromiserOfMoment {
        /// What they promised.
        promise: PromiseId,
        /// What they are asked.
        side: Side,
        /// The secret of the link by which they say that they want to be asked no more.
        token: String,
    },
    /// The stewards report something to the server that it came from.
    Reported {
        /// The id of the report.
        id: Id<()>,
        /// Who wrote it.
        actor: Url,
        /// Where their server takes it.
        inbox: Url,
        /// What it is about.
        object: Url,
        /// What is wrong.
        words: String,
    },
    /// Somebody is missing at a turn that everybody may know of.
    TurnTold(TurnId),
    /// More or fewer are missing at a turn of which others were told, or it is at another time.
    TurnToldAgain(TurnId),
    /// A turn of which others were told has begun, was called off, or is nothing for everybody now.
    TurnNoteWithdrawn {
        /// The address of its Note.
        note: Url,
        /// When.
        at: Timestamp,
    },
    /// Somebody of the fediverse who wrote to us gets a link to go on by.
    MessageAnswered {
        /// What they wrote.
        message: MessageId,
        /// The secret of the link. It goes to them alone.
        token: String,
    },
    /// The assembly decides something, and asks those who follow for their opinion.
    OpinionAsked(DecisionId),
    /// That is over, whatever came of it.
    OpinionOver(DecisionId),
    /// Followers are not asked any more: it is quiet.
    OpinionTakenBack(DecisionId, Timestamp),
    /// Strangers see more or less of the collective than before.
    SeenOtherwise,
}

/// Why a person of the fediverse gets a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyLink {
    /// What they wrote was noted just now.
    Noted,
    /// They used the one before, and something is still to come from them.
    Rest,
    /// Somebody here sends it again; the one before is void.
    Again,
}

/// How a word about a pact is put. What counts is the word; the way makes it readable for those who
/// look at activities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// We propose.
    Offer,
    /// We say yes.
    Accept,
    /// We say no.
    Reject,
    /// We pause, resume, or share something else.
    Update,
    /// We end it.
    Undo,
}
