# Pacts with other collectives.
pacts-title = Pacts with other collectives
pacts-lead = With a pact, two collectives show each other what is not for everybody, and answer each other’s needs. Either side can pause it or end it at any time, and nobody asks why.
pacts-to-steward = Looking after the house
pacts-list = Who with
pacts-empty = No pact yet, and nobody has asked for one.
pacts-propose = Propose a pact
pacts-propose-address = Their address
pacts-propose-hint = Like @mill@mill.example, or the link of their page.
pacts-propose-button = Propose
pacts-propose-ask = The people who look after the house propose pacts. Tell them which collective you have in mind.
pact-since = since { $date }

pact-active = pact
pact-active-means = Both sides want it. What is for pacts goes back and forth.
pact-paused = paused
pact-paused-us-means = We paused it. Nothing that is for pacts goes back or forth until we go on.
pact-paused-them-means = { $name } paused it. Nothing that is for pacts goes back or forth until they go on.
pact-paused-both-means = Both sides paused it. Nothing that is for pacts goes back or forth until both go on.
pact-asked = asked
pact-asked-means = We proposed it, and wait for the answer of { $name }.
pact-asks-us = asks us
pact-asks-us-means = { $name } proposes a pact to us. Nothing changes until we say yes.
pact-declined = no
pact-declined-us-means = We said no.
pact-declined-them-means = { $name } said no.
pact-ended = over
pact-ended-means = There is no pact any more.

pact-needs-shared = Our needs for pacts go to them.
pact-needs-kept = Our needs for pacts do not go to them.
pact-offers-shared = Our offers for pacts go to them.
pact-offers-kept = Our offers for pacts do not go to them.
pact-availability-shared = They see how much is still open.
pact-availability-kept = They do not see how much is still open.
pact-rule-alone = What they promise is accepted at once, as far as it is open.
pact-rule-steward = What they promise waits for our yes.

pact-accept = Say yes
pact-accept-name = Say yes to the pact with { $name }
pact-decline = Say no
pact-decline-name = Say no to the pact with { $name }
pact-pause = Pause
pact-pause-name = Pause the pact with { $name }
pact-resume = Go on
pact-resume-name = Go on with the pact with { $name }
pact-end = End
pact-end-name = End the pact with { $name }
pact-take-back = Take the proposal back
pact-take-back-name = Take the proposal back: { $name }
pact-ask-again = Propose again
pact-ask-again-name = Propose again to { $name }
pact-settings-name = What goes to { $name }
pact-share-needs = Our needs that are for pacts
pact-share-offers = Our offers that are for pacts
pact-share-availability = How much of each is still open
pact-accept-alone = Accept what they promise without asking us, as far as it is open
pact-settings-keep = Save
pact-settings-keep-name = Save what goes to { $name }

pact-asked-done = We proposed a pact to { $name }.
pact-accepted-done = There is a pact with { $name } now.
pact-declined-done = We said no to { $name }.
pact-paused-done = The pact with { $name } is paused.
pact-resumed-done = We go on with the pact with { $name }.
pact-ended-done = There is no pact with { $name } any more.
pact-settings-done = Saved what goes to { $name }.

pact-brought = What came and went
pact-brought-name = What came and went with { $name }
pact-brought-us = What they brought us
pact-brought-them = What we brought them
pact-brought-nothing = Nothing yet. It will come when somebody needs it.
pact-brought-empty = Nothing so far, and that is fine.
pact-brought-line = { $title }: { $amount }
pact-brought-withdrawn = Something that was taken back
pact-brought-newest = The newest { $count } are listed.
pact-way-even = In two years something came about as often as something went.
pact-way-came = In two years something came more often than something went. That may be right as it is, and it is something to talk about with them.
pact-way-went = In two years something went more often than something came. That may be right as it is, and it is something to talk about with them.
pact-brought-sum = All together { $sum }.
pact-brought-pieces = { $count ->
    [one] { $amount } piece
   *[other] { $amount } pieces
}
