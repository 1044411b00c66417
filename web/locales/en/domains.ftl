# Rules about other servers, with whom we speak at all, and reports to other servers.
domains-title = Rules about other servers
domains-lead = Most servers need none. A rule is about a whole server and everything under its name. Nothing is cut off that you did not see before.
domains-rules = In force
domains-none = No rules.
domains-search = Find a server
domains-search-button = Find
domains-more = { $count } more are not shown. Find them by name.
domains-private = For stewards:
domains-until = until { $date }
domains-undo = End this rule
domains-undo-name = End this rule: { $domain }
domains-undo-hint = Who followed us there, and whom we followed, comes back if you end it within 30 days.
domains-undone = There is no rule about { $domain } any more.
domains-done = There is a rule about { $domain } now.
domains-new = A new rule
domains-domain = Server
domains-domain-hint = evil.example, with everything under it.
domains-severity = What happens
domains-limit = limited
domains-limit-hint = What people there write to us is held for you, and strangers do not see what comes from there. Followers, pacts and promises stay.
domains-suspend = suspended
domains-suspend-hint = We hear nothing from there and tell them nothing. It can be undone for 30 days.
domains-noop = only noted
domains-noop-hint = Nothing but what is ticked below.
domains-flag-reports = Throw away what they report to us
domains-flag-media = Refuse pictures and files
domains-flag-media-hint = They are neither fetched nor shown.
domains-flag-obfuscate = Hide the name in public lists
domains-public-comment = Why, for everybody
domains-public-comment-hint = It goes along with lists that you share.
domains-private-comment = Why, for stewards
domains-ends = Ends on
domains-look = Look at what it would do
domains-preview-title = { $domain }: what would happen
domains-preview-cut = This would be cut off
domains-preview-kept = This stays as it is
domains-preview-nothing = Nobody here has to do with anybody there.
domains-preview-undo = You can undo it for 30 days. Followers and those whom we follow come back then; a pact has to be proposed anew.
domains-preview-limit = What people there write is held until one of you looks. Somebody in need may be among them.
domains-cut-pact = The pact with { $name }.
domains-cut-followers = { $count ->
    [one] One follower.
   *[other] { $count } followers.
}
domains-cut-following = { $count ->
    [one] One whom we follow.
   *[other] { $count } whom we follow.
}
domains-cut-promises = { $count ->
    [one] One promise between them and us that is under way.
   *[other] { $count } promises between them and us that are under way.
}
domains-cut-replies = { $count ->
    [one] One reply that we show.
   *[other] { $count } replies that we show.
}
domains-end-pacts = Yes, end the pact. We spoke with them, or cannot.
domains-set = Make this rule
refusal-covers-us = This would cover our own server. Give a narrower name.
refusal-pact-there = There is a pact with a collective there. Tick the box if it is to end.
refusal-no-rule = There is no rule about this server.

domain-list-title = A list of servers
domain-list-lead = In the format of Mastodon, with up to 20,000 servers. You look at it before anything happens.
domain-list-look = Look at this list
domain-list-export = Take our rules along
domain-list-export-allowed = Take our list of allowed servers along
domain-list-nothing = Choose a file or paste a list.
domain-list-too-large = This list is larger than 20 MB.
domain-list-too-many = This list names more than 20,000 servers. Take it over in parts.
domain-list-no-header = This is no such list. Its first line must begin with #domain.
domain-list-would = What it would do
domain-list-empty = Nothing. It names no server.
domain-list-never-looser = A list never loosens a rule of yours.
domain-list-new = { $count ->
    [one] One new rule.
   *[other] { $count } new rules.
}
domain-list-changed = { $count ->
    [one] One rule becomes stricter.
   *[other] { $count } rules become stricter.
}
domain-list-same = { $count ->
    [one] One rule stands here already.
   *[other] { $count } rules stand here already.
}
domain-list-allowed = { $count ->
    [one] One server comes onto the list of those with whom we speak.
   *[other] { $count } servers come onto the list of those with whom we speak.
}
domain-list-left-out = { $count ->
    [one] One line is left out.
   *[other] { $count } lines are left out.
}
domain-list-tied = Somebody here has to do with these
domain-list-tied-hint = The list suspends them. Here they are only limited, unless you tick them.
domain-list-suspend = Suspend { $domain }
domain-list-examples = Some of the servers
domain-list-skipped = What is left out
domain-list-line = Line { $line } ({ $text }):
domain-list-why-no-domain = no server is named, or its name is hidden.
domain-list-why-too-wide = many have their servers under this name.
domain-list-why-no-severity = we do not know what should happen.
domain-list-why-twice = it stands further up already.
domain-list-why-broken = the line is broken.
domain-list-apply = Take it over
domain-list-discard = Throw this list away
domain-list-done = The list is taken over: { $count } changes.
domain-list-discarded = The list was thrown away.

mode-title = With whom we speak
mode-lead = Pages stay readable for people whatever you choose here.
mode-choose = We speak
mode-open = with every server that we do not block
mode-open-hint = Anybody in the fediverse can follow us, reply, and ask.
mode-allowlist = with those on our list
mode-allowlist-hint = Others cannot follow, reply or ask, and cannot read what is public as machines do. Who tries stands below.
mode-off = with nobody for now
mode-off-hint = What we say waits for up to two weeks. What others send meanwhile does not reach us; what those whom we follow need and offer is read afterwards.
mode-keep-known = { $count ->
    [one] Put the one server onto the list that we know: by a pact, because we follow them, or because they follow us.
   *[other] Put the { $count } servers onto the list that we know: by a pact, because we follow them, or because they follow us.
}
mode-left-out = Which ones
mode-set = Choose this
mode-done = From now on we speak { $mode }.
mode-pending = Who would like to speak with us
mode-pending-hint = They asked and are not on our list. Nobody checked who they are: a name can be made up. Look at them before you let them in.
mode-approve = Let them in
mode-approve-name = Let them in: { $host }
mode-dismiss = Forget it
mode-dismiss-name = Forget it: { $host }
mode-allowed = { $host } is on our list.
mode-disallowed = { $host } is no longer on our list.
mode-dismissed = Forgotten: { $host }.
mode-list = Our list
mode-list-hint = It counts while we speak with those on it only.
mode-disallow = Take off
mode-disallow-name = Take off: { $host }
mode-add = Another server
mode-add-button = Put it onto the list
refusal-unknown-mode = Choose one of the three.
look-not-listed = We do not speak with this server: it is not on our list, or we speak with nobody for now.

report-title = Tell their server
report-open = Tell their server
report-lead = Those who look after { $host } read what you write about { $handle } and what it is about.
report-words = What is wrong
report-words-hint = They read nothing else of us. Name nobody from here.
report-hint = It is sent in the name of our server. Nobody there learns which of us wrote it.
report-send = Send it
report-done = { $host } was told.
refusal-nothing-to-report = This cannot be reported any more.
refusal-report-empty = Say in a few words what is wrong.
refusal-report-too-long = This is longer than 5,000 characters. Shorten it.

messages-held-limited-server = Held because you limit that server.
