# People of the fediverse whose reply became a promise: what members see, and what they see
# themselves by their private link. What begins with wire- goes to them as a message.
take-button = Anotarlo como promesa
take-amount = ¿Cuánto? ({ $unit })
take-suggested = Esto suena a promesa.
take-hint = Se lo decimos en el hilo, con un enlace privado para soltarlo o decir que lo llevó.
reply-is-promise = Anotado como promesa.
reply-reads-done = Esto suena a que llegó.
reply-done-button = Llegó
reply-done-button-amount = Llegó: { $amount }
reply-reads-off = Esto suena a que al final no puede.
reply-off-button = Soltar su promesa
person-noted = Anotado. Se lo decimos a { $who } en el hilo.

person-page-title = Tu promesa
person-once = Este enlace sirve una vez, para una de las dos cosas. Si después queda algo pendiente, te llega uno nuevo en el hilo.
person-state-counted-on = Contamos con ello. Gracias.
person-state-split = Ahora hace falta { $now }; en reserva, por si algo falla, { $reserve }.
person-state-reserve = Espera en reserva, por si algo falla. Todavía no hay que llevar nada.
person-state-off = Ya no se busca. No hay que llevar nada.
person-state-released = Se soltó. No se espera nada de ti.
person-state-came = Llegó, y los dos lados lo dijeron. Gracias.
person-brought-title = Ya está
person-brought-amount = ¿Cuánto llevaste? ({ $unit })
person-brought-note = Unas palabras para el vecindario
person-brought-button = Lo llevé
person-release-title = Surgió algo
person-release-hint = Sin dar motivos. Decirlo pronto también ayuda.
person-release-amount = ¿Cuánto sueltas? ({ $unit })
person-release-button = Soltar
person-done-release = Listo. Gracias por decirlo a tiempo.
person-done-brought = Anotado. Muchas gracias.
person-done-part = Anotado, gracias. Te llega en el hilo un enlace nuevo para lo que falta.

error-promise-link-title = Este enlace ya no sirve
error-promise-link-what = Un enlace así sirve una vez, y durante sesenta días.
error-promise-link-next = ¿Queda algo pendiente? Escríbelo como respuesta en el hilo; lo lee una persona.

wire-person-noted = ¡Gracias! Hemos anotado de tu parte: { $what }.
wire-person-reserve = De eso, { $reserve } espera en reserva, por si algo falla.
wire-person-all-reserve = Ya está todo prometido, así que lo tuyo espera en reserva, por si algo falla: todavía no hay que llevar nada.
wire-person-left = ¡Anotado, gracias! Todavía falta de tu parte: { $what }.
wire-person-link = Con este enlace privado puedes soltarlo o decir que lo llevaste. No hace falta cuenta; sirve una vez y hasta el { $date }:
wire-person-off = Aquí ya no se espera nada más de ti: no hay que llevar nada. Gracias por estar ahí.
wire-person-waits = Algo cambió: lo tuyo espera ahora en reserva. Todavía no hay que llevar nada.
wire-person-needed = Algo cambió. De lo tuyo hace falta ahora: { $what }. ¡Gracias!
wire-person-rest = Lo demás espera en reserva: { $reserve }.
