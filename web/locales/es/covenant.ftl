# Lo que nos debemos, en sus versiones, y textos para empezar.
covenant-section = Lo que nos debemos
covenant-read = Leerlo como lo leen los miembros
covenant-since = En vigor desde el { $date }.
covenant-old = Esta es una versión anterior.
covenant-newest = Lee la más nueva
covenant-asks = ¿Dices que sí a esto?
covenant-asks-again = Dijiste que sí a la versión { $version }. ¿Dices que sí también a esta?
covenant-asks-hint = No se te cierra nada si esperas o no quieres, y a nadie se le muestra quién dijo que sí. Si algo te preocupa, llévalo a la asamblea.
covenant-said-yes = Dijiste que sí a esta versión.
covenant-agreed = Gracias por tu sí.
covenant-changes = Qué cambió desde la versión { $version }
covenant-line-new = Nuevo:
covenant-line-gone = Quitado:
covenant-versions = Todas las versiones
covenant-version = Versión { $version }
covenant-from-the-beginning = desde el principio
covenant-begin = Textos para empezar
covenant-begin-hint = Elige el que más se os parezca y cambia lo que no sea vuestro. No se guarda nada antes de ponerlo en vigor.
covenant-text-hint = Una parte lleva el título «Lo que nos debemos». Basta una frase. Las líneas que empiezan con ## son títulos.
covenant-template-street-title = Una calle: vecinas y vecinos que se cuidan
covenant-template-street = ## Quiénes somos

    Vivimos en la misma calle y nos cuidamos. Quien vive aquí puede unirse.

    ## Lo que nos debemos

    A quien pide se le escucha, y no tiene que decir por qué. Nadie cuenta quién dio qué.

    Lo que hay que hacer para todos nos lo repartimos por turnos: el armario, el tablón, las veladas. Quien no puede lo dice, sin razones.

    Lo que oímos de los demás se queda en la calle.

    ## Cómo decidimos

    Lo que toca a todos lo decidimos entre todos. Buscamos aquello a lo que nadie objeta. Las tareas tienen un plazo, y después puede seguir otra persona.

    ## Cuando algo sale mal

    Primero hablamos, con otra persona si eso ayuda. Nadie se queda sin ayuda por una pelea.
covenant-template-kitchen-title = Una cocina: gente que cocina y come junta
covenant-template-kitchen = ## Quiénes somos

    Cocinamos y comemos juntos. Cualquiera puede venir a comer, sea miembro o no.

    ## Lo que nos debemos

    Cada comida necesita gente: nos turnamos para cocinar, fregar y traer. Quien viene por primera vez viene con alguien que sabe cómo se hace.

    Si no puedes venir, dilo a tiempo; no hace falta una razón. Otra persona te cubre, y no se lo debes.

    Dejamos la cocina como nos gusta encontrarla. Quien está mal, o no da abasto, viene a comer y nada más.

    ## Cómo decidimos

    El plan, el dinero de la lata y las llaves están abiertos a cada miembro. Decidimos juntos, y lo decidido se escribe.

    ## Cuando algo sale mal

    Lo decimos pronto y a la persona. Si no basta, otras dos se sientan con ambas.
covenant-template-house-title = Una casa: gente bajo un mismo techo
covenant-template-house = ## Quiénes somos

    Compartimos una casa: la escalera, el patio, las herramientas y a veces los problemas.

    ## Lo que nos debemos

    A cada cual le toca por turnos lo que la casa necesita: escalera, basura, caldera, las cosas comunes. Quien es mayor, está mal o acaba de llegar dice qué le es posible.

    Si alguien está en apuros, alquiler, enfermedad, una carta de una oficina, lo miramos juntos antes de que sea tarde.

    La llave prestada vuelve. Lo que se rompe se dice, y lo arreglamos juntos.

    ## Cómo decidimos

    Nos reunimos una vez al mes. Quien lleva el dinero, las llaves y las cartas lo hace por un año como mucho.

    ## Cuando algo sale mal

    De noche llamamos a la puerta; al día siguiente hablamos. Nadie llama a una autoridad contra un vecino antes de hablar, salvo que alguien esté en peligro.
