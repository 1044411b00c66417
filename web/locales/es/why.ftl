# ¿Por qué es así? Páginas cortas, con palabras llanas, donde se espera otra cosa.
why-title = ¿Por qué es así?
why-lead = Algunas cosas que en otros sitios son normales aquí faltan. Es a propósito. Aquí está por qué.
why-others = Más como esta
why-link-free = Por qué nadie tiene que dar primero
why-link-stories = Por qué sin historia y sin foto
why-link-counts = Por qué no hay cuentas sobre personas
why-link-popular = Por qué este orden
why-link-owing = Por qué nadie debe nada
why-link-majority = Por qué pedir sigue abierto
why-link-rounds = Por qué una ronda termina
why-link-numbers = Por qué los números se redondean o faltan
why-link-following = Por qué seguir no es ser miembro
why-page-free = ¿Por qué puede pedir todo el mundo?
why-page-free-text = Quien necesita algo puede pedirlo: hoy, sin haber aportado nada, sin decir por qué, sin enseñar un papel.

    Si la ayuda hubiera que ganársela, recibiría menos quien ahora mismo menos puede dar: quien acaba de tener un bebé, quien tiene una enfermedad, quien trabaja en dos sitios. Y da vueltas: quien pide este año lleva las cajas el que viene, o nunca, y está bien así.

    Por eso el programa no mira lo que alguien dio cuando pide. No podría: no lo guarda en ningún sitio.

    Entre miembros hay una diferencia: lo que hay que hacer nos lo repartimos por turnos. Lo hemos acordado, y nos toca a todo el grupo.
why-page-counts = ¿Por qué no hay cuentas sobre personas?
why-page-counts-text = Aquí no hay ningún número al lado de un nombre: ni cuántas veces ayudó alguien, ni cuánto, ni desde cuándo sin parar.

    En cuanto existe un número así, se lee como una nota. Hay quien lo colecciona, hay quien se siente vigilado, y quien ahora no puede mucho deja de venir.

    Sí queremos saber si el trabajo se hace. Por eso contamos el trabajo: la cocina del martes va 3 de 4. Quién más viene es una pregunta a todo el grupo, no a una persona.

    Tu propia página te muestra lo que pediste y prometiste, como un diario. No suma nada.
why-page-popular = ¿Por qué no hay «me gusta», y por qué este orden?
why-page-popular-text = En el tablón va primero lo que menos respuesta ha tenido, y de eso lo que más lleva esperando. Nada sube porque se comparta mucho, porque tenga foto o porque esté bien escrito.

    Donde lo popular va primero, unos pocos reciben demasiado y el resto nada. Con nuestro orden quince manos llegan a diez necesidades; con el otro llegan a cinco.

    Cambiar el texto o añadir una foto no mueve nada. Las respuestas se leen, y no se cuentan.
why-page-owing = ¿Por qué aquí nadie debe nada?
why-page-owing-text = Aquí no hay cuentas de horas ni de favores, ni nada tiene etiqueta. No se puede ahorrar y no se puede acabar.

    Una hora de escuchar y una hora de cargar no son lo mismo ni se cambian una por otra, y quien tiene que calcular pide menos. Quien más necesita pedir sería quien antes dejaría de hacerlo.

    Las cosas vuelven de otra manera: por muchos caminos pequeños, durante años, a través de gente que no conoces. De vez en cuando miramos juntos si es así, para todo el grupo y para nadie en particular.
why-page-reasons = ¿Por qué nadie tiene que decir por qué no puede venir?
why-page-reasons-text = Si no puedes con tu turno, dilo con un toque. Si necesitas descansar de los turnos, del todo o a medias, una semana o para siempre, hazlo. Nadie pide una razón, y ninguna lista lo muestra.

    Una razón la tiene que juzgar alguien. Entonces la enfermedad vale más que el cansancio, y descansa quien mejor lo cuenta. Preferimos fiarnos y buscar a alguien que cubra.

    Quien descansa lo conserva todo: pide, decide con el resto, puede tener un cargo.
why-page-stories = ¿Por qué no pedís ni historia ni foto?
why-page-stories-text = Para pedir mantas basta con decir: mantas, diez, para el viernes. No quién tiene frío, ni cómo se llegó a eso.

    Donde se piden historias, la más conmovedora se lleva más, y la gente tiene que abrir su vida ante desconocidos. Lo que una vez está en la red se queda allí.

    Puedes añadir una foto de la cosa, si ayuda a encontrar la que sirve. No cambia nada en el orden.
why-page-rounds = ¿Por qué terminan las rondas?
why-page-rounds-text = Cuando crece el río hace falta mucho a la vez, y ayuda mucha gente que nunca lo hizo. Eso es una ronda. Tiene un último día, como mucho a 90 días; la asamblea puede renovarla, pero tiene que hacerlo a propósito.

    Sin un final, la excepción se vuelve la regla: las mismas pocas personas corren de un fuego a otro, y nadie pregunta por qué se quema.

    Por eso cada ronda se cierra con una hoja. Cada línea se convierte en una de tres cosas: está hecha; o sigue, y nos la repartimos por turnos; o hay algo detrás, y hacemos algo al respecto.

    Pedir nunca necesita una ronda. Puedes pedir antes, durante y después.
why-page-following = ¿Por qué seguir no es ser miembro?
why-page-following-text = Cualquiera puede seguirnos desde Mastodon y parecidos, leer, responder y pedir. Para eso nadie tiene que decir que sí.

    Quien es miembro, además, decide, tiene cargos y guarda lo que es privado. Para eso conviene haberse visto y haber leído lo que nos debemos. Un clic desde lejos no basta, y está bien: si no, mil seguidores podrían decidir sobre una casa que nunca han visto.

    Quien quiera entrar encuentra la puerta en la página «Entra».
why-page-numbers = ¿Por qué los números se redondean o faltan?
why-page-numbers-text = Con poca gente, un número señala a alguien. Si en el trimestre una sola necesidad tuvo que ver con un desahucio, todo el mundo sabe de quién era.

    Por eso no mostramos nada por debajo de ocho, redondeamos lo que hay por encima y contamos solo hasta el lunes pasado, para que nadie vea qué añadió la última. Las partes se dan en pasos de cinco de cada cien.

    Si algo falta, no quiere decir que no haya nada. Quiere decir que somos pocos para decirlo sin señalar.
why-page-majority = ¿Por qué no hay una votación rápida sobre quién recibe ayuda?
why-page-majority-text = Si alguien recibe ayuda no se vota aquí. Ni una mayoría ni una sola persona puede apagarla con un clic.

    Quién perdería esas votaciones se sabe de antemano: quien acaba de llegar, quien es difícil, quien tiene pocas amistades aquí.

    Lo que sí decidimos en común es cómo trabajamos, qué nos prometemos y qué pasa cuando alguien hace daño. Incluso entonces pedir sigue abierto.
why-page-decisions = ¿Por qué las decisiones llevan su tiempo?
why-page-decisions-text = Una propuesta está abierta hasta un día que se conoce desde el principio. Hasta entonces cada cual puede cambiar de idea. Tiene que haber participado bastante gente, o no cuenta.

    Decide lo que cada cual dice por sí. Nadie tiene más voz por dar más, por llevar más tiempo o por tener un cargo. Quien descansa de los turnos decide como el resto.

    Lo que un clic decide en un minuto lo decide quien casualmente está despierto.
why-page-terms = ¿Por qué cada cargo tiene un final?
why-page-terms-text = Quien tiene un cargo lo tiene hasta un día, con alguien que puede suplir y con una lista de lo que hay que entregar.

    No es desconfianza. Quien más hace es quien se quema, y una casa que depende de una persona cae con ella. Un día en que el cargo queda libre de todos modos deja parar sin fallar a nadie, y deja que otros aprendan.

    Pasado el día, el cargo aparece como vencido. Al cabo de un tiempo ya solo puede entregar.
why-page-power = ¿Por qué todo el mundo ve quién tiene qué?
why-page-power-text = En cada grupo hay poder, también donde nadie quiere decirlo: quién tiene la llave, el dinero, la contraseña, el teléfono.

    Escondido, es de quien lo tiene. Escrito, cualquiera puede pedirlo, pasarlo y recuperarlo. Por eso los miembros ven en una página quién tiene qué, y hasta cuándo.
why-page-strings = ¿Por qué apuntamos lo que un regalo nos pide?
why-page-strings-text = El dinero y las cosas de fuera son bienvenidos, y a menudo algo cuelga de ellos: un informe, un logo, nombres, voz en lo que hacemos.

    Por eso cada uno está en un registro: de quién, para qué, con qué condiciones, hasta cuándo y quién decidió aceptarlo. Por encima de una suma que ponemos nosotros, primero lo decidimos en común.

    Un regalo es para todo el grupo. No puede ser para una persona con nombre: nadie debería tener que estar agradecido a alguien con dinero para recibir lo que necesita.
