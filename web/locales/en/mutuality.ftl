# The picture of mutuality. "We" is the collective; no sentence is about a person.
mutuality-title = Mutuality
mutuality-lead = Three questions for us all, with what we can count of each. They are questions: nothing here is a verdict, nothing is about one person, and nothing decides about anything.
mutuality-windows = Months
mutuality-window-short = Three months
mutuality-window-year = A year
mutuality-window-long = Five years
mutuality-months = The { $months } months up to the end of the { $quarter }, as they were counted on { $date }. These figures stay as they are.
mutuality-quarter = { $number ->
    [1] first quarter of { $year }
    [2] second quarter of { $year }
    [3] third quarter of { $year }
   *[other] last quarter of { $year }
 }
mutuality-quarters = Other quarters
mutuality-not-yet = The first figures come on { $date }, when a quarter is over.
mutuality-too-few = There are too few of us to count without pointing at someone.
mutuality-too-few-instead = With fewer than eight people, talk about the three questions instead: Do we carry each other? Will it be here next year? Whose hands is it in?
mutuality-how = How this is counted: { $title }
mutuality-silent-title = What no figure here knows
mutuality-silent = Care that nobody writes down. Dignity, and fear. Whether somebody did not dare to ask. How good it was. What parents and children owe each other over a lifetime. What did not happen because we were there. That nothing stands here does not mean that nothing was done.
mutuality-silent-ask = Once a year, ask each other about these things, and write the answers down in your own words.

mutuality-carry-title = Do we carry each other?
mutuality-carry-lead = What came by the word of both sides, and turns that were kept, count one each, whether it was a lift or a month of care. One way is not bad by itself: whoever is ill receives, and that is what we are for. The question is who carries whom, and whether we want it so.
mutuality-split-title = Which way help goes
mutuality-way-nearly-all = Nearly all help runs one way: some give and others receive, and it does not come back.
mutuality-way-most = Most help runs one way, and a part of it comes back.
mutuality-way-part = A good part of the help comes back, and a good part runs one way.
mutuality-way-little = Help goes round: only a small part of it runs one way.
mutuality-way-nothing = Nothing is written down of which we could say which way it went.
mutuality-part-direct = About { $number } of twenty were returned straight, between two people.
mutuality-part-direct-none = Nothing, or hardly anything, was returned straight between two people.
mutuality-part-round = About { $number } of twenty came round through others.
mutuality-part-round-none = Nothing, or hardly anything, came round through others.
mutuality-part-common = About { $number } of twenty came back through something we hold in common, such as a kitchen, or by way of others outside.
mutuality-part-common-none = Nothing, or hardly anything, came back through something we hold in common.
mutuality-part-one-way = About { $number } of twenty went one way.
mutuality-part-one-way-none = Nothing, or hardly anything, went one way.
mutuality-ring = A ring of twenty pieces: about { $direct } returned straight, { $round } came round through others, { $common } came back through something held in common, { $away } went one way.
mutuality-split-how = Everything that was done is drawn as lines from those who gave to those who received. We look for the largest part in which everybody received as often as they gave. Of that, the lines between the same two people are what returned straight; the other lines among people are what came round; those by way of a duty are what came back through something in common. What is left went one way. Other collectives and the rest of the world are one place more, outside: what went there and came back from there counts with what came back through something in common.
mutuality-split-not = It does not know how much each thing meant, nor what was never written down. Of turns it looks only at as many as are known to have helped somebody. Each part is rounded by itself.
mutuality-sides-title = Both sides of the table
mutuality-balance = Given who gave and who received, at most { $percent }% of what was done could have come round.
mutuality-balance-none = Those who gave and those who received are different people: hardly anything could have come round.
mutuality-closure = Of what could have come round, { $percent }% did.
mutuality-closure-none = Of what could have come round, nothing or hardly anything did.
mutuality-two-way = { $percent }% of the people both gave and received.
mutuality-two-way-none = Nobody, or fewer than five people, both gave and received.
mutuality-two-way-all = All of the people, or all but fewer than five, both gave and received.
mutuality-chance-less = If nobody chose for whom they do something, between { $low }% and { $high }% would have come round. It was less: help runs from some of us to others.
mutuality-chance-within = If nobody chose for whom they do something, between { $low }% and { $high }% would have come round. It was about as much.
mutuality-chance-more = If nobody chose for whom they do something, between { $low }% and { $high }% would have come round. It was more: people answer each other.
mutuality-sides-how = For everybody we take the smaller of how often they gave and how often they received; together that is the most that could come round. For the last sentence, who receives from whom is thrown anew sixty times, while everybody gives and receives as often as they did; nine throws of ten lie between the two figures.
mutuality-sides-not = It does not know whether somebody could have given, or would have liked to be asked.
mutuality-carriers-title = Who carries
mutuality-carriers = Half of what was given was given by about { $count } people.
mutuality-carriers-few = Half of the work is carried by fewer than five people.
mutuality-carriers-received = Of those, { $percent }% also received something.
mutuality-carriers-received-none = None of those received anything.
mutuality-as-if-by = All in all it is carried as if by { $count ->
    [one] one person
   *[other] { $count } people who do equally much
 }.
mutuality-carriers-how = The smallest group of people who together did half of it, and how many of them received anything at all. The last figure is a way to say how uneven it is: the fewer, the more hangs on few.
mutuality-carriers-not = Uneven is normal where people do what they can. The question is whether it is chosen, and whether it could be handed on.
mutuality-turns-title = Turns
mutuality-turns = Turns are shared: they were kept by about { $count } people.
mutuality-turns-few = Turns are kept by fewer than five people.
mutuality-turns-none = No turns are shared: nothing that we do is carried in turns.
mutuality-turns-as-if-by = It is as if { $count ->
    [one] one person had
   *[other] { $count } people had
 } come equally often.
mutuality-turns-unknown = Of { $percent }% of the turns nobody wrote down who was helped by them. They are in none of the shares above.
mutuality-turns-how = Who kept turns of any duty, without how often.
mutuality-turns-not = A kitchen counts its meals, not its guests. So nobody knows whether those who cook also eat.
mutuality-asking-title = Asking is normal
mutuality-asked = { $percent }% of us asked for something.
mutuality-asked-none = Nobody, or fewer than five of us, asked for anything.
mutuality-asked-all = All of us, or all but fewer than five, asked for something.
mutuality-asked-roles = Of those who look after the house or a duty, { $percent }% did.
mutuality-asked-roles-none = Of those who look after the house or a duty nobody did, or fewer than five.
mutuality-asked-roles-all = Of those who look after the house or a duty all did, or all but fewer than five.
mutuality-asking-how = Who posted a need or had one posted for them, of everybody who gave, received or asked.
mutuality-asking-not = It does not know who needed something and did not ask. Where only some ask, that is worth a talk.
mutuality-missing-title = What is missing above
mutuality-confirmed = Of what somebody said came, { $percent }% has the word of both sides. Only that is counted.
mutuality-confirmed-none = Of what somebody said came, hardly anything has the word of both sides.
mutuality-guarded = { $percent }% was for somebody whose name or need is protected.
mutuality-guarded-none = Hardly anything was for somebody whose name or need is protected.
mutuality-missing-how = Promises of which one side at least said that something came. What was done by people who have left since and were forgotten is not counted.
mutuality-missing-not = How much help is never written down, nobody knows. Ask each other once a year.

mutuality-last-title = Will it be here next year?
mutuality-last-lead = What we keep going also when nothing is on fire.
mutuality-standing-title = Standing duties and crises
mutuality-standing = { $percent }% of what was done was done by standing duties.
mutuality-standing-none = Nothing, or hardly anything, was done by standing duties.
mutuality-crisis = { $percent }% belonged to a crisis round.
mutuality-crisis-none = Nothing, or hardly anything, belonged to a crisis round.
mutuality-lasting = About { $percent }% of our duties last for longer than a year.
mutuality-lasting-unknown = There are fewer than eight duties: too few to say how long duties last here.
mutuality-deeds-for-ten = For every ten needs and offers that everybody could read, { $count } things came or turns were kept.
mutuality-standing-how = Turns, and what was brought in the name of a duty, of everything that was done; needs of rounds, of the same. How long duties last is estimated after Kaplan and Meier; one that has slept for more than half a year counts as ended.
mutuality-standing-not = A crisis is not our fault. Compare with our own past, with nobody else.
mutuality-kept-title = Turns kept
mutuality-reliability = { $percent }% of the turns that were due were kept, by whomever.
mutuality-reliability-none = None, or hardly any, of the turns that were due were kept.
mutuality-turns-none-due = No turns were due.
mutuality-cover = { $percent }% of the turns that were given to the pool were used by somebody.
mutuality-cover-none = None of the turns that were given to the pool were used, or fewer than five.
mutuality-exempt = { $percent }% of us take no turns or half of them for now, which is everybody's right.
mutuality-exempt-none = Nobody, or fewer than five of us, rest from turns.
mutuality-exempt-all = All of us, or all but fewer than five, rest from turns for now.
mutuality-weeks = Week by week: in { $full } of { $weeks } weeks with turns every turn was kept.
mutuality-kept-how = A turn counts as kept if somebody came. It is counted by duty and by week. In the picture each column is a week: what was kept is filled, what was not is an outline.
mutuality-kept-not = A turn that nobody noted counts as not kept.
mutuality-missed-title = What would be missed on Monday?
mutuality-missed-lead = What we call essential, and in how many weeks of the year it was there:
mutuality-missed-none = No duty says yet what it would be missed for.
mutuality-function = { $name }: { $weeks } of 52 weeks.
mutuality-function-no-gap = { $name }: { $weeks } of 52 weeks, and for more than a year without a gap.
mutuality-function-not-yet = { $name }: named, not yet done.
mutuality-missed-how = A week counts if a turn of a duty with this word was kept in it. A gap is two periods of the duty without a kept turn.
mutuality-missed-not = It does not know for whom it was a matter of getting through the week.
mutuality-stayed-title = After the last crisis round
mutuality-stayed-short = { $percent }% of those who took part did or asked something in the three months after it.
mutuality-stayed-half = In the three months up to half a year after it, { $percent }% did.
mutuality-stayed-year = In the three months up to a year after it, { $percent }% did.
mutuality-stayed-all = All who took part, or all but fewer than five, were still there later.
mutuality-stayed-unknown = There was no round long enough ago, or too few took part.
mutuality-stayed-how = Those who asked or promised something in the round. Asking again counts as much as giving. Whoever rested from turns, or has left, is not counted as gone.
mutuality-stayed-not = It does not know whom we met and did not write down.
mutuality-ties-title = New ties
mutuality-ties = { $percent }% of what was done between two people was done between two who had not met here before.
mutuality-ties-none = Nothing, or hardly anything, was done between two people who had not met here before.
mutuality-bridges = { $percent }% of what was done between two people was done between two who read these pages in different languages.
mutuality-bridges-none = Nothing, or hardly anything, was done between two people who read these pages in different languages.
mutuality-ties-how = Counted for everybody together; nobody can ask it about a person or about two. Languages are counted among those who chose one.
mutuality-ties-not = It does not know who became friends, nor who wants to be left in peace.

mutuality-hands-title = Whose hands is it in?
mutuality-hands-lead = What hangs on few people, and what comes from outside.
mutuality-bus-title = If somebody were gone
mutuality-bus = There is nothing that fewer than { $count } people could open.
mutuality-bus-one = Something here is held by one person alone. If they are gone, nobody can open it.
mutuality-bus-nobody = Something here is held by nobody.
mutuality-bus-unknown = There is nothing to hold yet.
mutuality-rotation = { $percent }% of the terms that ended were handed on to somebody else.
mutuality-rotation-none = None of the terms that ended was handed on to somebody else, or fewer than five.
mutuality-months-in-role = A role is usually held by the same person for { $count ->
    [one] one month
   *[other] { $count } months
 }.
mutuality-term-until = until { $date }
mutuality-term-over = the term is over
mutuality-term-none = nobody keeps it together
mutuality-term-deputy = somebody stands in
mutuality-term-no-deputy = nobody stands in
mutuality-bus-how = The smallest number of people who hold a duty, a role or the house, with their deputies. In the picture each bar reaches as far into the coming year as the term does.
mutuality-bus-not = It does not know keys and numbers that stand nowhere here.
mutuality-coordinating-title = The work of coordinating
mutuality-coordinating = The work of coordinating is carried as if by { $count ->
    [one] one person
   *[other] { $count } people
 }.
mutuality-coordinating-unknown = Nothing is written down of the work of coordinating.
mutuality-coordinating-how = Acts that stand in the log, and notes after turns. As if by three people means as uneven as if three did all of it equally.
mutuality-coordinating-not = It does not know the phone calls.
mutuality-outside-title = What comes from outside
mutuality-outside = { $percent }% of what we received came from outside: from other collectives.
mutuality-outside-none = Nothing, or hardly anything, came from outside.
mutuality-strings = { $percent }% of the money and goods from outside has a condition or a report attached.
mutuality-strings-none = Nothing from outside has a condition attached, or fewer than five gifts have.
mutuality-outside-how = What other collectives brought, of everything that people and duties here received.
mutuality-outside-not = What comes from outside need not be bad. The question is what would be left without it.
mutuality-causes-title = What keeps coming back
mutuality-causes = Of the causes that keep coming back, { $percent }% have an answer of ours that is still open.
mutuality-causes-none = No cause that keeps coming back has an answer of ours.
mutuality-causes-unknown = No cause came up in three of the last four quarters.
mutuality-causes-how = Causes that at least eight needs had in three of the last four quarters, and whether a project, a campaign, a demand or an agreement answers them.
mutuality-causes-not = Nobody has to say what is behind a need, so most of it is not counted.
mutuality-needs-title = Whose needs these are
mutuality-newcomers = { $percent }% of the needs came from people who had been here for less than three months.
mutuality-newcomers-none = No needs, or hardly any, came from people who are new here.
mutuality-core = { $percent }% of the needs came from people who hold no role.
mutuality-core-none = No needs, or hardly any, came from people who hold no role.
mutuality-unmet = { $percent }% of the needs that are over were not answered.
mutuality-unmet-none = Hardly any need was left without an answer.
mutuality-waiting-languages = By the language in which people ask: the fastest answers usually come after { $fastest }, the slowest after { $slowest }.
mutuality-waiting = Where answers come fastest they usually come after { $fastest }; where they come slowest, after { $slowest }.
mutuality-within-an-hour = an hour
mutuality-hours = { $count } hours
mutuality-days = { $count } days
mutuality-attention-even = Answers are spread evenly over the needs.
mutuality-attention-uneven = Answers are spread unevenly: some needs got much, others little.
mutuality-needs-how = Needs that were published in these months. Waiting is counted by kind of need, for kinds with at least five answers.
mutuality-needs-not = It does not know who never got as far as asking here.
