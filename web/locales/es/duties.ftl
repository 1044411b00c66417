# Tareas y turnos: lo que mantenemos en marcha, y a quién le toca.
nav-duties = Turnos
duties-title = Lo que mantenemos en marcha
duties-lead = Aquí hay cosas que pasan una y otra vez, porque nos turnamos.
duties-none = Todavía no hay nada en marcha. ¿Qué se echaría de menos el lunes?
duties-none-public = De momento no hay nada que mostrar.
duties-asleep = Dormidas
duties-asleep-what = Hace un tiempo que nadie las hace. Despiertan cuando alguien las retoma.
duty-next = La próxima: { $day }.
duty-last = La última vez: { $day }
# Meses, y números de turnos: se cumplieron 12 de 13.
duty-quarter = De { $from } a { $until }: se cumplieron { $kept } de { $due }, { $covered } gracias a quien relevó a otra persona.
duty-quarter-people = { $new ->
    [0] Lo llevaron { $people } personas.
   *[other] Lo llevaron { $people } personas, { $new } por primera vez.
}
duty-quarter-ask = ¿Quién se ocupa desde { $month }?
duty-next-title = Los próximos turnos
duty-next-none = No hay ningún turno previsto.
duty-over-title = Los últimos turnos
duty-asleep = Está dormida.
duty-asleep-what = Nadie la hizo las dos últimas veces, así que no se muestra a todo el mundo. Despierta con el próximo turno cumplido.
duty-wake = Despertarla ahora
duty-woken = Está despierta otra vez.
duty-over = Terminada
duty-ended = Ha terminado. Lo que hubo queda.
duty-paused = Descansa del { $from } al { $until }.
duty-days-without = Días sin turno:
duty-audience-members = Para miembros
duty-audience-public = A la vista de todo el mundo
duty-keepers = Quién la cuida
duty-keeper = Cuida los turnos
duty-keeper-until = hasta el { $date }
duty-keeper-due = El plazo terminó: ¿quién la cuida a partir de ahora?
duty-keeper-rests = Los poderes descansan, también los de quien suple. El plazo siguiente lo da quien cuida la casa.
duty-keeper-none = Nadie todavía
duty-deputy = Suplente
duty-calendar = Su calendario
duty-calendar-hint = Suscríbete a esta dirección en tu calendario. Dice cuántas personas vienen, nunca quiénes.
duty-calendar-secret = Esta dirección es solo para nosotros. Cambia cada vez que alguien se va: entonces busca aquí la nueva.
duty-join = ¿Te gustaría hacer un turno?
duty-join-what = Primero puedes aprenderlo junto a otras personas.
duty-made = Queda prevista para las próximas ocho semanas.
duty-saved = Guardado. Quien viene a un turno que se movió recibe un aviso.
duty-end = Terminarla
duty-end-what = Los turnos que faltan se cancelan, y quien iba a venir recibe un aviso. Lo que hubo queda.
duty-end-button = Terminarla del todo
duty-new-title = Poner algo en marcha
duty-edit-title = Cambiarla
duty-form-lead = Qué se repite, cuándo, y cuántas personas hacen falta.
duty-form-title = ¿Qué es?
duty-form-title-hint = Unas palabras, como: cocina del martes.
duty-form-when = Cuándo
duty-form-rhythm = Cada cuánto
duty-form-interval = ¿Cada cuántas o cuántos?
duty-form-interval-hint = 1 para cada semana, 2 para una semana de cada dos; igual con días, meses y años.
duty-form-weekdays = ¿Qué días de la semana?
duty-form-weekdays-hint = Si no marcas nada: el día del primer turno.
duty-form-day = El primer turno
duty-form-from = De
duty-form-until = A
duty-form-clock-hint = Según el reloj de pared: es la misma hora en verano y en invierno.
duty-form-people = Quién viene
duty-form-needed = Personas necesarias
duty-form-learners = Plazas para aprender
duty-form-people-hint = Siempre puede venir más gente. Una plaza para aprender es para alguien nuevo, junto a quienes ya saben.
duty-form-term = Hasta cuándo
duty-form-keeper-hint = Quien cuida los turnos mira que haya gente suficiente; al terminar el plazo sigue otra persona. El plazo lo da quien cuida la casa, de dos años como mucho; si no eliges nada: medio año.
duty-form-counts = ¿Qué contáis?
duty-form-counts-hint = Por ejemplo: comidas. Un número por turno, nunca por persona.
duty-form-functions = ¿Qué se echaría de menos el lunes?
duty-form-functions-hint = Para qué sirve. Una vez al año miramos qué hubo y en cuántas semanas.
duty-form-other-function = Con tus palabras
duty-form-rest = Pausas y festivos
duty-form-pause-from = Descansa del
duty-form-pause-until = al
duty-form-days-hint = Uno por línea, como 2026-12-25.
duty-form-moves = Los turnos con gente se mueven dentro de su día o se cancelan; quien iba a venir recibe un aviso.
duty-form-make = Planificarla
duty-form-save = Guardar
duty-form-cancel = Dejarla como está
duty-rhythm-weekly = semanas
duty-rhythm-daily = días
duty-rhythm-month-weekday = meses, como el primer sábado
duty-rhythm-month-day = meses, el mismo día
duty-rhythm-month-last = meses, el último día
duty-rhythm-yearly = años
function-food = Comida
function-childcare = Cuidado de niñas y niños
function-rides = Viajes
function-repairs = Reparaciones
function-company = Compañía
function-legal-help = Ayuda legal
function-burial = Entierro

rhythm-days = { $every ->
    [one] Cada día
   *[other] Cada { $every } días
}
rhythm-weeks = { $every ->
    [one] Cada { $days }
    [2] Un { $days } de cada dos
   *[other] Cada { $every } semanas, { $days }
}
rhythm-month-day = { $every ->
    [one] Cada mes, el día { $day }
   *[other] Cada { $every } meses, el día { $day }
}
rhythm-month-last = { $every ->
    [one] Cada mes, el último día
   *[other] Cada { $every } meses, el último día
}
rhythm-month-weekday = { $every ->
    [one] Cada mes, el { $place } { $weekday }
   *[other] Cada { $every } meses, el { $place } { $weekday }
}
rhythm-place = { $place ->
    [1] primer
    [2] segundo
    [3] tercer
    [4] cuarto
   *[other] último
}
rhythm-years = { $every ->
    [one] Cada año, el { $day } de { $month }
   *[other] Cada { $every } años, el { $day } de { $month }
}
rhythm-and-time = { $often }, { $time }
repeat-once = Solo esta vez
repeat-weekday = { $every ->
    [1] Cada { $weekday }
    [2] Un { $weekday } de cada dos
    [3] Un { $weekday } de cada tres
   *[other] Un { $weekday } de cada cuatro
}
repeat-time = { $every ->
    [1] Cada vez
    [2] Una vez de cada dos
    [3] Una vez de cada tres
   *[other] Una vez de cada cuatro
}
and = { $first } y { $last }
until-day = hasta el { $day }

turn-title = { $title }: { $day }
turn-time = de { $from } a { $until }
turn-count = { $taken } de { $needed }
turn-came = { $count ->
    [one] Vino { $count }
   *[other] Vinieron { $count }
}
turn-missing = { $count ->
    [one] Falta una persona. ¿Quién puede venir?
   *[other] Faltan { $count } personas. ¿Quién puede venir?
}
turn-full = Ya somos suficientes. Una persona más siempre viene bien.
turn-over = Ya pasó. ¿Cómo fue?
turn-kept = Cumplido
turn-missed = No vino nadie
turn-off = Cancelado
turn-places-to-learn = { $count ->
    [one] Hay una plaza para aprender.
   *[other] Hay { $count } plazas para aprender.
}
turn-learning = Para aprender: { $names }
turn-own = Vienes.
turn-own-learner = Vienes a aprender.
turn-take = Voy
turn-take-name = Voy: { $day }
turn-learn = Voy a aprender
turn-learn-name = Voy a aprender: { $day }
turn-release = No puedo ir
turn-release-name = No puedo ir: { $day }
turn-release-hint = Un toque, sin motivo. A nadie se le dice quién fue.
turn-more-often = Más de una vez
turn-more-often-hint = Los turnos que vienen se llenan según se planifican. En cada uno puedes decir que no puedes.
turn-how-often = Cada cuánto
turn-until = Hasta cuándo
turn-one-more = Ya hay suficiente gente; simplemente serás una persona más.
turn-taken = Vienes. Qué bien contar contigo.
turn-learner-taken = Vienes a aprender, junto a quienes ya saben.
turns-taken = Vienes, esta vez y las siguientes.
turn-released-enough = Está bien. Sin ti también son suficientes.
turn-released-drawn = Está bien. Viene alguien de la bolsa.
turn-released-asked = Está bien. Se pregunta a las demás personas, poco a poco.
turn-released-free = Está bien. La plaza queda libre otra vez.
turn-note = ¿Cómo fue?
turn-note-again = Corregir lo anotado
turn-note-came = ¿Cuántas personas vinieron?
turn-note-counted = Algo contado
turn-note-counted-what = Contado: { $what }
turn-note-words = ¿Qué deberían saber las siguientes?
turn-note-words-hint = Tres líneas como mucho, para miembros. Lo que falte puede pedirse con un toque.
turn-note-button = Anotarlo
turn-noted = Anotado. Gracias.
turn-noted-title = Para el próximo turno
turn-noted-none = Nada que contar.
turn-counted = { $what }: { $count }
turn-ask = Pedirlo
turn-ask-name = Pedirlo: { $line }

pool-title = La bolsa
pool-count = { $count ->
    [0] Ningún turno en la bolsa
    [one] { $count } turno en la bolsa
   *[other] { $count } turnos en la bolsa
}
pool-lead = Algunas personas han dado un turno: si alguien no puede ir, van ellas, una vez. Quien no puede ir lo toma con un toque. No se pregunta a nadie, y nadie sabe para quién fue.
pool-duties = Para qué
pool-give = Dar un turno
pool-give-hint = Vas una vez, cuando alguien no pueda. Te enteras con al menos doce horas.
pool-duty = A qué
pool-give-button = Darlo a la bolsa
pool-given = Tu turno está en la bolsa.
pool-own = Lo que diste
pool-take-back = Recuperarlo
pool-take-back-name = Recuperarlo: { $title }
pool-taken-back = Lo tienes de vuelta.

my-turns-title = Mis turnos
my-turns-next = Mis próximos turnos
my-turns-none = No tienes ningún turno próximo.
my-turns-look = Ver todos los turnos
my-turns-standing = Hasta que diga otra cosa
standing-end = No venir más
standing-end-name = No venir más: { $title }
standing-ended = Ya no vienes a cada uno de ellos.
exempt-title = Tomarse un descanso
exempt-lead = Puedes no hacer turnos durante un tiempo, o hacer la mitad. Nadie pregunta por qué, nadie lo ve, y no cambia nada más.
exempt-share = Cuánto
exempt-full = Ningún turno
exempt-half = La mitad de los turnos
exempt-from = Desde
exempt-until = Hasta
exempt-button = Tomarme un descanso
exempt-line = { $share }, desde el { $from }
exempt-line-until = { $share }, del { $from } al { $until }
exempt-change = Cambiarlo o terminarlo
exempt-change-button = Cambiarlo
exempt-end = Terminarlo
exempt-done = Está bien. Tómate tu tiempo.
exempt-ended = Qué bien que vuelvas.

sheet-title = Hoja de hoy
sheet-hint = Imprímela y llévala contigo. No lleva apellidos.
sheet-turns = Turnos de hoy
sheet-no-turns = Hoy no hay ningún turno previsto.
sheet-needs = Qué hace falta
sheet-no-needs = No hay nada abierto.
sheet-open = { $amount } por cubrir
sheet-code = La página de { $title } como código para móviles
sheet-promised = Prometido para hoy
sheet-no-promised = Nada prometido para hoy.
sheet-new = Lo que llegó
sheet-new-hint = Sin nombres: apunta qué, dónde y para cuándo.

runbook-title = { $title }: cómo lo hacemos
runbook-open = Cómo lo hacemos
runbook-none = Todavía no hay nada escrito.
runbook-thin-missing = Poco: todavía no hay nada escrito sobre cómo se hace.
runbook-thin-stale = Poco: hace un año que nadie mira si esto sigue siendo así.
runbook-thin-unlearnt = Poco: todavía nadie ha aprendido con esto. La próxima plaza para aprender mostrará qué falta.
runbook-version = Versión { $version }
runbook-looked-at = revisado el { $date }
runbook-from = De { $name }, { $date }
runbook-back = Cómo lo hacemos
runbook-file = Guardar como archivo
runbook-look = Lo he mirado: sigue siendo así
runbook-looked = Queda anotado que lo miraste.
runbook-share = Para otros colectivos
runbook-share-hint = En esta dirección pueden leerlo y hacerse una copia.
runbook-write = Escribirlo
runbook-text = El texto
runbook-text-hint = Para que pueda hacerlo alguien que nunca ha estado. Los *asteriscos* hacen cursiva, una línea que empieza con - hace una lista.
runbook-save = Guardar como versión nueva
runbook-written = Guardado como versión nueva.
runbook-copy = Copiarlo de un colectivo vecino
runbook-copy-hint = Queda anotado de quién es. La versión anterior se conserva.
runbook-address = Su dirección
runbook-or-file = O un archivo
runbook-copy-button = Copiarlo
runbook-copied = Copiado. Hacedlo vuestro.
runbook-origin-title = Qué es distinto allí
runbook-origin-lead = Lo que está en { $name }, junto a lo nuestro. Un menos está solo aquí, un más solo allí.
runbook-origin-when = Como estaba allí: { $date }
runbook-origin-same = Es lo mismo.
runbook-origin-look = Mirar otra vez
runbook-origin-looked = Así está allí ahora.

promise-duty = En nombre de
promise-duty-own = Yo
promise-for-duty = { $duty } ({ $name })
leave-turns = Ya no vienes a estos turnos
notice-cover-asked = Alguien no puede ir a un turno. ¿Podrías tú?
notice-pool-drawn = El turno que diste a la bolsa hace falta: vas tú.
notice-turn-changed = Un turno tuyo cambió de hora o se canceló.
notice-turn-to-note = Un turno tuyo ya pasó. ¿Cómo fue?
notice-learner-turn = ¿Te gustaría venir una vez y aprender cómo va? También puedes dejarlo.
wire-turn-missing = { $title }: el { $day } somos { $taken } de { $needed }. ¿Quién puede venir?
wire-turn-full = { $title }: el { $day } somos { $taken } de { $needed }. Ya somos suficientes.
wire-turn-time = De { $from } a { $until }.
