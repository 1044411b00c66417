# People of the fediverse whose reply became a promise: what members see, and what they see
# themselves by their private link. What begins with wire- goes to them as a message.
take-button = Note it as a promise
take-amount = How much? ({ $unit })
take-suggested = This reads like a promise.
take-hint = They hear of it in the thread, and get a private link to let go or to say that they brought it.
reply-is-promise = Noted as a promise.
reply-reads-done = This reads as if it came.
reply-done-button = It came
reply-done-button-amount = It came: { $amount }
reply-reads-off = This reads as if they cannot after all.
reply-off-button = Let go of their promise
person-noted = Noted. { $who } hears of it in the thread.

person-page-title = Your promise
person-once = This link works once, for one of the two. If something is still to come after that, a new one reaches you in the thread.
person-state-counted-on = We count on it. Thank you.
person-state-split = { $now } of it is needed now; { $reserve } waits in reserve, in case something falls through.
person-state-reserve = It waits in reserve, in case something falls through. There is nothing to bring yet.
person-state-off = This is not looked for any more. There is nothing to bring.
person-state-released = It was let go. Nothing is expected of you.
person-state-came = It came, and both sides said so. Thank you.
person-brought-title = It is there
person-brought-amount = How much did you bring? ({ $unit })
person-brought-note = A word to the neighbours here
person-brought-button = I brought it
person-release-title = Something came up
person-release-hint = No reason needed. Saying so early is a help too.
person-release-amount = How much do you let go of? ({ $unit })
person-release-button = Let go
person-done-release = Done. Thank you for saying so early.
person-done-brought = Noted. Thank you, neighbour.
person-done-part = Noted, thank you. A new link for the rest is on its way to you in the thread.

error-promise-link-title = This link no longer works
error-promise-link-what = Such a link works once, and for sixty days.
error-promise-link-next = Is something still open? Write it as a reply in the thread; a person reads it.

wire-person-noted = Thank you! We have noted from you: { $what }.
wire-person-reserve = { $reserve } of it waits in reserve, in case something falls through.
wire-person-all-reserve = All of it is promised already, so yours waits in reserve, in case something falls through: there is nothing to bring yet.
wire-person-left = Noted, thank you! Still to come from you: { $what }.
wire-person-link = By this private link you can let go of it, or say that you brought it. It needs no account, works once, and until { $date }:
wire-person-off = Nothing more is expected from you here: there is nothing to bring. Thank you for being ready to help.
wire-person-waits = Something has changed: yours waits in reserve now. There is nothing to bring yet.
wire-person-needed = Something has changed. This much from you is needed now: { $what }. Thank you!
wire-person-rest = The rest waits in reserve: { $reserve }.
