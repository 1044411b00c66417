### Amounts that nobody asked for: a free need, answered with a number.

promise-amount-unasked = { $amount } (no amount was asked for)
wire-no-amount-asked = We asked for no amount: please promise without one, or say how much in the note.
