# Promesas entre colectivos.
waiting-title = Espera tu respuesta
waiting-reserve = Solo en reserva, por si algo falla.
waiting-due = Piensan traerlo hasta el { $date }.
waiting-outcome-split = Es más de lo que falta. Si dices que sí, contará ahora { $now } y quedará en reserva { $reserve }.
waiting-outcome-reserve = Ahora no falta nada. Si dices que sí, quedará en reserva { $reserve }.
waiting-yes = Sí, gracias
waiting-yes-name = Sí, gracias: { $name }
waiting-no = No, gracias
waiting-no-name = No, gracias: { $name }
waiting-some = No todo
waiting-some-name = No todo: { $name }
waiting-some-hint = Di cuánto hace falta ahora. Les pedimos que guarden lo demás en reserva. Lo ven, y lo toman o lo dejan.
waiting-some-amount = ¿Cuánto ahora? ({ $unit })
waiting-some-button = Pedir esto
incoming-accepted = Dijimos que sí. { $name } se entera.
incoming-accepted-reserve = Dijimos que sí. { $name } se entera. En reserva: { $reserve }.
incoming-countered = Le pedimos a { $name } lo que encaja.
incoming-declined = Dijimos que no, gracias. { $name } se entera.

counts-differ = { $ours } según nuestra cuenta, { $theirs } según la suya.
counts-ours = { $amount } según nuestra cuenta. Falta que lo digan ellos.
counts-theirs = { $amount } según su cuenta. Falta que lo digamos.
counts-both = { $amount } hasta ahora, según las dos cuentas.
correct-open = Corregir mi cuenta
correct-hint = ¿Contaste mal? Di cuánto debía ser. Reemplaza lo último que dijiste; lo que dijo el otro lado queda.
correct-button = Corregirla
count-corrected = Corregido. Gracias.
release-hint-theirs = ¿Te dijeron que no llegará?
release-button-theirs = Soltar la promesa: { $name }

between-title = Entre la vecindad y esta casa
between-lead = Lo que prometimos a otros colectivos y lo que nos prometieron. Esta página es para quienes formamos parte; quienes cuidan la casa hablan por el grupo.
between-waiting = Esperan nuestra respuesta
between-standing = Lo que prometimos
between-standing-empty = Nada por ahora.
between-board = Ver lo que busca la vecindad
between-over = Lo que ya pasó
outgoing-pending = pedido, falta su sí
outgoing-countered = otra cantidad
outgoing-declined = dijeron que no, gracias
outgoing-released = lo soltamos
outgoing-cancelled = ya no hace falta
outgoing-expired = nadie contestó
outgoing-reserve = De eso, en reserva: { $reserve }.
outgoing-they-say = Dicen:
outgoing-rather-now = Preferirían ahora { $now }.
outgoing-rather-reserve = Preferirían en reserva { $reserve }.
outgoing-rather-split = Preferirían ahora { $now } y en reserva { $reserve }.
outgoing-take = Tomar eso
outgoing-take-name = Tomar eso: { $title }
outgoing-taken = Listo. { $name } se entera de que lo tomamos.
outgoing-counted = Anotado. { $name } se entera de nuestra cuenta.
outgoing-release-hint = ¿Surgió algo? Sin dar motivos. Devuelve todo, o una parte. Se enteran enseguida.

trade-title = Comercio aparte
trade-what = Piden algo a cambio. Puede estar bien, pero no es apoyo mutuo: desde aquí no se le promete nada. Habla con ellos en su propia página.
outgoing-title-need = Promete una parte en nombre del grupo
outgoing-title-offer = Pide una parte en nombre del grupo
outgoing-any = No dijeron cuánto. Diles que cuenten con nuestro grupo.
outgoing-only-reserve = Solo en reserva, por si algo falla
outgoing-note-hint = Lo leen ellos y quienes formamos parte. ¿Cuándo podría ser, quién lo lleva? Sin nombres de nadie.
outgoing-button-need = Lo prometemos
outgoing-button-offer = Nos vendría bien
outgoing-until-yes = Cuenta cuando digan que sí. ¿Surge algo? Podemos soltarlo cuando sea.
outgoing-made = Gracias. { $name } se entera. Cuenta cuando digan que sí.
outgoing-more = A nuestras promesas

steward-promised = { $count ->
    [one] { $count } promesa espera nuestra respuesta.
   *[other] { $count } promesas esperan nuestra respuesta.
}
steward-promised-more = Ver las promesas
me-next-answer = Un colectivo vecino promete una parte. ¿Decimos que sí?
me-action-answer = Mirar y responder
