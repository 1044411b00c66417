steward-title = Cuidar la casa
steward-link-title = Un enlace para { $name }
steward-link-hint = Solo se muestra ahora y sirve una vez. Dáselo en mano o en un mensaje que nadie más lea.
steward-queue = De camino a otros lugares
steward-queue-empty = Todo ha llegado.
steward-queue-waits = { $count ->
    [one] { $count } mensaje espera.
   *[other] { $count } mensajes esperan.
}
steward-queue-troubled = { $count ->
    [one] Conviene mirar { $count } servidor.
   *[other] Conviene mirar { $count } servidores.
}
steward-queue-more = Ver los servidores
steward-replies = Respuestas de fuera
steward-replies-empty = Todavía no hay respuestas.
steward-reply-to = Sobre: { $title }
steward-reports = Avisos de otros servidores
steward-reports-hint = Gente de otros servidores os avisa de esto. No se dice quién.
steward-members = Quienes formamos parte
steward-member-since = desde { $date }
steward-member-steward = cuida la casa
steward-make-link = Hacer un enlace
steward-make-link-for = Hacer un enlace para que entre { $name }
steward-add = Abrirle la puerta a alguien
steward-add-name = Nombre
steward-add-hint = El nombre que usa. No tiene que ser el de sus papeles.
steward-add-steward = También cuida la casa
steward-add-button = Hacer su enlace
steward-pacts-hint = Mostrarse lo que no es para todo el mundo, y responderse.
steward-pacts-more = Ver los pactos
steward-following = Colectivos que seguimos
steward-following-empty = Todavía ninguno. Sigue a un colectivo vecino y lo que le hace falta aparecerá en nuestro tablón.
steward-following-asked = pedido, falta que digan que sí
steward-following-following = lo seguimos
steward-following-declined = dijeron que no
steward-follow = Seguir a otro colectivo
steward-follow-hint = Su dirección: @mill@mill.example, o el enlace de su página.
steward-follow-button = Seguir
follow-address-missing = Di una dirección, como @mill@mill.example.
follow-not-reachable = No encontramos ningún colectivo en esa dirección. Revísala o prueba más tarde.
steward-follow-done = Se lo pedimos a { $name }. Aparecerá en el tablón cuando diga que sí.
steward-unfollow = Dejar de seguir
steward-unfollow-name = Dejar de seguir a { $name }
steward-unfollow-done = Ya no seguimos a { $name }.
steward-followers = Quién nos sigue
steward-followers-hint = Ven lo que es público. Seguir no es formar parte.
steward-followers-empty = Nadie todavía. Cuenta por ahí nuestra dirección.
