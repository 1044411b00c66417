front-title = Welcome
front-hello = Here we look after one another.
front-choices-label = Where to start
front-need = I need something
front-need-more = A cot, a meal, a lift, a hand. Ask. That is what we are here for.
front-bring = I can bring something
front-bring-more = An hour, a tool, what is left over, what you know.
front-what = What is this place?
front-what-more = Neighbours who look after one another. Read in two minutes.
front-phone = Or call us: { $phone }
front-lately = What happened lately
front-lately-empty = Nothing yet. We have only just opened the door.
front-open = Waiting longest
front-open-all = See the whole board
front-open-empty = Nothing is waiting right now. That can change by tonight.

# Sentences for what happened. Collectives do these things, never persons.
lately-came = “{ $title }”: { $what } came
lately-came-plain = “{ $title }” came
lately-went = “{ $title }”: { $what } went to a neighbour
lately-went-plain = “{ $title }” went to a neighbour
lately-asked = { $collective } asks: { $title }
lately-asked-until = { $collective } asks: { $title }, by { $date }
lately-offered = { $collective } offers: { $title }
lately-met = “{ $title }” has all it needs
a-neighbour = a neighbour

# Posts are no deeds: what came, beside what was posted.
front-deeds = { $came ->
    [one] In the last 30 days one thing came or went
   *[other] In the last 30 days { $came } things came or went
}, and { $posts ->
    [0] nothing new was posted.
    [one] one thing was posted.
   *[other] { $posts } were posted.
}
front-deeds-none = { $posts ->
    [one] In the last 30 days one thing was posted, and nothing came of it yet. What is in the way?
   *[other] In the last 30 days { $posts } things were posted, and nothing came of them yet. What is in the way?
}
