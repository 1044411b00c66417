### Cantidades que nadie pidió: una necesidad sin cantidad, respondida con un número.

promise-amount-unasked = { $amount } (no se pidió ninguna cantidad)
wire-no-amount-asked = No pedimos ninguna cantidad: prometed, por favor, sin ella, o decidla en la nota.
