# What we owe each other, in its versions, and texts to begin from.
covenant-section = What we owe each other
covenant-read = Read it as members do
covenant-since = In force since { $date }.
covenant-old = This is an older version.
covenant-newest = Read the newest
covenant-asks = Do you say yes to this?
covenant-asks-again = You said yes to version { $version }. Do you say yes to this one, too?
covenant-asks-hint = Nothing closes for you if you wait or do not want to, and nobody is shown who said yes. If something troubles you, bring it to the assembly.
covenant-said-yes = You said yes to this version.
covenant-agreed = Thank you for your yes.
covenant-changes = What changed since version { $version }
covenant-line-new = New:
covenant-line-gone = Gone:
covenant-versions = All versions
covenant-version = Version { $version }
covenant-from-the-beginning = from the beginning
covenant-begin = Texts to begin from
covenant-begin-hint = Choose the one that is nearest to you, and change what is not you. Nothing is stored before you put it into force.
covenant-text-hint = One section has the heading “What we owe each other”. A sentence is enough. Lines that begin with ## are headings.
covenant-template-street-title = A street: neighbours who look after each other
covenant-template-street = ## Who we are

    We live in the same street and look after each other. Whoever lives here can join.

    ## What we owe each other

    Whoever asks is heard, and need not say why. Nobody counts who gave what.

    What has to be done for all, we share out by turns: the cupboard, the notice board, the evenings. Whoever cannot says so, without a reason.

    What we hear of each other stays in the street.

    ## How we decide

    What concerns all, all decide. We look for what nobody objects to. Tasks have a term, and then somebody else can take them on.

    ## When something goes wrong

    We talk first, with a third person if that helps. Nobody is left without help over a quarrel.
covenant-template-kitchen-title = A kitchen: people who cook and eat together
covenant-template-kitchen = ## Who we are

    We cook and eat together. Everybody can come and eat, member or not.

    ## What we owe each other

    Every meal needs people: we take turns in cooking, washing up and fetching. Whoever comes for the first time comes along with somebody who knows how.

    If you cannot come, say so in time; you need no reason. Somebody else steps in, and you do not owe it to them.

    We leave the kitchen as we would like to find it. Whoever is ill, or has their hands full, comes to eat and nothing more.

    ## How we decide

    The plan, the money in the tin and the keys are open to every member. We decide together, and what was decided is written down.

    ## When something goes wrong

    We say it soon, and to the person. If that does not help, two others sit down with both.
covenant-template-house-title = A house: people under one roof
covenant-template-house = ## Who we are

    We share a house: stairs, yard, tools, and sometimes trouble.

    ## What we owe each other

    Each of us takes a turn at what the house needs: stairs, bins, the boiler, the shared things. Whoever is old, ill, or has just moved in says what is possible for them.

    If somebody is in need, rent, sickness, a letter from an office, we look at it together before it is too late.

    A key that was lent comes back. What was broken is said, and we mend it together.

    ## How we decide

    We meet once a month. Who looks after money, keys and letters is named for a year at most.

    ## When something goes wrong

    At night we knock; the next day we talk. Nobody of us calls an authority against a neighbour before we have talked, unless somebody is in danger.
