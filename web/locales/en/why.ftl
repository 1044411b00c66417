# Why is it like this? Short pages in plain words, wherever people may expect something else.
why-title = Why is it like this?
why-lead = Some things that are usual elsewhere are missing here. That is on purpose. Here is why.
why-others = More of these
why-link-free = Why nobody has to give first
why-link-stories = Why no story and no photo
why-link-counts = Why there are no counts of people
why-link-popular = Why this order
why-link-owing = Why nobody owes anything
why-link-majority = Why asking stays open
why-link-rounds = Why a round ends
why-link-numbers = Why numbers are rounded or missing
why-link-following = Why followers are not members
why-page-free = Why may everybody ask?
why-page-free-text = Whoever needs something may ask: today, without having brought anything, without saying why, without showing a paper.

    If help had to be earned, those would get least who have least to give just now: somebody with a newborn, somebody who is ill, somebody who works two jobs. And it turns: whoever asks this year carries the boxes next year, or never, and that is all right.

    So the program does not look at what somebody gave when they ask. It could not: it does not keep that anywhere.

    Among members it is different in one thing: we share out by turns what has to be done. That is agreed between us, and it lies on all of us together.
why-page-counts = Why are there no counts of people?
why-page-counts-text = You find no number beside a name here: not how often somebody helped, not how much, not since how long without a break.

    As soon as there is such a number, it is read as a mark. Some collect it, others feel watched, and those who cannot do much at the moment stay away.

    We do want to know whether the work is done. So we count the work: Tuesday's kitchen is 3 of 4. Who else comes is a question to all of us, not to one.

    Your own page shows you what you asked for and promised, as a diary. It adds nothing up.
why-page-popular = Why are there no likes, and why this order?
why-page-popular-text = On the board comes first what has been answered least, and among these what has waited longest. Nothing moves up because it is shared a lot, because it has a picture, or because it is well written.

    Where the popular comes first, a few get far too much and the rest get nothing. With our order fifteen helping hands reach ten needs; with the other one they reach five.

    Changing the text or adding a picture moves nothing. Replies are read, and not counted.
why-page-owing = Why does nobody owe anything here?
why-page-owing-text = There are no accounts of hours or favours here, and nothing has a tag. You cannot save up and you cannot run out.

    An hour of listening and an hour of carrying are not the same and not exchangeable, and whoever has to reckon asks less. The people who most need to ask would be the first to stop.

    Things come round in another way: by many small ways, over years, through people you never meet. Once in a while we look together at whether that is so, for all of us and for nobody alone.
why-page-reasons = Why does nobody have to say why they cannot come?
why-page-reasons-text = If you cannot take your turn, say so with one tap. If you need a break from turns, half or whole, for a week or for good, take it. Nobody asks for a reason, and no list shows it.

    A reason has to be judged by somebody. Then illness counts more than exhaustion, and whoever tells it best gets the break. We would rather trust each other and find somebody who stands in.

    Whoever takes a break keeps everything: they ask, they decide with us, they can hold a role.
why-page-stories = Why do you ask for no story and no photo?
why-page-stories-text = To ask for blankets it is enough to say: blankets, ten, by Friday. Not who is cold, and not how it came to that.

    Where stories are asked for, the most moving one gets the most, and people have to lay open their lives before strangers. What is once on the net stays there.

    You may add a picture of the thing, if that helps to find the right one. It changes nothing in the order.
why-page-rounds = Why do rounds end?
why-page-rounds-text = When the river comes up, a lot is needed at once, and many help who never did before. That is a round. It has a last day, at most 90 days away; the assembly can renew it, but it has to do so on purpose.

    Without an end, the exception becomes the rule: the same few run from one fire to the next, and nobody asks why it burns.

    So every round closes with a sheet. Each line becomes one of three things: it is done; or it goes on, and we share it out by turns; or there is something behind it, and we do something about that.

    Asking never needs a round. You can ask before, during and after.
why-page-following = Why are followers not members?
why-page-following-text = Anybody can follow us from Mastodon and the like, read along, answer and ask. That needs nobody's yes.

    Members also decide, hold roles and keep what is private. For that people should have met, and should have read what we owe each other. A click from far away is not enough, and it should not be: a thousand followers could otherwise decide about a house that they have never seen.

    Whoever wants to join finds the door on the page "Come in".
why-page-numbers = Why are numbers rounded or missing?
why-page-numbers-text = With few people, a number shows who it is about. If one need in the quarter had to do with an eviction, everybody knows whose it was.

    So we show nothing below eight, round what is above, and count only up to last Monday, so that nobody can see what the last one added. Shares are given in steps of five of a hundred.

    If something is missing, it does not mean that there is nothing. It means that we are too few to say it without showing who.
why-page-majority = Why is there no quick vote about who gets help?
why-page-majority-text = Whether somebody gets help is not put to a vote here. Neither a majority nor a single person can switch it off with a click.

    Those who would lose such votes are known beforehand: whoever is new, whoever is difficult, whoever has few friends here.

    What we do decide together is how we work, what we promise each other, and what happens when somebody does harm. Even then asking stays open.
why-page-decisions = Why do decisions take their time?
why-page-decisions-text = A proposal stays open until a day that is known from the start. Everybody can change their mind until then. Enough of us must have taken part, or it does not count.

    It is decided by what people say for themselves. Nobody has more of a voice because they give more, have been here longer or have a role. Whoever takes a break from turns decides with us like everybody.

    What a click decides in a minute is decided by those who happen to be awake.
why-page-terms = Why does every role have an end?
why-page-terms-text = Whoever holds a role holds it until a day, with somebody who can stand in, and with a list of what has to be handed over.

    That is no distrust. The ones who do most are the ones who burn out, and a house that depends on one person falls with them. A day at which the role is free anyway lets people stop without failing anybody, and lets others learn.

    Past the day the role shows as due. After a while it cannot do more than hand over.
why-page-power = Why does everybody see who holds what?
why-page-power-text = There is power in every group, also where nobody wants to say so: who has the key, the money, the password, the phone.

    Hidden, it belongs to whoever has it. Written down, all of us can ask for it, pass it on and take it back. So members see on one page who holds what, and until when.
why-page-strings = Why do we write down what a gift asks of us?
why-page-strings-text = Money and things from outside are welcome, and often something hangs on them: a report, a logo, names, a say in what we do.

    So each one stands in a register: from whom, what for, under which conditions, until when, and who decided to take it. Above a sum that we set ourselves, we decide together first.

    A gift goes to all of us. It cannot be for one named person: nobody should have to be thankful to somebody with money in order to get what they need.
