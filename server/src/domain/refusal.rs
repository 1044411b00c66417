//! Every "no" a person can get.

/// A rule says no. Each has a message in every locale under [`Refusal::key`], and a sentence in
/// English for the command line: what was wrong, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No title.
    #[error("a title is missing: say in a few words what is needed or offered")]
    TitleMissing,
    /// Title above 120 characters.
    #[error("the title is longer than 120 characters: shorten it, and put the rest into the text")]
    TitleTooLong,
    /// Text above 10,000 characters.
    #[error("the text is longer than 10,000 characters: shorten it")]
    TextTooLong,
    /// Place above 120 characters.
    #[error("the place is longer than 120 characters: a street corner or an area is enough")]
    PlaceTooLong,
    /// Kind above 40 characters.
    #[error("the kind is longer than 40 characters: use one or two words")]
    KindTooLong,
    /// Unit above 30 characters.
    #[error("the unit is longer than 30 characters: use one word")]
    UnitTooLong,
    /// A file that is no JPEG, PNG or WebP.
    #[error("this is no picture that we can read: take a JPEG, PNG or WebP file")]
    PictureUnfit,
    /// A picture that cannot be decoded.
    #[error("this picture is damaged or not complete: take it anew, or choose another one")]
    PictureBroken,
    /// Too many bytes or pixels.
    #[error("this picture is too large: at most 10 MB and 33 million pixels")]
    PictureTooLarge,
    /// Too many pictures within a few minutes.
    #[error("these were many pictures within a few minutes: wait five minutes, then go on")]
    TooManyPictures,
    /// A picture without words.
    #[error("the picture needs words: say what is to be seen, for those who do not see it")]
    PictureWordsMissing,
    /// Words above 1,500 characters.
    #[error("the words for the picture are longer than 1,500 characters: shorten them")]
    PictureWordsTooLong,
    /// Note above 2,000 characters.
    #[error("the note is longer than 2,000 characters: shorten it")]
    NoteTooLong,
    /// Not a decimal number.
    #[error("the amount is not a number: write it as 40 or 2.5")]
    AmountNotANumber,
    /// Zero or less.
    #[error("the amount must be more than zero")]
    AmountNotPositive,
    /// More than six decimals.
    #[error("the amount has more than six decimals: round it")]
    AmountTooPrecise,
    /// Above a thousand million.
    #[error("the amount is above 1,000,000,000: is it a slip of the finger?")]
    AmountTooLarge,
    /// A confirmation above twice what was promised.
    #[error("that is more than twice what was promised: is it a slip of the finger?")]
    CountTooHigh,
    /// A unit or a smallest part without an amount.
    #[error("a unit or a smallest part needs an amount: say how much, or leave all three out")]
    AmountMissing,
    /// A smallest part above the whole.
    #[error("the smallest useful part is more than the whole amount")]
    MinimumAboveAmount,
    /// A promise below the smallest useful part.
    #[error("the promise is below the smallest useful part that was asked for")]
    BelowMinimum,
    /// A day that cannot be read.
    #[error("this is not a date: write it as 2026-03-14")]
    DateNotADate,
    /// The end is not in the future.
    #[error("the date is in the past: choose a later one, or none")]
    UntilInThePast,
    /// The end is before the start.
    #[error("it ends before it starts: check the two dates")]
    EndsBeforeStart,
    /// No such audience.
    #[error("unknown audience: use public, pacts, members or shift")]
    UnknownAudience,
    /// No such language.
    #[error("unknown language: use a code such as en or es")]
    UnknownLanguage,
    /// Somebody else is named, but spoken consent is not recorded.
    #[error("posting for someone else needs their spoken consent: ask them, then say so")]
    ConsentMissing,
    /// The proposal is not open.
    #[error("this is not open any more; reopen it first if it is still wanted")]
    NotOpen,
    /// The proposal is not a draft.
    #[error("this is published already")]
    NotADraft,
    /// Only what was closed or has expired can be opened again.
    #[error("only what was closed or has expired can be opened again")]
    NothingToReopen,
    /// Other servers were told to forget it, and ids are never used twice.
    #[error(
        "what was withdrawn stays withdrawn, because other servers were told to forget it: post it again"
    )]
    WithdrawnIsFinal,
    /// A public proposal cannot become less than public.
    #[error(
        "what everybody has seen cannot be called back: withdraw it, and post it again for fewer people"
    )]
    AudienceOnlyWidens,
    /// Another member's.
    #[error("this belongs to another member: they or a steward can do it")]
    NotYours,
    /// Released before.
    #[error("this promise was released before")]
    AlreadyReleased,
    /// Confirmed by both sides before.
    #[error("this promise was fulfilled and confirmed before")]
    AlreadyDelivered,
    /// Two sides are needed, and this person is on neither.
    #[error("only the one who promised and the ones who asked can confirm this")]
    NotAParty,
    /// The amount does not fit a proposal without amount.
    #[error("no amount was asked for here: promise without one")]
    NoAmountAsked,
    /// A member's name is empty or above 60 characters.
    #[error("a name has between 1 and 60 characters")]
    NameUnfit,
    /// Another member has the name.
    #[error("another member has this name already: add something that tells the two apart")]
    NameTaken,
    /// The collective's name is empty, too long or not one line.
    #[error("the name of a collective has between 1 and 100 characters, on one line")]
    CollectiveNameUnfit,
    /// A handle that the fediverse would not accept.
    #[error("a handle has 1 to 30 characters: small letters a to z, digits and _")]
    HandleUnfit,
    /// Password below ten characters.
    #[error("the password is shorter than 10 characters: three or four words make a good one")]
    PasswordTooShort,
    /// Password above 200 characters.
    #[error("the password is longer than 200 characters")]
    PasswordTooLong,
    /// A newcomer, where members only can do it.
    #[error("this is for members, and they are still joining")]
    NotYetMember,
    /// A vouch for oneself.
    #[error("nobody vouches for themselves")]
    OwnVouch,
    /// A vouch for a member.
    #[error("they are a member already")]
    MemberAlready,
    /// A second vouch of the same member.
    #[error("this was said before: once is enough")]
    VouchedBefore,
    /// A visit in the future.
    #[error("this day is still to come: note the visit once it was")]
    VisitToCome,
    /// A rule with a number of vouches that makes no sense.
    #[error("the number of vouches is between 0 and 20")]
    VouchesUnfit,
    /// An empty covenant.
    #[error("the text is empty: write down what you owe each other")]
    CovenantEmpty,
    /// A covenant above 20,000 characters.
    #[error("the text is longer than 20,000 characters: half a page is better")]
    CovenantTooLong,
    /// Yes to another version than the one in force.
    #[error("another version is in force by now: read that one")]
    CovenantChanged,
    /// An invitation that is used up, too old, or never was.
    #[error("this invitation was used up or is too old: ask for a new one")]
    InvitationOver,
    /// Nobody comes in without an account or an invitation.
    #[error("people come in by a fediverse account or an invitation only")]
    DoorClosed,
    /// Too many came in by the open door in the last hour.
    #[error("very many people come in just now: try again in an hour")]
    DoorCrowded,
    /// An invitation for nobody or for too many.
    #[error("an invitation is for 1 to 10 people")]
    UsesUnfit,
    /// Too many open invitations of one member.
    #[error("there are five open invitations of this member already")]
    TooManyInvitations,
    /// The old password does not fit.
    #[error("the password that you have now is another one: try again, or sign in with a link")]
    OldPasswordWrong,
    /// Not an address in the fediverse.
    #[error("this is no address in the fediverse: write it as @amina@social.example")]
    AddressUnfit,
    /// A code that does not fit, or is no code.
    #[error("this code does not fit: look at the last message that we sent")]
    CodeWrong,
    /// The browser waited too long for a code, or tried too many.
    #[error("this took too long, or too many codes were tried: begin again")]
    AttemptOver,
    /// Whoever came back from their own server did not prove an account.
    #[error("their server did not say whose account it is: try again, or use the code")]
    ServerSaysNo,
    /// A passkey that is not known, or did not sign what it was asked.
    #[error("this passkey does not fit, or it took too long: try again, or use another way")]
    PasskeyWrong,
    /// No name for a passkey, or one above 60 characters.
    #[error("give the passkey a name of at most 60 characters")]
    PasskeyNameUnfit,
    /// More passkeys than anybody needs.
    #[error("there are ten passkeys already: remove one first")]
    PasskeysTooMany,
    /// What is dangerous needs a session that began a moment ago.
    #[error("first show that it is you: give your password, or sign in again")]
    NotFresh,
    /// Wrong name or wrong password; which one is not said.
    #[error(
        "name and password do not fit together: try again, or ask a steward for a sign-in link"
    )]
    SignInWrong,
    /// Too many wrong passwords.
    #[error("too many tries: wait five minutes, or ask a steward for a sign-in link")]
    TooManyTries,
    /// The one-time link was used or is older than it may be.
    #[error("this link was used before or is too old: ask a steward for a new one")]
    LinkUsedOrExpired,
    /// We follow that collective.
    #[error("we follow this collective already")]
    AlreadyFollowing,
    /// We would follow ourselves.
    #[error("this is our own address")]
    OurOwnAddress,
    /// What should name another server or an actor on one does not.
    #[error("this names no other server: give a host such as evil.example, or an actor's address")]
    NoHost,
    /// A block of a name under which many servers stand that have nothing to do with each other.
    #[error(
        "this would block every server whose name ends so: give a host such as evil.example (its \
         subdomains are covered), or add --force if you mean it"
    )]
    BlockTooWide,
    /// An address of a private network, or one that is no https.
    #[error("this address is not on the public web: give an https address or a handle")]
    AddressNotPublic,
    /// A promise of another collective that has its answer.
    #[error("this promise has its answer already")]
    AlreadyAnswered,
    /// A promise to another collective without an answer yet.
    #[error("they have not answered yet: take all of it back, or wait for their answer")]
    NotAnswered,
    /// They ask for something in return.
    #[error(
        "they ask for something in return, which is trade and not mutual aid: talk to them on their \
         own page"
    )]
    OutsideTrade,
    /// Nothing was countered, or it was taken before.
    #[error("they did not say what they would rather have, or you took it before")]
    NoCounter,
    /// A counter above what was promised.
    #[error("a counter asks for no more than was promised: now and in reserve together")]
    CounterTooHigh,
    /// A release above what stands.
    #[error("that is more than is still to come of this promise")]
    ReleaseTooHigh,
    /// A correction before there was anything to correct.
    #[error("there is no count of yours to correct yet")]
    NothingToCorrect,
    /// The neighbour's need or offer is over.
    #[error("they look for no more answers to this")]
    NeighbourNotOpen,
    /// A reply was taken over without an amount, where one is needed.
    #[error("say how much they promised: nobody promises by silence")]
    AmountNotSaid,
    /// A promise was made of this reply before.
    #[error("this reply is noted as a promise already")]
    ReplyTaken,
    /// The last link went out only minutes ago.
    #[error("a link was sent less than ten minutes ago: give them time to see it")]
    LinkSentLately,
    /// Somebody who is still joining publishes more in a day than people do.
    #[error(
        "ten things were published since yesterday: keep this one as a draft, or let a member publish it"
    )]
    ManyInOneDay,
    /// Nothing is to come of this promise, or the one who made it is gone.
    #[error("there is nothing to send a link for: nothing more is to come of this promise")]
    NothingToSend,
    /// The keys of the last change are still beside the new ones.
    #[error(
        "the keys were changed less than seven days ago, and the old ones are still valid: `mutuals \
         keys list` says until when"
    )]
    KeysRotatedLately,
    /// A pact is between collectives.
    #[error("a pact is made with a collective, and this is a person: follow them instead")]
    NotACollective,
    /// Both sides want the pact already.
    #[error("there is a pact with this collective already: see `mutuals pact list`")]
    PactStands,
    /// They proposed nothing that could be answered.
    #[error("this collective has proposed no pact to us: propose one instead")]
    NoPactProposed,
    /// There is no pact that could be paused or ended.
    #[error("there is no pact with this collective now: see `mutuals pact list`")]
    PactNotActive,
    /// We did not pause it.
    #[error("we did not pause this pact; what the other side paused, it resumes itself")]
    PactNotPaused,
    /// A neighbour's that not everybody may see.
    #[error("they showed this to those with a pact only: it is not for passing on")]
    NotForPassingOn,
    /// It was passed on twice before it came here.
    #[error("this was passed on twice already: whoever wants it further tells its own collective")]
    PassedOnTooOften,
    /// No pact is active with anybody else than those who know it.
    #[error("there is nobody to pass it on to: a pact with another collective is needed first")]
    NobodyToPassOnTo,
    /// Whoever wrote a message deleted it, is gone, or is blocked.
    #[error("whoever wrote this cannot be written to: they deleted it, are gone, or are blocked")]
    WriterGone,
    /// Something was made of a message already, or its writer deleted it.
    #[error("this message is done with already: see `mutuals message list`")]
    NothingToPutAside,
    /// The message was not held.
    #[error("this message is not held: answer it instead")]
    NotHeld,
    /// Being careful for less than an hour or more than a week.
    #[error("between one hour and seven days: write it as 48h")]
    CarefulTooLong,
    /// We are careful: nobody joins without an invitation.
    #[error("for now people join by invitation only: ask a member for one")]
    CarefulNow,
    /// A rule about a domain that covers ourselves.
    #[error("this would cover our own server: give a narrower domain")]
    CoversUs,
    /// A suspension of a domain with which there is a pact.
    #[error(
        "there is a pact with a collective there, and a suspension ends it: look at `mutuals domain \
         preview`, and add --end-pacts if you mean it"
    )]
    PactThere,
    /// There is no rule about a domain.
    #[error("there is no rule about this domain: see `mutuals domain list`")]
    NoRule,
    /// A mode that we do not know.
    #[error("unknown mode: use one of open, allowlist, off")]
    UnknownMode,
    /// Nothing that could be reported to another server.
    #[error("this cannot be reported: it is gone, or it is no server's that hears us")]
    NothingToReport,
    /// A report without words.
    #[error("say in a few words what is wrong: the people of that server read nothing else")]
    ReportEmpty,
    /// A report above 5,000 characters.
    #[error("the report is longer than 5,000 characters: shorten it")]
    ReportTooLong,
    /// A collective is never without a steward.
    #[error("you are the only steward: name another one first, then leave")]
    LastSteward,
    /// They left before.
    #[error("they have left already")]
    HasLeft,
    /// There is nothing to come back from, or the time for it is over.
    #[error("the time to come back is over: join anew")]
    CannotComeBack,
    /// The clause is nowhere in what we owe each other.
    #[error(
        "that is no heading and no sentence of what we owe each other: write it as it stands there (`mutuals covenant show`)"
    )]
    ClauseUnknown,
    /// Nothing, or more than 2,000 characters.
    #[error("say why, in at most 2,000 characters")]
    WordsUnfit,
    /// Not 1 to 90 days.
    #[error("a measure is for 1 to 90 days")]
    DaysUnfit,
    /// Nobody acts in a measure about themselves.
    #[error("it is about you: leave it to the other stewards")]
    OwnMeasure,
    /// There is one already.
    #[error("such a measure stands already")]
    MeasureStands,
    /// Their last measure lapsed, or was lifted after an appeal.
    #[error(
        "your last measure about them lapsed or was lifted after an appeal: for 30 days, leave it to another steward"
    )]
    MeasureRests,
    /// It stands no longer.
    #[error("this measure stands no longer")]
    MeasureOver,
    /// It is confirmed.
    #[error("it is confirmed already")]
    MeasureConfirmed,
    /// Who took it, or decided the appeal, does not confirm it.
    #[error(
        "it needs a second steward: neither the one who took it nor the one who decided the appeal"
    )]
    SecondPerson,
    /// They said it before.
    #[error("you said it already: others look at it")]
    AppealMade,
    /// No appeal waits.
    #[error("no appeal waits for a decision here")]
    NothingToDecide,
    /// Who acted does not decide about it.
    #[error("you signed it: a steward who did not act decides")]
    ActedAlready,
    /// A freeze stands.
    #[error(
        "a freeze stands: until it is over they may read, ask for help and finish what they promised, and nothing else"
    )]
    Frozen,
    /// It is a lockdown: nobody signs in but stewards.
    #[error("for now nobody signs in but those who look after the house: ask one of them")]
    LockedDown,
    /// What it said is erased.
    #[error("it is closed for so long that what it said is erased: post it anew")]
    WordsErased,
    /// No box was ticked that says that it is meant.
    #[error("nothing was changed: tick that you mean it")]
    NotMeant,
    /// No address of a mailbox, or one with something smuggled into it.
    #[error("this is no mail address: write it as name@example.org")]
    EmailUnfit,
    /// The operator named no mail server.
    #[error("this collective sends no mails: set mail.url and mail.from")]
    NoMails,
    /// A link to confirm an address went out three times today.
    #[error("three mails to confirm an address were sent today: try again tomorrow")]
    ManyConfirmations,
    /// Nothing leaves this instance now: it came back from a backup and nobody confirmed it yet, or it
    /// is in a lockdown.
    #[error(
        "nothing leaves this server now: it came back from a backup (mutuals restore status), or it is in a lockdown (mutuals quiet show)"
    )]
    NothingLeaves,
    /// The clock stands before the time at which a backup was made.
    #[error(
        "the clock of this machine is wrong: it stands before the time at which the backup was made. Set it, then restore again"
    )]
    ClockBeforeBackup,
    /// The mail server did not take a mail.
    #[error("the mail could not be sent: check the address, or try again later")]
    MailNotSent,
    /// No hour of the day.
    #[error("an hour is a number from 0 to 23")]
    HourUnfit,
    /// The open door is closed: nobody who looks after the house was there for a week.
    #[error("nobody who looks after the house was there for a week: the open door is closed")]
    NobodyThere,
    /// A title of a round above 60 characters.
    #[error("the title of a round is longer than 60 characters: a word or two is enough")]
    RoundTitleTooLong,
    /// A second signature by the one who gave the first.
    #[error("a second person signs: not the one who asked for it")]
    RoundSecondPerson,
    /// A second signature for a round that waits for none.
    #[error("this round does not wait for a second person")]
    RoundNotAsked,
    /// A decision for a round that the assembly decided before.
    #[error("the assembly has decided this round: renew it if it is to last longer")]
    RoundConfirmed,
    /// A round that is over.
    #[error("this round is over")]
    RoundOver,
    /// Closing a round that goes on.
    #[error("this round goes on: it can be closed once it has ended")]
    RoundStillOpen,
    /// Closing a round of which a line has become nothing yet.
    #[error("a line is not decided yet: say of each whether it is finished, a duty or a cause")]
    RoundUndecided,
    /// An outcome of a line that names no duty or cause.
    #[error("say which duty it becomes, or which cause it comes from")]
    LineUndecidable,
    /// A line that comes from a cause to which nothing answers.
    #[error(
        "nothing answers this cause yet: say what you want to do about it, or that it is not now"
    )]
    ResponseMissing,
    /// A decision that is older than what it is to decide.
    #[error("this decision is older than what it is to decide: a new one is needed")]
    DecisionUnfit,
    /// A name of a cause that is empty, too long or not one line.
    #[error("the name of a cause has between 1 and 60 characters, on one line")]
    CauseNameUnfit,
    /// Another cause has the name.
    #[error("a cause has this name already")]
    CauseNameTaken,
    /// A cause that is not offered any more.
    #[error("this cause is not on our list any more")]
    CauseRetired,
    /// Words about a cause above 500 characters.
    #[error("this is longer than 500 characters: shorten it")]
    CauseWordsTooLong,
    /// A response without words.
    #[error("say in a few words what it is")]
    ResponseEmpty,
    /// "Not now" without a day within a year.
    #[error("\"not now\" needs the day on which you look at it again, within a year")]
    ReviewMissing,
    /// Nothing is asked for.
    #[error("say in a few words what is needed")]
    AskEmpty,
    /// An ask, or a way to reach somebody, above its bound.
    #[error("this is too long: a few sentences are enough")]
    AskTooLong,
    /// No way to reach who asks.
    #[error("say how you can be reached: a number, an address, or where you are")]
    ReachMissing,
    /// Very many asks wait.
    #[error("very many people ask just now: call, or come by")]
    AsksMany,
    /// Nothing, or more than 120 characters, or more than a line.
    #[error("say in a few words what it is: up to 120 characters")]
    FewWords,
    /// Nobody speaks any more.
    #[error("this decision is over: what came of it stands, and a new one can be proposed")]
    DecisionOver,
    /// The deadline is not over, and not everybody has spoken.
    #[error(
        "it is open until its deadline, or until every member has spoken; where it names somebody or \
         ends a term, it is talked about for three days at least"
    )]
    DecisionOpen,
    /// No yes, no, or objection where the method has none.
    #[error(
        "a vote knows yes, no and standing aside; consent knows yes, standing aside and an objection with words"
    )]
    VoiceUnfit,
    /// A quorum of nobody, or of more than there are.
    #[error("the quorum is a share (1% to 100%) or a number of members, no more than there are")]
    QuorumUnfit,
    /// Less than an hour, or more than 90 days.
    #[error("a decision is open for an hour at least and for 90 days at most")]
    DeadlineUnfit,
    /// An organisation, or a program.
    #[error("only people speak and hold roles here: this account belongs to an organisation")]
    OnlyPeople,
    /// Numbers that are nothing, or cannot be.
    #[error("write how many said what on paper: at least one voice")]
    PaperEmpty,
    /// A sheet waits already.
    #[error("numbers wait to be confirmed: let a second member confirm them, or take them back")]
    PaperWaits,
    /// No sheet waits.
    #[error("no numbers wait to be confirmed")]
    NoPaper,
    /// Who entered the numbers does not confirm them.
    #[error("you entered these numbers: a second member who counted confirms them")]
    PaperSamePerson,
    /// More voices than members.
    #[error("together with what was said here these are more voices than there are members")]
    PaperTooMany,
    /// What is cited was not adopted.
    #[error("that decision was not adopted: name one that was (`mutuals decision list`)")]
    DecisionNotAdopted,
    /// A recurrence rule that cannot be said in a sentence.
    #[error("write how often as FREQ=WEEKLY;BYDAY=TU or FREQ=MONTHLY;BYDAY=1SA (no end in it)")]
    RhythmUnfit,
    /// A duty that would have begun longer ago than a year.
    #[error("the first turn is longer ago than a year: name a later day")]
    FirstDayTooEarly,
    /// People, places or minutes of a turn.
    #[error("a turn is for 1 to 100 people, with 0 to 20 learners, and takes 5 minutes to a day")]
    TurnUnfit,
    /// It is over, was called off, or its duty ended.
    #[error("this turn is over or called off, or the duty has ended: look at the next ones")]
    TurnOver,
    /// It has not begun, is long over, or was called off.
    #[error("what became of a turn is noted from its beginning on, for two months")]
    TurnNotNotable,
    /// Nobody more learns beside those who come.
    #[error("the places to learn are taken: take one of the next turns")]
    LearnersFull,
    /// Who is joining comes to learn.
    #[error("whoever joins comes to a turn to learn it first: take a learner's place")]
    LearnersFirst,
    /// A count below zero, or one that is a slip of the finger.
    #[error("a count is a whole number from 0 to 100000")]
    CountUnfit,
    /// Nothing, too much, or nothing that we can read.
    #[error("that is no runbook: give 1 to 20000 characters, or an address where one stands")]
    RunbookUnfit,
    /// No section of what we owe each other.
    #[error(
        "the text needs a section of what we owe each other: write a line `## What we owe each other` and at least a sentence under it (`mutuals covenant template` prints texts to begin from)"
    )]
    SectionMissing,
    /// It takes the assembly.
    #[error("this takes a decision of the assembly: name one that was adopted (--decision)")]
    DecisionNeeded,
    /// Something was done by that decision before.
    #[error("something was done by that decision before: each is good once, so ask for a new one")]
    DecisionUsed,
    /// It says something else, or does not say what it carries out.
    #[error("that decision does not say this: ask the assembly for it (`mutuals role ask`)")]
    DecisionOther,
    /// Too few must speak for somebody to be named.
    #[error("what names somebody or ends a term takes a third of the members at least")]
    QuorumSmall,
    /// Too little time for somebody to be named.
    #[error("what names somebody or ends a term is open for three days at least")]
    DeadlineSoon,
    /// Whoever keeps the turns together does not give themselves more time.
    #[error(
        "whoever keeps the turns together goes until the end of the term that was given: a steward gives the next one"
    )]
    KeeperTermUnfit,
    /// Whoever looks after the house, or holds the money, answers for it.
    #[error(
        "who looks after the house or holds the money uses a decision for what comes from outside"
    )]
    GiftByKeepers,
    /// In the past, or longer than two years.
    #[error("a term is over on a day to come, within two years")]
    TermUnfit,
    /// It ended for good.
    #[error("this role ended")]
    RoleOver,
    /// One of that name is there.
    #[error("there is a role of this name")]
    RoleThere,
    /// Nobody stands in for themselves.
    #[error("nobody stands in for themselves: name another member as deputy")]
    DeputyUnfit,
    /// It is for the collective.
    #[error(
        "a gift from outside is for the collective, never for a person whom the giver names: who gets what is for us to see to"
    )]
    GiftForPerson,
    /// Neither a number nor words.
    #[error("say how much it is: a number with its unit, or words")]
    HowMuchMissing,
    /// Above the limit, or without a number.
    #[error(
        "this is above what is booked without a decision, or has no number: name a decision that was adopted (--decision)"
    )]
    GiftNeedsDecision,
    /// It is crossed out.
    #[error("this entry is crossed out already")]
    GiftStruck,
    /// In the past, or more than a year.
    #[error("it rests until a day to come, within a year")]
    RestUnfit,
    /// It is open, or came to nothing.
    #[error("that decision is still open, or came to nothing")]
    NotDecided,
    /// Nobody is named.
    #[error("say who holds it")]
    HolderMissing,
    /// Not an address of ours.
    #[error("give the name under which the world reaches us, such as ring.example")]
    OwnAddressUnfit,
    /// No zone of that name.
    #[error("this is no time zone: use a name such as Europe/Berlin")]
    TimeZoneUnknown,
    /// Longer than a line.
    #[error("an area is one line of at most 80 characters: a district is enough")]
    AreaUnfit,
    /// Not one of the numbers that there are.
    #[error("what is over stays for 7, 14, 30, 60 or 90 days")]
    KeepDaysUnfit,
    /// Above 1,000 characters.
    #[error("what we say about ourselves has at most 1,000 characters: shorten it")]
    SummaryTooLong,
}

impl Refusal {
    /// The id of the message in the locale files.
    pub fn key(self) -> &'static str {
        match self {
            Self::TitleMissing => "refusal-title-missing",
            Self::TitleTooLong => "refusal-title-too-long",
            Self::TextTooLong => "refusal-text-too-long",
            Self::PlaceTooLong => "refusal-place-too-long",
            Self::KindTooLong => "refusal-kind-too-long",
            Self::UnitTooLong => "refusal-unit-too-long",
            Self::PictureUnfit => "refusal-picture-unfit",
            Self::PictureBroken => "refusal-picture-broken",
            Self::PictureTooLarge => "refusal-picture-too-large",
            Self::TooManyPictures => "refusal-too-many-pictures",
            Self::PictureWordsMissing => "refusal-picture-words-missing",
            Self::PictureWordsTooLong => "refusal-picture-words-too-long",
            Self::NoteTooLong => "refusal-note-too-long",
            Self::AmountNotANumber => "refusal-amount-not-a-number",
            Self::AmountNotPositive => "refusal-amount-not-positive",
            Self::AmountTooPrecise => "refusal-amount-too-precise",
            Self::AmountTooLarge => "refusal-amount-too-large",
            Self::CountTooHigh => "refusal-count-too-high",
            Self::AmountNotSaid => "refusal-amount-not-said",
            Self::ReplyTaken => "refusal-reply-taken",
            Self::LinkSentLately => "refusal-link-sent-lately",
            Self::ManyInOneDay => "refusal-many-in-one-day",
            Self::NothingToSend => "refusal-nothing-to-send",
            Self::AmountMissing => "refusal-amount-missing",
            Self::MinimumAboveAmount => "refusal-minimum-above-amount",
            Self::BelowMinimum => "refusal-below-minimum",
            Self::DateNotADate => "refusal-date-not-a-date",
            Self::UntilInThePast => "refusal-until-in-past",
            Self::EndsBeforeStart => "refusal-ends-before-start",
            Self::UnknownAudience => "refusal-unknown-audience",
            Self::UnknownLanguage => "refusal-unknown-language",
            Self::ConsentMissing => "refusal-consent-missing",
            Self::NotOpen => "refusal-not-open",
            Self::NotADraft => "refusal-not-a-draft",
            Self::NothingToReopen => "refusal-nothing-to-reopen",
            Self::WithdrawnIsFinal => "refusal-withdrawn-is-final",
            Self::AudienceOnlyWidens => "refusal-audience-only-widens",
            Self::NotYours => "refusal-not-yours",
            Self::AlreadyReleased => "refusal-already-released",
            Self::AlreadyDelivered => "refusal-already-delivered",
            Self::NotAParty => "refusal-not-a-party",
            Self::NoAmountAsked => "refusal-no-amount-asked",
            Self::NameUnfit => "refusal-name-unfit",
            Self::NameTaken => "refusal-name-taken",
            Self::CollectiveNameUnfit => "refusal-collective-name-unfit",
            Self::HandleUnfit => "refusal-handle-unfit",
            Self::PasswordTooShort => "refusal-password-too-short",
            Self::PasswordTooLong => "refusal-password-too-long",
            Self::NotYetMember => "refusal-not-yet-member",
            Self::OwnVouch => "refusal-own-vouch",
            Self::MemberAlready => "refusal-member-already",
            Self::VouchedBefore => "refusal-vouched-before",
            Self::VisitToCome => "refusal-visit-to-come",
            Self::VouchesUnfit => "refusal-vouches-unfit",
            Self::CovenantEmpty => "refusal-covenant-empty",
            Self::CovenantTooLong => "refusal-covenant-too-long",
            Self::CovenantChanged => "refusal-covenant-changed",
            Self::InvitationOver => "refusal-invitation-over",
            Self::DoorClosed => "refusal-door-closed",
            Self::DoorCrowded => "refusal-door-crowded",
            Self::UsesUnfit => "refusal-uses-unfit",
            Self::TooManyInvitations => "refusal-too-many-invitations",
            Self::OldPasswordWrong => "refusal-old-password-wrong",
            Self::AddressUnfit => "refusal-address-unfit",
            Self::CodeWrong => "refusal-code-wrong",
            Self::AttemptOver => "refusal-attempt-over",
            Self::PasskeyWrong => "refusal-passkey-wrong",
            Self::PasskeyNameUnfit => "refusal-passkey-name-unfit",
            Self::PasskeysTooMany => "refusal-passkeys-too-many",
            Self::NotFresh => "refusal-not-fresh",
            Self::ServerSaysNo => "refusal-server-says-no",
            Self::SignInWrong => "refusal-sign-in-wrong",
            Self::TooManyTries => "refusal-too-many-tries",
            Self::LinkUsedOrExpired => "refusal-link-used-or-expired",
            Self::AlreadyFollowing => "refusal-already-following",
            Self::OurOwnAddress => "refusal-our-own-address",
            Self::NoHost => "refusal-no-host",
            Self::BlockTooWide => "refusal-block-too-wide",
            Self::AddressNotPublic => "refusal-address-not-public",
            Self::AlreadyAnswered => "refusal-already-answered",
            Self::NotAnswered => "refusal-not-answered",
            Self::OutsideTrade => "refusal-outside-trade",
            Self::NoCounter => "refusal-no-counter",
            Self::CounterTooHigh => "refusal-counter-too-high",
            Self::ReleaseTooHigh => "refusal-release-too-high",
            Self::NothingToCorrect => "refusal-nothing-to-correct",
            Self::NeighbourNotOpen => "refusal-neighbour-not-open",
            Self::KeysRotatedLately => "refusal-keys-rotated-lately",
            Self::NotACollective => "refusal-not-a-collective",
            Self::PactStands => "refusal-pact-stands",
            Self::NoPactProposed => "refusal-no-pact-proposed",
            Self::PactNotActive => "refusal-pact-not-active",
            Self::PactNotPaused => "refusal-pact-not-paused",
            Self::NotForPassingOn => "refusal-not-for-passing-on",
            Self::PassedOnTooOften => "refusal-passed-on-too-often",
            Self::NobodyToPassOnTo => "refusal-nobody-to-pass-on-to",
            Self::WriterGone => "refusal-writer-gone",
            Self::NothingToPutAside => "refusal-nothing-to-put-aside",
            Self::NotHeld => "refusal-not-held",
            Self::CarefulTooLong => "refusal-careful-too-long",
            Self::CarefulNow => "refusal-careful-now",
            Self::CoversUs => "refusal-covers-us",
            Self::PactThere => "refusal-pact-there",
            Self::NoRule => "refusal-no-rule",
            Self::UnknownMode => "refusal-unknown-mode",
            Self::NothingToReport => "refusal-nothing-to-report",
            Self::ReportEmpty => "refusal-report-empty",
            Self::ReportTooLong => "refusal-report-too-long",
            Self::LastSteward => "refusal-last-steward",
            Self::HasLeft => "refusal-has-left",
            Self::CannotComeBack => "refusal-cannot-come-back",
            Self::ClauseUnknown => "refusal-clause-unknown",
            Self::WordsUnfit => "refusal-words-unfit",
            Self::DaysUnfit => "refusal-days-unfit",
            Self::OwnMeasure => "refusal-own-measure",
            Self::MeasureStands => "refusal-measure-stands",
            Self::MeasureRests => "refusal-measure-rests",
            Self::MeasureOver => "refusal-measure-over",
            Self::MeasureConfirmed => "refusal-measure-confirmed",
            Self::SecondPerson => "refusal-second-person",
            Self::AppealMade => "refusal-appeal-made",
            Self::NothingToDecide => "refusal-nothing-to-decide",
            Self::ActedAlready => "refusal-acted-already",
            Self::Frozen => "refusal-frozen",
            Self::LockedDown => "refusal-locked-down",
            Self::NotMeant => "refusal-not-meant",
            Self::WordsErased => "refusal-words-erased",
            Self::EmailUnfit => "refusal-email-unfit",
            Self::NoMails => "refusal-no-mails",
            Self::ManyConfirmations => "refusal-many-confirmations",
            Self::NothingLeaves => "refusal-nothing-leaves",
            Self::ClockBeforeBackup => "refusal-clock-before-backup",
            Self::MailNotSent => "refusal-mail-not-sent",
            Self::HourUnfit => "refusal-hour-unfit",
            Self::NobodyThere => "refusal-nobody-there",
            Self::RoundTitleTooLong => "refusal-round-title-too-long",
            Self::RoundSecondPerson => "refusal-round-second-person",
            Self::RoundNotAsked => "refusal-round-not-asked",
            Self::RoundConfirmed => "refusal-round-confirmed",
            Self::RoundOver => "refusal-round-over",
            Self::RoundStillOpen => "refusal-round-still-open",
            Self::RoundUndecided => "refusal-round-undecided",
            Self::LineUndecidable => "refusal-line-undecidable",
            Self::ResponseMissing => "refusal-response-missing",
            Self::DecisionUnfit => "refusal-decision-unfit",
            Self::CauseNameUnfit => "refusal-cause-name-unfit",
            Self::CauseNameTaken => "refusal-cause-name-taken",
            Self::CauseRetired => "refusal-cause-retired",
            Self::CauseWordsTooLong => "refusal-cause-words-too-long",
            Self::ResponseEmpty => "refusal-response-empty",
            Self::ReviewMissing => "refusal-review-missing",
            Self::AskEmpty => "refusal-ask-empty",
            Self::AskTooLong => "refusal-ask-too-long",
            Self::ReachMissing => "refusal-reach-missing",
            Self::AsksMany => "refusal-asks-many",
            Self::FewWords => "refusal-few-words",
            Self::DecisionOver => "refusal-decision-over",
            Self::DecisionOpen => "refusal-decision-open",
            Self::VoiceUnfit => "refusal-voice-unfit",
            Self::QuorumUnfit => "refusal-quorum-unfit",
            Self::DeadlineUnfit => "refusal-deadline-unfit",
            Self::OnlyPeople => "refusal-only-people",
            Self::PaperEmpty => "refusal-paper-empty",
            Self::PaperWaits => "refusal-paper-waits",
            Self::NoPaper => "refusal-no-paper",
            Self::PaperSamePerson => "refusal-paper-same-person",
            Self::PaperTooMany => "refusal-paper-too-many",
            Self::DecisionNotAdopted => "refusal-decision-not-adopted",
            Self::RhythmUnfit => "refusal-rhythm-unfit",
            Self::FirstDayTooEarly => "refusal-first-day-too-early",
            Self::TurnUnfit => "refusal-turn-unfit",
            Self::TurnOver => "refusal-turn-over",
            Self::TurnNotNotable => "refusal-turn-not-notable",
            Self::LearnersFull => "refusal-learners-full",
            Self::LearnersFirst => "refusal-learners-first",
            Self::CountUnfit => "refusal-count-unfit",
            Self::RunbookUnfit => "refusal-runbook-unfit",
            Self::SectionMissing => "refusal-section-missing",
            Self::DecisionNeeded => "refusal-decision-needed",
            Self::DecisionUsed => "refusal-decision-used",
            Self::DecisionOther => "refusal-decision-other",
            Self::QuorumSmall => "refusal-quorum-small",
            Self::DeadlineSoon => "refusal-deadline-soon",
            Self::KeeperTermUnfit => "refusal-keeper-term-unfit",
            Self::GiftByKeepers => "refusal-gift-by-keepers",
            Self::TermUnfit => "refusal-term-unfit",
            Self::RoleOver => "refusal-role-over",
            Self::RoleThere => "refusal-role-there",
            Self::DeputyUnfit => "refusal-deputy-unfit",
            Self::GiftForPerson => "refusal-gift-for-person",
            Self::HowMuchMissing => "refusal-how-much-missing",
            Self::GiftNeedsDecision => "refusal-gift-needs-decision",
            Self::GiftStruck => "refusal-gift-struck",
            Self::RestUnfit => "refusal-rest-unfit",
            Self::NotDecided => "refusal-not-decided",
            Self::HolderMissing => "refusal-holder-missing",
            Self::OwnAddressUnfit => "refusal-own-address-unfit",
            Self::TimeZoneUnknown => "refusal-time-zone-unknown",
            Self::AreaUnfit => "refusal-area-unfit",
            Self::KeepDaysUnfit => "refusal-keep-days-unfit",
            Self::SummaryTooLong => "refusal-summary-too-long",
        }
    }
}
