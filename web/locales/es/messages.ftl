# Lo que la gente del fediverso nos escribe. Lo que empieza por wire- les llega como respuesta, en
# su idioma si lo hablamos.
wire-asked-got-it = Entendido: { $what }. Todavía no se ha publicado nada.
wire-asked-thanks = Gracias por escribir. Todavía no se ha publicado nada.
wire-asked-direct = Gracias por contárnoslo. Quienes administran tu servidor y el nuestro pueden leer lo que se escribe aquí. No publicamos ni pasamos nada de ello.
wire-asked-direct-phone = O llámanos: { $phone }.
wire-asked-others = En tu mensaje nombraste a otras personas: también pueden leerlo. Solo te respondemos a ti.
wire-asked-link = Con este enlace privado eliges si se publica, y con tu nombre o sin él. No hace falta cuenta, sirve una vez, y hasta el { $date }:
wire-asked-private-link = Para todo lo demás usa, por favor, este enlace privado: ahí escribes lo que necesitas y eliges quién lo ve. No hace falta cuenta, sirve una vez, y hasta el { $date }:
wire-asked-published = Ya está anotado aquí. Gracias por pedirlo.
wire-asked-care-link = Con este enlace privado ves cómo va, y puedes decir que llegó, que ya basta, o retirarlo. No hace falta cuenta, sirve una vez, y hasta el { $date }:
wire-asked-promised = Buenas noticias: alguien del barrio respondió a lo que pediste.
wire-asked-promised-link = Tu último enlace privado muestra cómo va.
wire-asked-by = Lo pide { $who }.

asked-page-title = Lo que nos escribiste
asked-nothing-yet = Todavía no se ha publicado nada.
asked-lead = Esto es lo que entendimos de tu mensaje. Cambia lo que quieras y elige quién lo ve.
asked-private-lead = Escribe aquí de qué se trata. No se copia nada de tu mensaje privado, y tú eliges quién ve esto.
asked-purpose = ¿Qué es?
asked-purpose-need = Necesito algo
asked-purpose-offer = Tengo algo que dar
asked-title = En pocas palabras
asked-title-hint = Por ejemplo: un cochecito, que alguien me lleve al médico el miércoles. No hace falta decir por qué.
asked-publish-nameless = Enviarlo sin mi nombre
asked-publish-named = Enviarlo con mi nombre, { $handle }
asked-not-yet = Todavía no
asked-not-yet-hint = Si eliges «todavía no», no pasa nada. Este enlace sirve hasta que lo envíes, y durante dos días.
asked-later = No se publicó nada. Tu enlace sigue sirviendo, dos días desde que lo recibiste.
asked-published = Ya está en el tablón. Te llega en el hilo un enlace para seguirlo.
asked-kept = Queda anotado para quienes elegiste. Te llega en el hilo un enlace para seguirlo.
asked-public-page = Verlo como lo ve todo el mundo
asked-once = Este enlace sirve una vez, para una de estas cosas. Si después queda algo abierto, te llega uno nuevo en el hilo.
asked-promises = Lo que prometió la gente del barrio
asked-promises-none = Todavía nada. Nadie se ha olvidado de ti: sigue en el tablón.
asked-promise-stands = Alguien del barrio lo traerá o lo hará.
asked-promise-reserve = Alguien del barrio espera en reserva, por si algo falla.
asked-promise-counted = Dijiste que llegó. La otra parte aún no lo ha dicho.
asked-promise-came = Llegó, y las dos partes lo dijeron.
asked-came-amount = ¿Cuánto llegó? ({ $unit })
asked-came-button = Llegó
asked-enough-title = Ya basta
asked-enough-hint = No se pide más a nadie. Lo prometido todavía puede llegar.
asked-enough-button = Con esto basta, gracias
asked-withdraw-title = Retirarlo
asked-withdraw-hint = No hace falta decir por qué. Se pide a otros servidores que lo olviden, y no se puede recuperar.
asked-withdraw-button = Retirarlo
asked-came = Anotado. Qué bien que llegó.
asked-closed = Anotado: ya basta.
asked-withdrawn = Se retiró.
asked-done-part = Anotado. Te llega en el hilo un enlace nuevo para lo que queda.

error-asked-link-title = Este enlace ya no sirve
error-asked-link-what = Un enlace así sirve una vez, y no para siempre.
error-asked-link-next = Escríbenos otra vez en el hilo: lo lee una persona y te manda uno nuevo.

refusal-writer-gone = No se puede escribir a quien escribió esto: lo borró, ya no está o está bloqueado su servidor.
refusal-nothing-to-put-aside = Este mensaje ya está resuelto.
refusal-not-held = Este mensaje no está retenido: respóndelo.

messages-title = Lo que la gente nos escribió
messages-lead = Mensajes del fediverso que nos nombran, y mensajes privados para nosotros. Esta página es solo para quienes cuidan la casa. Lo escrito se borra un mes después de terminar.
messages-none = Nada por aquí.
messages-waiting = Te esperan
messages-waiting-hint = Nadie los ha respondido. La respuesta va a su hilo, solo para quien escribió.
messages-linked = Tienen un enlace
messages-linked-hint = Pueden publicar lo que pidieron con el enlace que recibieron.
messages-published = Publicados
messages-published-hint = De estos salió algo en el tablón.
messages-aside = Dejados a un lado
messages-aside-hint = No hay nada más que hacer.
messages-need = Necesidad
messages-offer = Oferta
messages-private = Privado: solo es para leerlo entre esa persona y nosotros
messages-public = Público
messages-open-private = Leer lo que escribió
messages-writer-gone = Alguien que lo borró
messages-lost = Quien lo escribió borró el mensaje: ¿sigue en pie?
messages-erased = Lo escrito está borrado.
messages-proposal = Lo publicado
messages-accept = Dejar pasar
messages-answer = Enviar un enlace
messages-lay-aside = Dejar a un lado
messages-answered = Le llega un enlace.
messages-put-aside = Dejado a un lado. Lo escrito se borra en un mes.
messages-accepted = Ya pasó.
messages-held-many-of-one = Retenido porque esa persona escribió más de diez veces en un día.
messages-held-many-of-host = Retenido porque llegaron muchísimos de ese servidor en una hora.
messages-held-many-of-strangers = Retenido porque llegaron muchos de servidores que no conocemos en una hora.
messages-held-many-mentions = Retenido porque nombra a muchas personas y es el primero de ese servidor.
messages-held-links = Retenido porque lleva enlaces o imágenes y ninguna etiqueta, y es el primero de ese servidor.
steward-messages-waiting = { $count ->
    [one] Te espera un mensaje.
   *[other] Te esperan { $count } mensajes.
  }
steward-messages-more = Leerlos
messages-back = Todo lo que nos escribieron
messages-opened-lead = Nos lo escribieron en privado. Que lo has leído queda en el registro, sin el texto y sin decir de quién es.
