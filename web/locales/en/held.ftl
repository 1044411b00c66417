# What strangers write and nobody has looked at yet, and being careful.
held-title = Held back
held-lead = What people whom we do not know wrote to us. Nobody was answered, and members see none of it, until one of you lets it in.
held-link = { $count ->
    [0] Nothing is held back
    [one] One thing is held back
   *[other] { $count } things are held back
  }
held-asking = Somebody asks
held-asking-hint = These read like people and not like a machine: look at each of them. Whoever is let in once is not held again.
held-asking-none = Nobody, as far as we can tell.
held-alike = The same words again and again
held-alike-hint = What you decide holds for all of a group that had come when you opened this page. What is put aside is kept for a month.
held-alike-title = { $count } alike from { $hosts ->
    [one] one server
   *[other] { $hosts } servers
  }
held-hosts = By server
held-hosts-hint = Everything that is held of a server, apart from what reads like somebody who asks.
held-host-title = { $host }: { $count }
held-no-words = No words, only names, pictures or links.
held-let-in = Let it in
held-aside = Put aside
held-let-in-all = Let all in
held-aside-all = Put all aside
held-block-open = Block servers
held-block-hint = Nothing comes from a blocked server any more, from its people neither. What is held of it is put aside. It lasts a week; on the page of rules about servers you can end it, or make one that stays.
held-block-button = Block what is ticked
held-block-reason = Much spam came from there.
held-counted = So much came in some hours that only a part of it was kept: { $count } more from { $hosts ->
    [one] one server
   *[other] { $hosts } servers
  } were counted. Nothing that reads like a need was among them.
held-put-aside = Put aside, and reads like a need
held-put-aside-hint = Kept for a month, in case of a slip.
held-let-in-done = Let in: { $count }.
held-aside-done = Put aside: { $count }. It is kept for a month.
held-blocked-done = Blocked servers: { $count }.
held-because-alike = Held because the same words came from several servers within minutes.
held-because-careful = Held because we are careful at the moment.
held-because-stranger = Held because nobody here knows its writer or their server yet.
careful-title = Careful mode
careful-now = We are careful at the moment.
careful-until = We are careful until { $date }.
careful-by-itself = Very much came and none of you was here: we are careful until { $date }.
careful-hint = While we are careful, everything that strangers write is held back and nobody joins without an invitation. Members, followers and pacts notice nothing. It begins by itself when very much is held and no steward was here for six hours.
careful-hours = For how many hours
careful-begin = Be careful
careful-end = Be as usual again
careful-began-done = We are careful until { $date }.
careful-ended-done = Everything is as usual again. What is held stays held until you look.
careful-join = At the moment people join with an invitation only. Ask somebody who is here for one, or come again in a few days.
refusal-careful-too-long = Choose between one hour and seven days.
refusal-careful-now = At the moment people join with an invitation only.
