# Signing in by way of one's own server.
door-title = By way of your server
door-lead = { $host } asks you whether it may tell us that this account is yours. Say yes there, and you are back here, signed in.
door-only = We learn which account it is and nothing else, and keep nothing that opens it.
door-button = Sign in at { $host }
door-or = Or with a message
refusal-server-says-no = Your server did not tell us whose account it is. Try again, or send us the message.
