# Some days after something came: one question, and no more.
notice-moment = A question for you, if you like.
notice-mirror = What could others do for you?
moment-title = You are part of this
moment-lead = Some days ago something came to you. Is there something you would like to bring, to ask for, or to change?
mirror-title = What could others do for you?
mirror-lead = Some days ago you brought something. Everybody needs something at some time: what would be good for you?
moment-free = Nothing depends on your answer. You can ask again at any time, whatever you say here.
moment-bring = Bring something
moment-turn = Take a turn with someone
mirror-ask = Ask for something
moment-nothing = Nothing now
moment-never = Do not ask me again
moment-again = You may ask me again
moment-kept = We do not note what you answer, except that you do not want to be asked. We ask at most once in 90 days.
moment-is-never = You said that we should not ask. We do not.
moment-never-done = We do not ask again. Everything else stays as it is.
moment-again-done = Good. At most once in 90 days.

# Said in the thread of somebody of the fediverse.
wire-moment-received = You are part of this. Is there something you would like to bring, to ask for, or to change? Just write to us, today or next year; or take a turn with someone. Nothing depends on your answer, and no answer is fine too. What we keep going together:
wire-moment-brought = Some days ago you brought something. Everybody needs something at some time: what could others do for you? Just write to us, today or next year. Nothing depends on your answer, and no answer is fine too. What we keep going together:
wire-moment-never = We ask at most once in 90 days. If you would rather not be asked again:
