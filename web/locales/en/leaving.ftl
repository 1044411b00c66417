# Leaving, with one's data.
erased-need = Something that was needed
erased-offer = Something that was offered

leave-title = Leaving
leave-lead = You can go at any time, and nobody asks why.
leave-take = What you take along
leave-take-what = One file with everything that you asked for, offered, promised and counted, to read and for programs. Nothing of anybody else is in it.
leave-take-button = Take my data along
leave-happens = What happens here
leave-stays = What all of us did together stays, without your name: what came, amounts and days.
leave-erased = Your name, your accounts, your notes and the texts of what you posted are erased after 14 days.
leave-promises = You give back what you promised
leave-proposals = What you look for or offer is closed
leave-back = Until then, signing in again brings you back. What was given back or closed stays so.
leave-button = Leave
leave-stay = I would rather stay
left = You have left. You can come back by signing in until { $date }; after that, what is yours is erased. Thank you for everything.
me-leave = Leave, or take my data along
steward-name-button = { $name } looks after the house, too
steward-named = { $name } looks after the house now, too.
data-need = Asked for
data-offer = Offered
data-agreed = Agreed to version
data-posted = Asked for and offered
data-promised = Promised
data-nothing = Nothing.
