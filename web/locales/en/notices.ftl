# What members are told. A notice says that something is there, and where.
notices-title = What is new
notices-lead = What others did that concerns you. It stands here for 90 days, and only you see it.
notices-nothing = Nothing is new.
notices-header = { $count ->
    [one] { $count } new
   *[other] { $count } new
}
notices-new = New
notices-open = Look
notices-all-read = I have seen all of it
notices-all-read-done = All of it is marked as seen.
notices-settings = How I am told
notice-promise-made = Somebody made a promise.
notice-promise-changed = A promise stands otherwise than before.
notice-moved-up = What you promised is needed now.
notice-not-needed = What you promised is not needed any more.
notice-came = Somebody said that something came.
notice-reply = Somebody replied.
notice-need-expires = This ends soon. Does it still stand?
notice-vouched = You are a member now.
notice-sign-in-elsewhere = Somebody signed in as you in another browser. If it was not you, choose a new password.
notice-measure = There is a measure about you.
notice-message-waits = A message waits for somebody to look at it.
notice-held-wave = Many things are held at once.
notice-pending-peer = An unknown server knocks.
notice-appeal = Somebody asks to look again at a measure.
notice-joined = Somebody joins.
notice-writer-gone = Somebody who asked for this deleted their post. Does it still stand?
notice-covenant-changed = What we owe each other has a new version. Do you say yes to it?
notice-decision-opened = Something is to be decided. You have a voice.
notice-decision-closed = A decision is closed.
notice-term-over = A term in a role is over. Who takes it on?
notice-backup-failed = A backup could not be made, or could not be put back.
