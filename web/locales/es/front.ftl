front-title = Te damos la bienvenida
front-hello = Aquí nos cuidamos.
front-choices-label = Por dónde empezar
front-need = Necesito algo
front-need-more = Una cuna, un plato de comida, que te lleven, una mano. Pide. Para eso estamos.
front-bring = Puedo aportar algo
front-bring-more = Una hora, una herramienta, lo que te sobra, lo que sabes.
front-what = ¿Qué es este lugar?
front-what-more = Vecinas y vecinos que se cuidan. Se lee en dos minutos.
front-phone = O llámanos: { $phone }
front-lately = Lo que pasó últimamente
front-lately-empty = Todavía nada. Acabamos de abrir la puerta.
front-open = Lo que más lleva esperando
front-open-all = Ver todo el tablón
front-open-empty = Ahora mismo no hay nada esperando. Esta noche puede ser distinto.

# Frases sobre lo que pasó. Siempre hablan de colectivos, nunca de personas.
lately-came = «{ $title }»: llegó { $what }
lately-came-plain = Llegó «{ $title }»
lately-went = «{ $title }»: { $what } para alguien del vecindario
lately-went-plain = «{ $title }» fue para alguien del vecindario
lately-asked = { $collective } pide: { $title }
lately-asked-until = { $collective } pide: { $title }, para el { $date }
lately-offered = { $collective } ofrece: { $title }
lately-met = «{ $title }» ya tiene todo lo que hacía falta
a-neighbour = alguien del vecindario

# Publicar no es hacer: lo que llegó, junto a lo que se publicó.
front-deeds = { $came ->
    [one] En los últimos 30 días llegó o salió una cosa
   *[other] En los últimos 30 días llegaron o salieron { $came } cosas
}, y { $posts ->
    [0] no se publicó nada nuevo.
    [one] se publicó una.
   *[other] se publicaron { $posts }.
}
front-deeds-none = { $posts ->
    [one] En los últimos 30 días se publicó una cosa, y todavía no ha salido nada de ella. ¿Qué lo impide?
   *[other] En los últimos 30 días se publicaron { $posts } cosas, y todavía no ha salido nada de ellas. ¿Qué lo impide?
}
