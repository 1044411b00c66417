# Duties and turns: what we keep going, and whose turn it is.
nav-duties = Turns
duties-title = What we keep going
duties-lead = A few things happen here again and again, because we take turns.
duties-none = Nothing is kept going here yet. What would be missed on Monday?
duties-none-public = There is nothing to show here at the moment.
duties-asleep = Asleep
duties-asleep-what = Nobody has kept these for a while. They wake when somebody does.
duty-next = Next: { $day }.
duty-last = Last time: { $day }
# Months, and numbers of turns: kept 12 of 13.
duty-quarter = { $from } to { $until }: kept { $kept } of { $due }, { $covered } by cover.
duty-quarter-people = { $new ->
    [0] Carried by { $people } people.
   *[other] Carried by { $people } people, { $new } new.
}
duty-quarter-ask = Who keeps this from { $month }?
duty-next-title = The next turns
duty-next-none = No turn is planned.
duty-over-title = The last turns
duty-asleep = This sleeps.
duty-asleep-what = Nobody kept it the last two times, so it is not shown to everybody. It wakes with the next kept turn.
duty-wake = Wake it now
duty-woken = It is awake again.
duty-over = Ended
duty-ended = It has ended. What was stays.
duty-paused = It rests from { $from } to { $until }.
duty-days-without = Days without:
duty-audience-members = For members
duty-audience-public = For everybody to see
duty-keepers = Who keeps it together
duty-keeper = Keeps the turns together
duty-keeper-until = until { $date }
duty-keeper-due = The term is over: who keeps it from here?
duty-keeper-rests = The powers rest, those of whoever stands in, too. Those who look after the house give the next term.
duty-keeper-none = Nobody yet
duty-deputy = Stands in for them
duty-calendar = Its calendar
duty-calendar-hint = Subscribe to this address in your calendar. It says how many come, and never who.
duty-calendar-secret = This address is for us only. Whenever somebody leaves it changes: then look here for the new one.
duty-join = Would you like to take a turn?
duty-join-what = You can learn it beside others first.
duty-made = It is planned for the next eight weeks.
duty-saved = Saved. Whoever comes to a turn that moved hears of it.
duty-end = End it
duty-end-what = The turns to come are called off, and whoever comes hears of it. What was stays.
duty-end-button = End it for good
duty-new-title = Keep something going
duty-edit-title = Change it
duty-form-lead = What comes round again, when, and how many it takes.
duty-form-title = What is it?
duty-form-title-hint = A few words, like: Tuesday kitchen.
duty-form-when = When
duty-form-rhythm = How often
duty-form-interval = Every how many?
duty-form-interval-hint = 1 for every week, 2 for every second week; the same for days, months and years.
duty-form-weekdays = On which days of the week?
duty-form-weekdays-hint = Nothing ticked: on the day of the first turn.
duty-form-day = The first turn
duty-form-from = From
duty-form-until = To
duty-form-clock-hint = By the clock on the wall: it stays the same in summer and winter.
duty-form-people = Who comes
duty-form-needed = People needed
duty-form-learners = Places to learn
duty-form-people-hint = More people can always come. A place to learn is for somebody new, beside those who know how it goes.
duty-form-term = Until when
duty-form-keeper-hint = Whoever keeps the turns together sees that there are enough people; after the term somebody else takes over. Those who look after the house give a term, of two years at most; nothing chosen: half a year.
duty-form-counts = What do you count?
duty-form-counts-hint = Like: meals. One number for each turn, never for a person.
duty-form-functions = What would be missed on Monday?
duty-form-functions-hint = What this is for. Once a year we look at what was there in how many weeks.
duty-form-other-function = In your own words
duty-form-rest = Pauses and holidays
duty-form-pause-from = It rests from
duty-form-pause-until = to
duty-form-days-hint = One a line, like 2026-12-25.
duty-form-moves = Turns with people move within their day, or are called off; whoever comes hears of it.
duty-form-make = Plan it
duty-form-save = Save
duty-form-cancel = Leave it as it is
duty-rhythm-weekly = weeks
duty-rhythm-daily = days
duty-rhythm-month-weekday = months, like the first Saturday
duty-rhythm-month-day = months, on the same day
duty-rhythm-month-last = months, on the last day
duty-rhythm-yearly = years
function-food = Food
function-childcare = Childcare
function-rides = Rides
function-repairs = Repairs
function-company = Company
function-legal-help = Legal help
function-burial = Burial

rhythm-days = { $every ->
    [one] Every day
   *[other] Every { $every } days
}
rhythm-weeks = { $every ->
    [one] Every { $days }
    [2] Every second { $days }
   *[other] Every { $every } weeks, { $days }
}
rhythm-month-day = { $every ->
    [one] Every month, day { $day }
   *[other] Every { $every } months, day { $day }
}
rhythm-month-last = { $every ->
    [one] Every month, the last day
   *[other] Every { $every } months, the last day
}
rhythm-month-weekday = { $every ->
    [one] Every month, the { $place } { $weekday }
   *[other] Every { $every } months, the { $place } { $weekday }
}
rhythm-place = { $place ->
    [1] first
    [2] second
    [3] third
    [4] fourth
   *[other] last
}
rhythm-years = { $every ->
    [one] Every year, { $day } { $month }
   *[other] Every { $every } years, { $day } { $month }
}
rhythm-and-time = { $often }, { $time }
repeat-once = Just this once
repeat-weekday = { $every ->
    [1] Every { $weekday }
    [2] Every second { $weekday }
    [3] Every third { $weekday }
   *[other] Every fourth { $weekday }
}
repeat-time = { $every ->
    [1] Every time
    [2] Every second time
    [3] Every third time
   *[other] Every fourth time
}
and = { $first } and { $last }
until-day = until { $day }

turn-title = { $title }: { $day }
turn-time = { $from } to { $until }
turn-count = { $taken } of { $needed }
turn-came = { $count ->
    [one] { $count } came
   *[other] { $count } came
}
turn-missing = { $count ->
    [one] One person is missing. Who can stand in?
   *[other] { $count } people are missing. Who can stand in?
}
turn-full = There are enough of us. One more is always welcome.
turn-over = It is over. How was it?
turn-kept = Kept
turn-missed = Nobody came
turn-off = Called off
turn-places-to-learn = { $count ->
    [one] There is a place to learn.
   *[other] There are { $count } places to learn.
}
turn-learning = To learn: { $names }
turn-own = You come.
turn-own-learner = You come to learn.
turn-take = I come
turn-take-name = I come: { $day }
turn-learn = I come to learn
turn-learn-name = I come to learn: { $day }
turn-release = I cannot come
turn-release-name = I cannot come: { $day }
turn-release-hint = One tap, no reason. Nobody is told who it was.
turn-more-often = More than once
turn-more-often-hint = The turns to come are filled as they are planned. You can say of each that you cannot come.
turn-how-often = How often
turn-until = Until when
turn-one-more = There are enough already; you are simply one more.
turn-taken = You come. Good to have you there.
turn-learner-taken = You come to learn, beside people who know how it goes.
turns-taken = You come, this time and the next ones.
turn-released-enough = That is all right. There are enough without you.
turn-released-drawn = That is all right. Somebody from the pool comes.
turn-released-asked = That is all right. The others are asked, a few at a time.
turn-released-free = That is all right. The place is free again.
turn-note = How was it?
turn-note-again = Put right what was noted
turn-note-came = How many came?
turn-note-counted = Anything counted
turn-note-counted-what = Counted: { $what }
turn-note-words = What should the next ones know?
turn-note-words-hint = Three lines at most, for members. What is missing can become a need with one tap.
turn-note-button = Note it
turn-noted = Noted. Thank you.
turn-noted-title = Handed over
turn-noted-none = Nothing to hand over.
turn-counted = { $what }: { $count }
turn-ask = Ask for it
turn-ask-name = Ask for it: { $line }

pool-title = The pool
pool-count = { $count ->
    [0] No turn in the pool
    [one] { $count } turn in the pool
   *[other] { $count } turns in the pool
}
pool-lead = Some of us have given a turn: if somebody cannot come, they do, once. Whoever cannot come draws it with one tap. Nobody is asked, and nobody learns who it was for.
pool-duties = For what
pool-give = Give a turn
pool-give-hint = You come once, when somebody cannot. You hear of it at least twelve hours before.
pool-duty = To what
pool-give-button = Give it to the pool
pool-given = Your turn is in the pool.
pool-own = What you gave
pool-take-back = Take it back
pool-take-back-name = Take it back: { $title }
pool-taken-back = You have it back.

my-turns-title = My turns
my-turns-next = My next turns
my-turns-none = You have no turn coming up.
my-turns-look = See all turns
my-turns-standing = Until I say otherwise
standing-end = Come no more
standing-end-name = Come no more: { $title }
standing-ended = You come no more to each of them.
exempt-title = Taking a break
exempt-lead = You can take no turns for a while, or half of them. Nobody asks why, nobody sees it, and nothing else changes.
exempt-share = How much
exempt-full = No turns
exempt-half = Half of the turns
exempt-from = From
exempt-until = Until
exempt-button = Take a break
exempt-line = { $share }, from { $from }
exempt-line-until = { $share }, from { $from } to { $until }
exempt-change = Change it or end it
exempt-change-button = Change it
exempt-end = End it
exempt-done = That is all right. Take your time.
exempt-ended = Welcome back.

sheet-title = Sheet for today
sheet-hint = Print it and take it along. There are no surnames on it.
sheet-turns = Turns today
sheet-no-turns = No turn is planned for today.
sheet-needs = What is needed
sheet-no-needs = Nothing is open.
sheet-open = { $amount } open
sheet-code = The page of { $title } as a code for phones
sheet-promised = Promised for today
sheet-no-promised = Nothing was promised for today.
sheet-new = What came in
sheet-new-hint = No names here: write down what, where and by when.

runbook-title = { $title }: how we do it
runbook-open = How we do it
runbook-none = Nothing is written down yet.
runbook-thin-missing = Thin: nothing is written down yet about how this is done.
runbook-thin-stale = Thin: nobody has looked for a year whether this is still right.
runbook-thin-unlearnt = Thin: nobody has learnt by it yet. The next place to learn will show what is missing.
runbook-version = Version { $version }
runbook-looked-at = looked at { $date }
runbook-from = From { $name }, { $date }
runbook-back = How we do it
runbook-file = Save as a file
runbook-look = I have looked: it is still right
runbook-looked = Noted that you looked.
runbook-share = For other collectives
runbook-share-hint = At this address they can read it and make a copy of their own.
runbook-write = Write it down
runbook-text = The text
runbook-text-hint = So that somebody who has never been there could do it. *Stars* make italics, a line that begins with - makes a list.
runbook-save = Keep as a new version
runbook-written = Kept as a new version.
runbook-copy = Copy it from neighbours
runbook-copy-hint = From whom it is stays noted. The version before is kept.
runbook-address = Its address
runbook-or-file = Or a file
runbook-copy-button = Copy it
runbook-copied = Copied. Make it your own.
runbook-origin-title = What is other there
runbook-origin-lead = What stands at { $name }, beside ours. A minus is only here, a plus only there.
runbook-origin-when = As it stood there: { $date }
runbook-origin-same = It is the same.
runbook-origin-look = Look again
runbook-origin-looked = This is how it stands there now.

promise-duty = In the name of
promise-duty-own = Myself
promise-for-duty = { $duty } ({ $name })
leave-turns = You come no more to these turns
notice-cover-asked = Somebody cannot come to a turn. Could you?
notice-pool-drawn = The turn that you gave to the pool was drawn: you come.
notice-turn-changed = A turn of yours is at another time, or called off.
notice-turn-to-note = A turn of yours is over. How was it?
notice-learner-turn = Would you like to come along once and learn how it goes? You can also just leave it.
wire-turn-missing = { $title }: { $day } is { $taken } of { $needed }. Who can stand in?
wire-turn-full = { $title }: { $day } is { $taken } of { $needed }. There are enough of us.
wire-turn-time = { $from } to { $until }.
