# What people of the fediverse write to us. What begins with wire- goes to them as an answer, in
# their language if we speak it.
wire-asked-got-it = Got it: { $what }. Nothing is published yet.
wire-asked-thanks = Thank you for writing. Nothing is published yet.
wire-asked-direct = Thank you for telling us. The administrators of your server and of ours can read what is written here. Nothing of it is published or passed on.
wire-asked-direct-phone = Or call us: { $phone }.
wire-asked-others = You named others in your post: they can read it too. We answer you alone.
wire-asked-link = By this private link you choose whether it is published, and with or without your name. It needs no account, works once, and until { $date }:
wire-asked-private-link = For everything else please use this private link: there you write what you need, and choose who sees it. It needs no account, works once, and until { $date }:
wire-asked-published = It is noted here now. Thank you for asking.
wire-asked-care-link = By this private link you see how it stands, and can say that it came, that there is enough, or take it back. It needs no account, works once, and until { $date }:
wire-asked-promised = Good news: a neighbour has answered what you asked for.
wire-asked-promised-link = Your last private link shows how it stands.
wire-asked-by = Asked by { $who }.

asked-page-title = What you wrote to us
asked-nothing-yet = Nothing is published yet.
asked-lead = This is what we understood of your post. Change what you like, and choose who sees it.
asked-private-lead = Write here what it is about. Nothing of your private post is copied, and you choose who sees this.
asked-purpose = What is it?
asked-purpose-need = I need something
asked-purpose-offer = I have something to give
asked-title = In a few words
asked-title-hint = For example: a pram, a lift to the clinic on Wednesday. You do not have to say why.
asked-publish-nameless = Send it without my name
asked-publish-named = Send it with my name, { $handle }
asked-not-yet = Not yet
asked-not-yet-hint = If you choose “not yet”, nothing happens. This link works until you have sent it, and for two days.
asked-later = Nothing was published. Your link still works, for two days from when you got it.
asked-published = It is on the board. A link to look after it is on its way to you in the thread.
asked-kept = It is noted, for those you chose. A link to look after it is on its way to you in the thread.
asked-public-page = See it as everybody does
asked-once = This link works once, for one of these. If something is still open after that, a new one reaches you in the thread.
asked-promises = What neighbours promised
asked-promises-none = Nothing yet. Nobody has forgotten you: it stands on the board.
asked-promise-stands = A neighbour will bring it or do it.
asked-promise-reserve = A neighbour waits in reserve, in case something falls through.
asked-promise-counted = You said that it came. The other side has not said so yet.
asked-promise-came = It came, and both sides said so.
asked-came-amount = How much came? ({ $unit })
asked-came-button = It came
asked-enough-title = There is enough
asked-enough-hint = Nobody is asked for more. What was promised can still come.
asked-enough-button = That is enough, thank you
asked-withdraw-title = Take it back
asked-withdraw-hint = No reason needed. Other servers are told to forget it, and it cannot be brought back.
asked-withdraw-button = Take it back
asked-came = Noted. Good that it came.
asked-closed = Noted: there is enough.
asked-withdrawn = It was taken back.
asked-done-part = Noted. A new link for the rest is on its way to you in the thread.

error-asked-link-title = This link no longer works
error-asked-link-what = Such a link works once, and not for ever.
error-asked-link-next = Write to us again in the thread: a person reads it and sends you a new one.

refusal-writer-gone = Whoever wrote this cannot be written to: they deleted it, are gone, or are blocked.
refusal-nothing-to-put-aside = This message is done with already.
refusal-not-held = This message is not held: answer it instead.

messages-title = What people wrote to us
messages-lead = Posts from the fediverse that name us, and private posts to us. Only stewards see this page. What is written is erased a month after it is over.
messages-none = Nothing here.
messages-waiting = Waiting for you
messages-waiting-hint = Nobody has answered these. An answer goes into their thread, for them alone.
messages-linked = They have a link
messages-linked-hint = They can publish what they asked for by the link that they got.
messages-published = Published
messages-published-hint = Something on the board came of these.
messages-aside = Put aside
messages-aside-hint = Nothing more to do.
messages-need = Need
messages-offer = Offer
messages-private = Private: only they and we are meant to read it
messages-public = Public
messages-open-private = Read what they wrote
messages-writer-gone = Somebody who deleted it
messages-lost = Its writer deleted the post: does it still stand?
messages-erased = What was written is erased.
messages-proposal = What was published
messages-accept = Let it in
messages-answer = Send a link
messages-lay-aside = Put aside
messages-answered = A link is on its way to them.
messages-put-aside = Put aside. What was written is erased in a month.
messages-accepted = It is let in.
messages-held-many-of-one = Held because its writer wrote more than ten times in a day.
messages-held-many-of-host = Held because very many came from that server within the hour.
messages-held-many-of-strangers = Held because many came from servers we do not know within the hour.
messages-held-many-mentions = Held because it names many others and is the first from that server.
messages-held-links = Held because it carries links or pictures and no tag, and is the first from that server.
steward-messages-waiting = { $count ->
    [one] One message waits for you.
   *[other] { $count } messages wait for you.
  }
steward-messages-more = Read them
messages-back = Everything that people wrote
messages-opened-lead = This was written to us in private. That you read it stands in the log, without its words and without who wrote it.
