# How members are told, and the mails.
telling-title = How I am told what is new
telling-lead = What is new always stands on your page. Here you choose whether you hear of it elsewhere, too. Outside it is only said that something is new: no names, and nothing of what was written.
telling-email-title = By mail
telling-email-what = Nobody else sees the address. We send a link there first; until you open it, nothing else goes there.
telling-email-waits = not confirmed yet: open the link in the mail
telling-email-fails = The last mail did not go out. It is tried again.
telling-email-label = Mail address
telling-email-button = Send me the link
telling-email-remove = No more mails
telling-email-asked = A link is on its way. Open it to confirm the address.
telling-email-removed = No mails go to you any more, and the address is forgotten.
telling-when = When, and of what
telling-direct = Write to me in the private thread that I began with my fediverse account. Those who run its server can read that something is new.
telling-pace = How often
telling-at-once = Soon after it happened, at most every quarter of an hour
telling-daily = Once a day, in the morning
telling-quiet-from = Quiet from
telling-quiet-until = Quiet until
telling-kinds-mail = By mail I want to hear
telling-kinds-direct = In my thread I want to hear
telling-save = Keep it so
telling-saved = Kept.
telling-calendar-title = My calendar
telling-calendar-what = What you promised, with the day, for your calendar program. Whoever has the address can read it; what was asked for among us only is not named.
telling-calendar-once = Copy it now: it is not shown again. A new one makes it void.
telling-calendar-make = Make the address
telling-calendar-renew = Make a new address
telling-calendar-remove = No calendar any more
telling-calendar-removed = The address of your calendar works no more.

proposal-calendar = For my calendar

mail-confirm-title = Is this mail address yours?
mail-confirm-lead = Then you hear by mail that something is new here. What it is stands on your page alone.
mail-confirm-button = Yes, send mails there
mail-confirmed-done = Thank you. From now on you hear by mail that something is new.
mail-stop-title = No more mails
mail-stop-lead = Your mail address is forgotten here. What is new stands on your page as before.
mail-stop-button = Send me no more mails
mail-stopped-done = No mails go to you any more, and the address is forgotten.
mail-confirm-subject = { $collective }: is this address yours?
mail-confirm-body = Somebody who takes part in { $collective } wants to hear at this address that something is new. If that is you, open this link within a day:
mail-confirm-ignore = If it is not you, do nothing: nothing else comes.
mail-news-subject = { $collective }: something is new for you
mail-news-body = Something is new for you in { $collective }. What it is stands here:
mail-news-stop = No more mails:

wire-notice = Something is new for you on { $host }. What it is stands only there:

error-mail-link-title = This link no longer works
error-mail-link-what = Links in mails do not work for ever, and those to confirm an address work once.
error-mail-link-next = Sign in and choose on your page how you are told.

refusal-email-unfit = This is no mail address. Write it as name@example.org.
refusal-no-mails = This collective sends no mails.
refusal-many-confirmations = Three links were sent today. Please try again tomorrow.
refusal-mail-not-sent = The mail could not be sent. Check the address, or try again later.
refusal-hour-unfit = An hour is a number from 0 to 23.
