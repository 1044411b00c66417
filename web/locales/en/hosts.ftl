# The stewards' page about other servers: what is on its way to them, and whom we block.
hosts-title = Servers we write to
hosts-lead = What we say travels to the servers of those who follow us. When one does not answer, what we said waits and we try again by ourselves, for up to two weeks. Nothing gets lost without a word here.
hosts-to-steward = Looking after the house
hosts-none = Nobody on another server gets messages from us yet.
hosts-all-well = Everything has arrived.
hosts-pause-all = Pause all sending
hosts-pause-all-hint = While paused, what we say waits here and goes out later. We still hear from others.
hosts-paused-all = All sending is paused
hosts-paused-all-hint = What we say waits here. Nothing gets lost, and nothing goes out.
hosts-resume-all = Send again

hosts-state-well = well
hosts-state-waiting = on its way
hosts-state-failing = takes nothing right now
hosts-state-refused = turned something away
hosts-state-paused = paused
hosts-state-blocked = blocked

hosts-waiting = Waiting
hosts-messages = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
hosts-nothing-waits = nothing
hosts-since = Since
hosts-why = Why
hosts-next = Next try
hosts-next-now = in a moment
hosts-next-resume = when you let it go on
hosts-next-never = not while it is blocked
hosts-reached = Last took something
hosts-reached-never = never yet
hosts-refused = Turned away or given up

hosts-refused-new = New: { $title }
hosts-refused-change = A change: { $title }
hosts-refused-taken-down = Taken down: { $title }
hosts-refused-something = A message
hosts-refused-follow = Our wish to follow them
hosts-refused-accept = Our yes to somebody who follows us
hosts-refused-more = There are more; the newest stand here.

hosts-retry = Try now
hosts-retry-name = Try now: { $host }
hosts-retry-done = We try { $host } now.
hosts-pause = Pause
hosts-pause-name = Pause sending to { $host }
hosts-pause-done = Sending to { $host } is paused. What we say waits.
hosts-resume = Go on
hosts-resume-name = Go on sending to { $host }
hosts-resume-done = We send to { $host } again.
hosts-pause-all-done = All sending is paused. What we say waits.
hosts-resume-all-done = We send again.
hosts-drop-open = Give up what waits
hosts-drop-open-name = Give up what waits for { $host }
hosts-drop-warning = They will never get these messages from us, also not what was turned away. What we say from now on goes to them as before. This cannot be undone.
hosts-drop-button = Yes, give it up
hosts-drop-button-name = Yes, give it up: { $host }
hosts-drop-done = What waited for { $host } was given up.
hosts-block-open = Block
hosts-block-open-name = Block { $host }
hosts-block-warning = We hear nothing from them and tell them nothing. What they need and offer, and what they replied, is not shown. Nothing is deleted: you can undo it.
hosts-block-reason = Why
hosts-block-reason-hint = For the stewards who come after you. Nobody else sees it.
hosts-block-button = Block them
hosts-block-button-name = Block them: { $host }
hosts-block-done = { $host } is blocked.

hosts-blocks = Whom we block
hosts-blocks-empty = Nobody.
hosts-blocks-since = since { $date }
hosts-unblock = Unblock
hosts-unblock-name = Unblock { $host }
hosts-unblock-done = { $host } is no longer blocked.
hosts-block-other = Block another
hosts-block-address = Server or address
hosts-block-address-hint = evil.example for a whole server with everybody on it, or the link of one account.

hosts-received = What came in
hosts-received-well = All that others sent us was read.
hosts-received-failed = { $count ->
    [one] { $count } message from others could not be read.
   *[other] { $count } messages from others could not be read.
}
hosts-received-hint = Their server may have been away when we had a question. We keep it for 30 days.
hosts-received-button = Try again
hosts-received-done = We try again to read what came in.

hosts-why-unreachable = Their server cannot be reached.
hosts-why-slow = Their server takes too long to answer.
hosts-why-broken = Their server has a problem of its own (it answered { $status }).
hosts-why-busy = Their server asks us to wait.
hosts-why-not-let-in = Their server does not let us in (it answered { $status }).
hosts-why-missing = Their server knows no such mailbox (it answered 404).
hosts-why-gone = Their server says that the mailbox is gone for good.
hosts-why-clock = Our clock and theirs do not agree. Let somebody check the time on our server.
hosts-why-certificate = Their server cannot prove who it is: its certificate does not fit.
hosts-why-name = Their server’s name is not found. It may have moved or closed.
hosts-why-answer = Their server did not want it (it answered { $status }).
