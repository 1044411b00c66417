refusal-not-for-passing-on = They showed this to their pacts only, so it is not for passing on.
refusal-passed-on-too-often = This was passed on twice before it came here. That is as far as a request travels.
refusal-nobody-to-pass-on-to = There is nobody to pass it on to yet. Agree on a pact with another collective first.
