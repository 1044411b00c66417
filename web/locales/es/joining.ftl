# Unirse: lo que nos debemos, avales, invitaciones.
join-title = Únete
join-lead = Lee lo que nos debemos y di cómo te llamamos. Para pedir algo no hace falta unirse a nada.
join-covenant = A qué dices que sí
covenant-first-text = ## Lo que nos debemos

    Nos pedimos lo que nos hace falta y traemos lo que podemos. Nadie cuenta quién dio qué.

    Quien necesita algo lo recibe, sea parte del grupo o no, y no tiene que decir por qué.

    Lo que oímos queda entre nosotros. No mostramos el nombre de nadie sin su sí.

    Lo que hay que hacer nos lo repartimos por turnos. Quien no puede lo dice; no pedimos razones.

    Si algo sale mal entre nosotros, lo hablamos, con otra persona si eso ayuda.

    Quien quiera irse puede, cuando quiera, y se lleva lo suyo.
join-version = Esta es la versión { $version }.
join-rule-none = Eres de los nuestros en cuanto dices que sí.
join-rule-vouches = { $count ->
    [one] Eres de los nuestros cuando alguien de aquí te avala.
   *[other] Eres de los nuestros cuando { $count } personas de aquí te avalan.
}
join-rule-vouches-or-visit = { $count ->
    [one] Eres de los nuestros cuando alguien de aquí te avala, o después de una visita.
   *[other] Eres de los nuestros cuando { $count } personas de aquí te avalan, o después de una visita.
}
join-form = Entra
join-account = Mostraste que { $address } es tuya. Entras con ella.
join-name = ¿Cómo te llamamos?
join-name-hint = El nombre que uses. Solo lo ve quien está dentro.
join-password = Una contraseña
join-agree = De acuerdo con la versión { $version }
join-talk = Antes quiero hablar con alguien
join-talk-hint = En los dos casos puedes pedir, ofrecer y prometer enseguida.
join-door-closed = Aquí se entra con una cuenta del fediverso o con una invitación. Pregunta a alguien que conozcas aquí.
join-with-account = Unirme con una cuenta del fediverso
join-member-already = ¿Ya eres de los nuestros?
join-needs-nothing = Para pedir algo no hace falta ni lo uno ni lo otro.
join-is-member = Eres de los nuestros.
join-waits = Dijiste que sí. Gracias.
join-talks = Sabemos que antes quieres hablar. Alguien va a verte, o vienes tú.
join-meanwhile = Hasta entonces puedes pedir, ofrecer y prometer. Lo que es solo para miembros lo ves después.
join-later-hint = Si ahora quieres decir que sí, puedes.
joined-member = Te damos la bienvenida, { $name }. Eres de los nuestros.
joined-newcomer = Te damos la bienvenida, { $name }. Puedes pedir, ofrecer y prometer enseguida.
joined-talk = Te damos la bienvenida, { $name }. Sabemos que antes quieres hablar. Puedes pedir y ofrecer enseguida.
joined-agreed = Gracias por tu sí.
members-title = Quién está aquí
members-lead = Nombres, y nada más. Solo los miembros ven esta página.
members-joining = Quieren unirse
members-joining-hint = Si conoces a alguien, da tu aval en su página.
member-joins = llegando
vouch-hint = Conoces a esta persona y la tendrías a tu lado. Pasado un mes tu palabra es de todos, y queda.
vouch-button = Avalo a { $name }
vouch-given = Avalaste a { $name }.
vouch-done = Gracias por avalar a { $name }.
vouch-member = { $name } ya es de los nuestros.
visit-day = { $name } nos visitó el
visit-button = Anotar la visita
visit-done = La visita de { $name } está anotada.
invite-title = Invita a alguien
invite-uses = Cuántas personas pueden unirse con el enlace (como mucho { $most })
invite-button = Hacer una invitación
invite-once = Solo se muestra ahora y sirve dos semanas. Dásela a gente que conozcas.
covenant-title = Lo que nos debemos
covenant-lead = Quien se une lee esto y dice que sí.
covenant-text = El texto
covenant-language = Su idioma
covenant-vouches = Cuántos miembros avalan a quien se une
covenant-vouches-hint = Con 0 es miembro en cuanto dice que sí.
covenant-visit = Una visita que anotó quien cuida la casa también basta
covenant-hint = Será la versión siguiente. Quien ya es miembro lo sigue siendo.
covenant-button = Ponerlo en vigor
covenant-done = La versión { $version } está en vigor.
steward-joining = Quién llega
steward-joining-talk = { $name } quiere hablar antes con alguien.
steward-joining-waits = { $name } sigue esperando que alguien le avale, desde el { $date }.
steward-joining-empty = Nadie espera.
steward-covenant-more = Lo que nos debemos
steward-members-more = Quién está aquí
front-join = Únete
error-not-yet-title = Para miembros
error-not-yet-what = Estás llegando, y esto es para quien ya es miembro.
error-not-yet-next = Alguien te avala, o nos visitas: entonces se abre. Mientras tanto puedes pedir, ofrecer y prometer.
error-invitation-title = Esta invitación ya no sirve
error-invitation-what = Se usó tantas veces como se podía, o tiene más de dos semanas.
error-invitation-next = Pide otra a quien te la dio. Para pedir algo no hace falta ninguna.
error-out-join = Cómo unirse
refusal-many-in-one-day = Desde ayer has publicado diez cosas. Guarda esta como borrador o pide a alguien del colectivo que la publique; no se pierde nada.
