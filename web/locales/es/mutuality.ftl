# El retrato de la mutualidad. «Nosotros» es el colectivo; ninguna frase habla de una persona.
mutuality-title = Mutualidad
mutuality-lead = Tres preguntas para todos, con lo que de cada una podemos contar. Son preguntas: nada de esto es un veredicto, nada habla de una sola persona y nada decide sobre nada.
mutuality-windows = Meses
mutuality-window-short = Tres meses
mutuality-window-year = Un año
mutuality-window-long = Cinco años
mutuality-months = Los { $months } meses hasta el final del { $quarter }, tal como se contaron el { $date }. Estas cifras se quedan como están.
mutuality-quarter = { $number ->
    [1] primer trimestre de { $year }
    [2] segundo trimestre de { $year }
    [3] tercer trimestre de { $year }
   *[other] último trimestre de { $year }
 }
mutuality-quarters = Otros trimestres
mutuality-not-yet = Las primeras cifras llegan el { $date }, cuando haya terminado un trimestre.
mutuality-too-few = Somos muy pocas personas para contar sin señalar a nadie.
mutuality-too-few-instead = Con menos de ocho personas, hablad de las tres preguntas: ¿Nos llevamos unos a otros? ¿Seguirá aquí el año que viene? ¿En manos de quién está?
mutuality-how = Cómo se cuenta: { $title }
mutuality-silent-title = Lo que ninguna cifra sabe
mutuality-silent = Los cuidados que nadie apunta. La dignidad, y el miedo. Si alguien no se atrevió a pedir. Lo bueno que fue. Lo que madres, padres, hijas e hijos se deben a lo largo de una vida. Lo que no ocurrió porque estábamos. Que aquí no haya nada no quiere decir que no se hiciera nada.
mutuality-silent-ask = Una vez al año, preguntaos por estas cosas y escribid las respuestas con vuestras palabras.

mutuality-carry-title = ¿Nos llevamos unos a otros?
mutuality-carry-lead = Lo que llegó según la palabra de ambas partes y los turnos que se cumplieron cuentan uno cada vez, fuera un viaje o un mes de cuidados. Que algo vaya en un solo sentido no es malo en sí: quien está enfermo recibe, y para eso estamos. La pregunta es quién lleva a quién, y si lo queremos así.
mutuality-split-title = Hacia dónde va la ayuda
mutuality-way-nearly-all = Casi toda la ayuda va en un solo sentido: unas personas dan, otras reciben, y no vuelve.
mutuality-way-most = La mayor parte de la ayuda va en un solo sentido, y una parte vuelve.
mutuality-way-part = Una buena parte de la ayuda vuelve, y una buena parte va en un solo sentido.
mutuality-way-little = La ayuda da la vuelta: solo una parte pequeña va en un solo sentido.
mutuality-way-nothing = No hay nada apuntado de lo que podamos decir hacia dónde fue.
mutuality-part-direct = Unas { $number } de cada veinte cosas volvieron directamente, entre dos personas.
mutuality-part-direct-none = Nada, o casi nada, volvió directamente entre dos personas.
mutuality-part-round = Unas { $number } de cada veinte dieron la vuelta a través de otras personas.
mutuality-part-round-none = Nada, o casi nada, dio la vuelta a través de otras personas.
mutuality-part-common = Unas { $number } de cada veinte volvieron a través de algo que tenemos en común, como una cocina, o por medio de otros de fuera.
mutuality-part-common-none = Nada, o casi nada, volvió a través de algo que tenemos en común.
mutuality-part-one-way = Unas { $number } de cada veinte fueron en un solo sentido.
mutuality-part-one-way-none = Nada, o casi nada, fue en un solo sentido.
mutuality-ring = Un anillo de veinte piezas: unas { $direct } volvieron directamente, { $round } dieron la vuelta a través de otras personas, { $common } volvieron a través de algo común y { $away } fueron en un solo sentido.
mutuality-split-how = Todo lo que se hizo se dibuja como líneas de quien dio a quien recibió. Buscamos la parte más grande en la que cada cual recibió tantas veces como dio. De ella, las líneas entre las mismas dos personas son lo que volvió directamente; las demás líneas entre personas, lo que dio la vuelta; las que pasan por una tarea, lo que volvió a través de algo común. Lo que queda fue en un solo sentido. Otros colectivos y el resto del mundo son un lugar más, fuera: lo que fue allí y volvió de allí cuenta con lo que volvió a través de algo común.
mutuality-split-not = No sabe cuánto significó cada cosa, ni lo que nunca se apuntó. De los turnos solo mira tantos como se sabe que ayudaron a alguien. Cada parte se redondea por su cuenta.
mutuality-sides-title = Los dos lados de la mesa
mutuality-balance = Según quién dio y quién recibió, como mucho el { $percent } % de lo que se hizo podía dar la vuelta.
mutuality-balance-none = Quienes dieron y quienes recibieron son personas distintas: casi nada podía dar la vuelta.
mutuality-closure = De lo que podía dar la vuelta, la dio el { $percent } %.
mutuality-closure-none = De lo que podía dar la vuelta, no la dio nada o casi nada.
mutuality-two-way = El { $percent } % de las personas dio y también recibió.
mutuality-two-way-none = Nadie, o menos de cinco personas, dieron y también recibieron.
mutuality-two-way-all = Todas las personas, o todas menos unas pocas (menos de cinco), dieron y también recibieron.
mutuality-chance-less = Si nadie eligiera para quién hace algo, habría dado la vuelta entre el { $low } % y el { $high } %. Fue menos: la ayuda corre de unas personas a otras.
mutuality-chance-within = Si nadie eligiera para quién hace algo, habría dado la vuelta entre el { $low } % y el { $high } %. Fue más o menos eso.
mutuality-chance-more = Si nadie eligiera para quién hace algo, habría dado la vuelta entre el { $low } % y el { $high } %. Fue más: las personas se responden.
mutuality-sides-how = De cada persona tomamos lo menor entre las veces que dio y las que recibió; todo junto es lo máximo que podía dar la vuelta. Para la última frase se sortea sesenta veces quién recibe de quién, mientras cada cual da y recibe tantas veces como lo hizo; nueve de cada diez sorteos están entre las dos cifras.
mutuality-sides-not = No sabe si alguien habría podido dar, o le habría gustado que se lo pidieran.
mutuality-carriers-title = Quién lleva
mutuality-carriers = La mitad de lo que se dio lo dieron unas { $count } personas.
mutuality-carriers-few = La mitad del trabajo lo llevan menos de cinco personas.
mutuality-carriers-received = De ellas, el { $percent } % también recibió algo.
mutuality-carriers-received-none = Ninguna de ellas recibió nada.
mutuality-as-if-by = En conjunto es como si lo { $count ->
    [one] llevara una persona
   *[other] llevaran { $count } personas que hacen lo mismo
 }.
mutuality-carriers-how = El grupo más pequeño de personas que juntas hicieron la mitad, y cuántas de ellas recibieron algo alguna vez. La última cifra es una manera de decir cuán desigual es: cuantas menos, más depende de pocas.
mutuality-carriers-not = Lo desigual es normal donde cada cual hace lo que puede. La pregunta es si se ha elegido, y si se podría pasar a otras manos.
mutuality-turns-title = Turnos
mutuality-turns = Los turnos se reparten: los cumplieron unas { $count } personas.
mutuality-turns-few = Los turnos los cumplen menos de cinco personas.
mutuality-turns-none = No se reparten turnos: nada de lo que hacemos se lleva por turnos.
mutuality-turns-as-if-by = Es como si { $count ->
    [one] una persona hubiera venido
   *[other] { $count } personas hubieran venido
 } las mismas veces.
mutuality-turns-unknown = Del { $percent } % de los turnos nadie apuntó a quién ayudaron. No están en ninguna de las partes de arriba.
mutuality-turns-how = Quién cumplió turnos de cualquier tarea, sin cuántas veces.
mutuality-turns-not = Una cocina cuenta sus comidas, no a sus invitados. Así que nadie sabe si quien cocina también come.
mutuality-asking-title = Pedir es normal
mutuality-asked = El { $percent } % de nosotros pidió algo.
mutuality-asked-none = Nadie, o menos de cinco de nosotros, pidió algo.
mutuality-asked-all = Todos nosotros, o todos menos unos pocos (menos de cinco), pedimos algo.
mutuality-asked-roles = De quienes cuidan de la casa o de una tarea, lo hizo el { $percent } %.
mutuality-asked-roles-none = De quienes cuidan de la casa o de una tarea no lo hizo nadie, o menos de cinco.
mutuality-asked-roles-all = De quienes cuidan de la casa o de una tarea lo hicieron todos, o todos menos unos pocos (menos de cinco).
mutuality-asking-how = Quien publicó una necesidad o la tiene publicada en su nombre, de todas las personas que dieron, recibieron o pidieron.
mutuality-asking-not = No sabe quién necesitaba algo y no lo pidió. Donde solo piden algunos, vale la pena hablarlo.
mutuality-missing-title = Lo que falta arriba
mutuality-confirmed = De lo que alguien dijo que llegó, el { $percent } % tiene la palabra de ambas partes. Solo eso se cuenta.
mutuality-confirmed-none = De lo que alguien dijo que llegó, casi nada tiene la palabra de ambas partes.
mutuality-guarded = El { $percent } % fue para alguien cuyo nombre o necesidad está protegido.
mutuality-guarded-none = Casi nada fue para alguien cuyo nombre o necesidad esté protegido.
mutuality-missing-how = Promesas de las que al menos una parte dijo que algo llegó. Lo que hicieron personas que se han ido desde entonces y fueron olvidadas no se cuenta.
mutuality-missing-not = Cuánta ayuda no se apunta nunca, no lo sabe nadie. Preguntaos una vez al año.

mutuality-last-title = ¿Seguirá aquí el año que viene?
mutuality-last-lead = Lo que mantenemos también cuando no arde nada.
mutuality-standing-title = Tareas permanentes y crisis
mutuality-standing = El { $percent } % de lo que se hizo lo hicieron tareas permanentes.
mutuality-standing-none = Nada, o casi nada, lo hicieron tareas permanentes.
mutuality-crisis = El { $percent } % fue parte de una ronda de crisis.
mutuality-crisis-none = Nada, o casi nada, fue parte de una ronda de crisis.
mutuality-lasting = Cerca del { $percent } % de nuestras tareas dura más de un año.
mutuality-lasting-unknown = Hay menos de ocho tareas: muy pocas para decir cuánto duran aquí.
mutuality-deeds-for-ten = Por cada diez necesidades y ofertas que cualquiera pudo leer, { $count } cosas llegaron o turnos se cumplieron.
mutuality-standing-how = Los turnos, y lo que se llevó en nombre de una tarea, de todo lo que se hizo; las necesidades de rondas, de lo mismo. Cuánto duran las tareas se estima según Kaplan y Meier; una que duerme más de medio año cuenta como terminada.
mutuality-standing-not = Una crisis no es culpa nuestra. Comparaos con vuestro propio pasado, con nadie más.
mutuality-kept-title = Turnos cumplidos
mutuality-reliability = El { $percent } % de los turnos que tocaban se cumplió, por quien fuera.
mutuality-reliability-none = No se cumplió ninguno, o casi ninguno, de los turnos que tocaban.
mutuality-turns-none-due = No tocaba ningún turno.
mutuality-cover = El { $percent } % de los turnos que se dieron a la bolsa lo usó alguien.
mutuality-cover-none = Ninguno de los turnos que se dieron a la bolsa se usó, o menos de cinco.
mutuality-exempt = El { $percent } % de nosotros no hace turnos por ahora, o la mitad, que es derecho de cualquiera.
mutuality-exempt-none = Nadie, o menos de cinco de nosotros, descansa de los turnos.
mutuality-exempt-all = Todos nosotros, o todos menos unos pocos (menos de cinco), descansamos de los turnos por ahora.
mutuality-weeks = Semana a semana: en { $full } de { $weeks } semanas con turnos se cumplieron todos.
mutuality-kept-how = Un turno cuenta como cumplido si alguien vino. Se cuenta por tarea y por semana. En el dibujo cada columna es una semana: lo cumplido está lleno, lo demás es un contorno.
mutuality-kept-not = Un turno que nadie anotó cuenta como no cumplido.
mutuality-missed-title = ¿Qué se echaría de menos el lunes?
mutuality-missed-lead = Lo que llamamos esencial, y en cuántas semanas del año estuvo:
mutuality-missed-none = Ninguna tarea dice aún por qué se echaría de menos.
mutuality-function = { $name }: { $weeks } de 52 semanas.
mutuality-function-no-gap = { $name }: { $weeks } de 52 semanas, y desde hace más de un año sin interrupción.
mutuality-function-not-yet = { $name }: nombrado, aún sin hacer.
mutuality-missed-how = Una semana cuenta si en ella se cumplió un turno de una tarea con esa palabra. Una interrupción son dos periodos de la tarea sin turno cumplido.
mutuality-missed-not = No sabe para quién fue cosa de llegar al final de la semana.
mutuality-stayed-title = Después de la última ronda de crisis
mutuality-stayed-short = El { $percent } % de quienes participaron hizo o pidió algo en los tres meses siguientes.
mutuality-stayed-half = En los tres meses hasta medio año después, lo hizo el { $percent } %.
mutuality-stayed-year = En los tres meses hasta un año después, lo hizo el { $percent } %.
mutuality-stayed-all = Todas las personas que participaron, o todas menos unas pocas (menos de cinco), seguían ahí después.
mutuality-stayed-unknown = No hubo ronda hace tanto, o participaron muy pocas personas.
mutuality-stayed-how = Quienes pidieron o prometieron algo en la ronda. Volver a pedir cuenta tanto como dar. Quien descansó de los turnos, o se ha ido, no cuenta como perdido.
mutuality-stayed-not = No sabe a quién conocimos sin apuntarlo.
mutuality-ties-title = Lazos nuevos
mutuality-ties = El { $percent } % de lo que se hizo entre dos personas se hizo entre dos que no se habían encontrado aquí antes.
mutuality-ties-none = Nada, o casi nada, se hizo entre dos personas que no se hubieran encontrado aquí antes.
mutuality-bridges = El { $percent } % de lo que se hizo entre dos personas se hizo entre dos que leen estas páginas en lenguas distintas.
mutuality-bridges-none = Nada, o casi nada, se hizo entre dos personas que leen estas páginas en lenguas distintas.
mutuality-ties-how = Se cuenta para todos a la vez; nadie puede preguntarlo de una persona ni de dos. Las lenguas se cuentan entre quienes eligieron una.
mutuality-ties-not = No sabe quién se hizo amigo, ni quién prefiere que le dejen en paz.

mutuality-hands-title = ¿En manos de quién está?
mutuality-hands-lead = Lo que depende de pocas personas, y lo que viene de fuera.
mutuality-bus-title = Si alguien faltara
mutuality-bus = No hay nada que puedan abrir menos de { $count } personas.
mutuality-bus-one = Hay algo que tiene una sola persona. Si falta, nadie puede abrirlo.
mutuality-bus-nobody = Hay algo que no tiene nadie.
mutuality-bus-unknown = Aún no hay nada que tener.
mutuality-rotation = El { $percent } % de los mandatos que terminaron pasó a otra persona.
mutuality-rotation-none = Ninguno de los mandatos que terminaron pasó a otra persona, o menos de cinco.
mutuality-months-in-role = Un cargo suele tenerlo la misma persona { $count ->
    [one] un mes
   *[other] { $count } meses
 }.
mutuality-term-until = hasta el { $date }
mutuality-term-over = el mandato ha terminado
mutuality-term-none = nadie la lleva
mutuality-term-deputy = alguien suple
mutuality-term-no-deputy = nadie suple
mutuality-bus-how = El menor número de personas que tienen una tarea, un cargo o la casa, con quienes suplen. En el dibujo cada barra llega tan lejos en el año que viene como el mandato.
mutuality-bus-not = No sabe de llaves ni números que no están apuntados aquí.
mutuality-coordinating-title = El trabajo de coordinar
mutuality-coordinating = El trabajo de coordinar es como si lo { $count ->
    [one] llevara una persona
   *[other] llevaran { $count } personas
 }.
mutuality-coordinating-unknown = No hay nada apuntado del trabajo de coordinar.
mutuality-coordinating-how = Actos que están en el registro, y notas después de los turnos. Como si fueran tres personas quiere decir: tan desigual como si tres lo hicieran todo por igual.
mutuality-coordinating-not = No sabe de las llamadas por teléfono.
mutuality-outside-title = Lo que viene de fuera
mutuality-outside = El { $percent } % de lo que recibimos vino de fuera: de otros colectivos.
mutuality-outside-none = Nada, o casi nada, vino de fuera.
mutuality-strings = El { $percent } % del dinero y las cosas de fuera tiene una condición o un informe atado.
mutuality-strings-none = Nada de fuera tiene una condición atada, o menos de cinco cosas la tienen.
mutuality-outside-how = Lo que trajeron otros colectivos, de todo lo que aquí recibieron personas y tareas.
mutuality-outside-not = Lo que viene de fuera no tiene por qué ser malo. La pregunta es qué quedaría sin ello.
mutuality-causes-title = Lo que vuelve una y otra vez
mutuality-causes = De las causas que vuelven una y otra vez, el { $percent } % tiene una respuesta nuestra que sigue abierta.
mutuality-causes-none = Ninguna causa que vuelve una y otra vez tiene respuesta nuestra.
mutuality-causes-unknown = Ninguna causa apareció en tres de los últimos cuatro trimestres.
mutuality-causes-how = Causas que tuvieron al menos ocho necesidades en tres de los últimos cuatro trimestres, y si les responde un proyecto, una campaña, una exigencia o un acuerdo.
mutuality-causes-not = Nadie tiene que decir qué hay detrás de una necesidad, así que lo más no se cuenta.
mutuality-needs-title = De quién son las necesidades
mutuality-newcomers = El { $percent } % de las necesidades vino de personas que llevaban aquí menos de tres meses.
mutuality-newcomers-none = Ninguna necesidad, o casi ninguna, vino de personas nuevas aquí.
mutuality-core = El { $percent } % de las necesidades vino de personas que no tienen ningún cargo.
mutuality-core-none = Ninguna necesidad, o casi ninguna, vino de personas sin cargo.
mutuality-unmet = El { $percent } % de las necesidades que ya terminaron no tuvo respuesta.
mutuality-unmet-none = Casi ninguna necesidad se quedó sin respuesta.
mutuality-waiting-languages = Según la lengua en que se pide: las respuestas más rápidas suelen tardar { $fastest }; las más lentas, { $slowest }.
mutuality-waiting = Donde antes llegan las respuestas suelen tardar { $fastest }; donde más, { $slowest }.
mutuality-within-an-hour = una hora
mutuality-hours = { $count } horas
mutuality-days = { $count } días
mutuality-attention-even = Las respuestas se reparten por igual entre las necesidades.
mutuality-attention-uneven = Las respuestas se reparten de forma desigual: unas necesidades recibieron mucho, otras poco.
mutuality-needs-how = Necesidades que se publicaron en estos meses. La espera se cuenta por clase de necesidad, en las clases con al menos cinco respuestas.
mutuality-needs-not = No sabe quién no llegó ni a pedir aquí.
