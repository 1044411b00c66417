# Promises between collectives.
waiting-title = Waiting for your answer
waiting-reserve = Only as a reserve, if something falls through.
waiting-due = They mean to bring it by { $date }.
waiting-outcome-split = That is more than is open. If you say yes, { $now } will count now, and { $reserve } will wait in reserve.
waiting-outcome-reserve = Nothing is open at the moment. If you say yes, { $reserve } will wait in reserve.
waiting-yes = Yes, please
waiting-yes-name = Yes, please: { $name }
waiting-no = No, thank you
waiting-no-name = No, thank you: { $name }
waiting-some = Not all of it
waiting-some-name = Not all of it: { $name }
waiting-some-hint = Say how much you need now. We ask them to keep the rest in reserve. They see it, and take it or leave it.
waiting-some-amount = How much now? ({ $unit })
waiting-some-button = Ask for this
incoming-accepted = Yes said. { $name } hears of it.
incoming-accepted-reserve = Yes said. { $name } hears of it. { $reserve } in reserve.
incoming-countered = We asked { $name } for what fits.
incoming-declined = No, thank you, said. { $name } hears of it.

counts-differ = { $ours } by our count, { $theirs } by theirs.
counts-ours = { $amount } by our count. They have yet to say so.
counts-theirs = { $amount } by their count. We have yet to say so.
counts-both = { $amount } so far, by both counts.
correct-open = Correct my count
correct-hint = Did you count wrong? Say what it should have been. It takes the place of what you said last; what the other side said stays.
correct-button = Correct it
count-corrected = Corrected. Thank you.
release-hint-theirs = They told you that it will not come?
release-button-theirs = Let go of the promise: { $name }

between-title = Between us and our neighbours
between-lead = What we promised to other collectives, and what they promised to us. This page is for members; stewards speak for all of us.
between-waiting = These wait for our answer
between-standing = What we promised
between-standing-empty = Nothing at the moment.
between-board = See what neighbours look for
between-over = What is behind us
outgoing-pending = asked, waiting for their yes
outgoing-countered = another amount
outgoing-declined = they said no, thank you
outgoing-released = we let go
outgoing-cancelled = no longer needed
outgoing-expired = nobody answered
outgoing-reserve = { $reserve } of it in reserve.
outgoing-they-say = They say:
outgoing-rather-now = They would rather have { $now } now.
outgoing-rather-reserve = They would rather have { $reserve } in reserve.
outgoing-rather-split = They would rather have { $now } now and { $reserve } in reserve.
outgoing-take = Take that
outgoing-take-name = Take that: { $title }
outgoing-taken = Done. { $name } hears that we take it.
outgoing-counted = Noted. { $name } hears our count.
outgoing-release-hint = Something came up? No reason needed. Give back all of it, or a part. They hear of it at once.

trade-title = Outside trade
trade-what = They ask for something in return. That may be fine, but it is not mutual aid, so nothing is promised to it from here. Talk to them on their own page.
outgoing-title-need = Promise some of it in our name
outgoing-title-offer = Ask for some of it in our name
outgoing-any = They named no amount. Tell them that we are in.
outgoing-only-reserve = Only as a reserve, if something falls through
outgoing-note-hint = They read it, and our members. When could it be, who brings it? Name nobody.
outgoing-button-need = We promise this
outgoing-button-offer = We would like this
outgoing-until-yes = It counts once they say yes. Something comes up? We can let go of it at any time.
outgoing-made = Thank you. { $name } hears of it. It counts once they say yes.
outgoing-more = To our promises

steward-promised = { $count ->
    [one] { $count } promise waits for our answer.
   *[other] { $count } promises wait for our answer.
}
steward-promised-more = Look at the promises
me-next-answer = A neighbour promises some of it. Say yes?
me-action-answer = Look and answer
