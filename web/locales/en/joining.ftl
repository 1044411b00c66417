# Joining: what we owe each other, vouches, invitations.
join-title = Join us
join-lead = Read what we owe each other, and say what we may call you. You need to join nothing to ask for something.
join-covenant = What you say yes to
covenant-first-text = ## What we owe each other

    We ask each other for what we need and bring what we can. Nobody counts who gave what.

    Who needs something gets it, member or not, and need not say why.

    We keep what we hear to ourselves. We show nobody's name without their yes.

    What has to be done we share out by turns. Whoever cannot says so; we need no reason.

    If something goes wrong between us, we talk about it, with a third person if that helps.

    Whoever wants to leave can, at any time, and takes along what is theirs.
join-version = This is version { $version }.
join-rule-none = You are one of us as soon as you say yes.
join-rule-vouches = { $count ->
    [one] You are one of us once a member vouches for you.
   *[other] You are one of us once { $count } members vouch for you.
}
join-rule-vouches-or-visit = { $count ->
    [one] You are one of us once a member vouches for you, or after a visit.
   *[other] You are one of us once { $count } members vouch for you, or after a visit.
}
join-form = Come in
join-account = You showed that { $address } is yours. You sign in with it.
join-name = What may we call you?
join-name-hint = Any name you go by. Only those who are in can see it.
join-password = A password
join-agree = I agree to version { $version }
join-talk = I want to talk to someone first
join-talk-hint = Either way you can ask, offer and promise right away.
join-door-closed = We let people in by a fediverse account or an invitation. Ask somebody whom you know here.
join-with-account = Join with a fediverse account
join-member-already = Are you one of us already?
join-needs-nothing = To ask for something you need neither.
join-is-member = You are one of us.
join-waits = You said yes. Thank you.
join-talks = We know that you would like to talk first. Somebody comes to you, or you come to us.
join-meanwhile = Until then you can ask, offer and promise. What is for members only you see later.
join-later-hint = If you want to say yes now, you can.
joined-member = Welcome, { $name }. You are one of us.
joined-newcomer = Welcome, { $name }. You can ask, offer and promise right away.
joined-talk = Welcome, { $name }. We know that you would like to talk first. You can ask and offer right away.
joined-agreed = Thank you for your yes.
members-title = Who is here
members-lead = Names, and nothing more. Only members see this page.
members-joining = They would like to join
members-joining-hint = If you know one of them, vouch for them on their page.
member-joins = joining
vouch-hint = You know this person, and would have them beside you. After a month your word is everybody's, and stays.
vouch-button = I vouch for { $name }
vouch-given = You vouched for { $name }.
vouch-done = Thank you for vouching for { $name }.
vouch-member = { $name } is one of us now.
visit-day = { $name } visited us on
visit-button = Note the visit
visit-done = The visit of { $name } is noted.
invite-title = Invite somebody
invite-uses = How many people can join with the link (at most { $most })
invite-button = Make an invitation
invite-once = It is shown only now and works for two weeks. Hand it to people you know.
covenant-title = What we owe each other
covenant-lead = Whoever joins reads this and says yes to it.
covenant-text = The text
covenant-language = Its language
covenant-vouches = How many members vouch for somebody who joins
covenant-vouches-hint = With 0 they are a member as soon as they say yes.
covenant-visit = A visit that a steward noted is enough, too
covenant-hint = It becomes the next version. Those who are members stay members.
covenant-button = Put it into force
covenant-done = Version { $version } is in force.
steward-joining = Joining
steward-joining-talk = { $name } would like to talk to someone first.
steward-joining-waits = { $name } still waits for somebody to vouch, since { $date }.
steward-joining-empty = Nobody waits.
steward-covenant-more = What we owe each other
steward-members-more = Who is here
front-join = Join us
error-not-yet-title = For members
error-not-yet-what = You are joining, and this is for those who are members already.
error-not-yet-next = Somebody vouches for you, or you visit us: then it opens. You can ask, offer and promise meanwhile.
error-invitation-title = This invitation is over
error-invitation-what = It was used as often as it could be, or is older than two weeks.
error-invitation-next = Ask whoever gave it to you for a new one. To ask for something you need none.
error-out-join = How to join
refusal-many-in-one-day = You have published ten things since yesterday. Keep this one as a draft, or let a member of ours publish it; nothing is lost.
