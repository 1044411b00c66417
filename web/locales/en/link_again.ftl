# Sending the private link of a promise again. What begins with wire- goes to the person as a message.
link-again-button = Send the private link again
link-again-button-long = Send the private link again to { $who }
link-again-hint = They get a new one in the thread. The one before no longer works.
link-again-done = Sent. { $who } gets a new private link in the thread.
refusal-link-sent-lately = A link went out less than ten minutes ago. Give them time to see it.
refusal-nothing-to-send = Nothing more is to come of this promise, so there is no link to send.

wire-person-again = Here is a new private link for you; the one before no longer works. We have noted from you: { $what }.
