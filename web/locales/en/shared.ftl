# The frame of every page, and what cards share.
text-direction = ltr
skip-to-content = Skip to the page
nav-label = Main
nav-board = Board
nav-ask = Ask
nav-bring = Offer
nav-me = My page
nav-steward = Steward
nav-about = What is this place?
nav-sign-in = Sign in
nav-follow = Follow from the fediverse
nav-source = Source code
sign-out = Sign out, { $name }
language-label = Language
optional = (if you like)
to-board = To the board

card-need = Needed
card-offer = Offered
card-invite-need = Can you help?
card-invite-offer = Can you use it?
card-from = From { $name }
card-until = until { $date }

coverage-need-open = { $open } still needed
coverage-offer-open = { $open } still to be had
coverage-need-full = All of it is promised
coverage-offer-full = All of it is spoken for
coverage-promised = { $promised } of { $needed } promised
coverage-reserve = { $reserve } in reserve
coverage-came-exact = { $came } of { $needed } came
coverage-came-range = { $low } to { $high } of { $needed } came

state-draft = Draft
state-open = Open
state-enough = Enough, thank you
state-fulfilled = It came
state-failed = It did not work out
state-no-longer-relevant = No longer needed
state-withdrawn = Withdrawn
state-expired = Ended

pagination-label = Pages
pagination-previous = Earlier page
pagination-next = Next page
pagination-where = { $current } of { $last }

# Amounts. The unit "one" is a plain count of things.
amount-one = { $amount }
amount-hour = { $amount ->
    [one] { $amount } hour
   *[other] { $amount } hours
}
amount-kilogram = { $amount } kg
amount-litre = { $amount ->
    [one] { $amount } litre
   *[other] { $amount } litres
}
amount-free = { $amount } { $unit }
amount-range = { $low } to { $high }
unit-one = pieces
unit-hour = hours
unit-kilogram = kilograms
unit-litre = litres
