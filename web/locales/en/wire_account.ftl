# What goes to one person of the fediverse who wants to sign in or to join.
wire-code = The code to sign in at { $host } in a browser:
wire-code-keep = It works for ten minutes. If you did not ask for this, do nothing. Never give the code to anybody: we do not ask for it, except on our own page.
wire-code-where = You type it in here:
wire-code-used = Somebody signed in at { $host } with this code just now. If that was not you, tell one of us as soon as you can.
wire-code-not-in-public = Please delete that message, because everybody can read it, and write it again as a private one. Then we answer with a code.
wire-signed-in-elsewhere = Somebody signed in at { $host } as you just now, in a browser that we did not know. If that was not you, choose a new password, and tell one of us as soon as you can.
