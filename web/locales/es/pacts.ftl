# Pacts with other collectives.
pacts-title = Pactos con otros colectivos
pacts-lead = Con un pacto, dos colectivos se muestran lo que no es para todo el mundo y responden a lo que le hace falta al otro. Cualquiera de los dos puede pausarlo o terminarlo cuando quiera, sin dar explicaciones.
pacts-to-steward = Cuidar la casa
pacts-list = Con quién
pacts-empty = Todavía no hay ningún pacto, y nadie lo ha pedido.
pacts-propose = Proponer un pacto
pacts-propose-address = Su dirección
pacts-propose-hint = Por ejemplo @mill@mill.example, o el enlace de su página.
pacts-propose-button = Proponer
pacts-propose-ask = Los pactos los propone la gente que cuida la casa. Cuéntale en qué colectivo has pensado.
pact-since = desde { $date }

pact-active = pacto
pact-active-means = Las dos partes lo quieren. Lo que es para pactos va y viene.
pact-paused = en pausa
pact-paused-us-means = Lo pausamos nosotros. Nada de lo que es para pactos va ni viene hasta que sigamos.
pact-paused-them-means = { $name } lo pausó. Nada de lo que es para pactos va ni viene hasta que sigan.
pact-paused-both-means = Las dos partes lo pausaron. Nada de lo que es para pactos va ni viene hasta que sigan las dos.
pact-asked = propuesto
pact-asked-means = Lo propusimos y esperamos la respuesta de { $name }.
pact-asks-us = nos lo propone
pact-asks-us-means = { $name } nos propone un pacto. Nada cambia hasta que digamos que sí.
pact-declined = no
pact-declined-us-means = Dijimos que no.
pact-declined-them-means = { $name } dijo que no.
pact-ended = terminado
pact-ended-means = Ya no hay pacto.

pact-needs-shared = Les llega lo que nos hace falta y es para pactos.
pact-needs-kept = No les llega lo que nos hace falta y es para pactos.
pact-offers-shared = Les llega lo que ofrecemos para pactos.
pact-offers-kept = No les llega lo que ofrecemos para pactos.
pact-availability-shared = Ven cuánto falta todavía.
pact-availability-kept = No ven cuánto falta todavía.
pact-rule-alone = Lo que prometen se acepta enseguida, hasta lo que falte.
pact-rule-steward = Lo que prometen espera nuestro sí.

pact-accept = Decir que sí
pact-accept-name = Decir que sí al pacto con { $name }
pact-decline = Decir que no
pact-decline-name = Decir que no al pacto con { $name }
pact-pause = Pausar
pact-pause-name = Pausar el pacto con { $name }
pact-resume = Seguir
pact-resume-name = Seguir con el pacto con { $name }
pact-end = Terminar
pact-end-name = Terminar el pacto con { $name }
pact-take-back = Retirar la propuesta
pact-take-back-name = Retirar la propuesta a { $name }
pact-ask-again = Proponer otra vez
pact-ask-again-name = Proponer otra vez un pacto a { $name }
pact-settings-name = Qué le llega a { $name }
pact-share-needs = Lo que nos hace falta y es para pactos
pact-share-offers = Lo que ofrecemos para pactos
pact-share-availability = Cuánto falta todavía de cada cosa
pact-accept-alone = Aceptar lo que prometen sin preguntarnos, hasta lo que falte
pact-settings-keep = Guardar
pact-settings-keep-name = Guardar qué le llega a { $name }

pact-asked-done = Le propusimos un pacto a { $name }.
pact-accepted-done = Ahora hay un pacto con { $name }.
pact-declined-done = Le dijimos que no a { $name }.
pact-paused-done = El pacto con { $name } está en pausa.
pact-resumed-done = Seguimos con el pacto con { $name }.
pact-ended-done = Ya no hay pacto con { $name }.
pact-settings-done = Guardado qué le llega a { $name }.

pact-brought = Lo que vino y lo que fue
pact-brought-name = Lo que vino y lo que fue: { $name }
pact-brought-us = Lo que nos trajeron
pact-brought-them = Lo que les llevamos
pact-brought-nothing = Todavía nada. Llegará cuando a alguien le haga falta.
pact-brought-empty = Nada por ahora, y está bien así.
pact-brought-line = { $title }: { $amount }
pact-brought-withdrawn = Algo que se retiró
pact-brought-newest = Aquí están los { $count } más recientes.
pact-way-even = En dos años vino algo más o menos tantas veces como fue.
pact-way-came = En dos años vino algo más veces de las que fue. Puede estar bien así, y es algo de lo que hablar con ellos.
pact-way-went = En dos años fue algo más veces de las que vino. Puede estar bien así, y es algo de lo que hablar con ellos.
pact-brought-sum = En total { $sum }.
pact-brought-pieces = { $count ->
    [one] { $amount } pieza
   *[other] { $amount } piezas
}
