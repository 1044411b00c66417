# Lo que escribe gente desconocida y nadie ha mirado todavía, y el modo prudente.
held-title = Retenido
held-lead = Lo que nos escribió gente que no conocemos. Nadie recibió respuesta, y los miembros no ven nada, hasta que alguien de vosotras lo deje pasar.
held-link = { $count ->
    [0] No hay nada retenido
    [one] Hay una cosa retenida
   *[other] Hay { $count } cosas retenidas
  }
held-asking = Alguien pide
held-asking-hint = Esto parece escrito por personas y no por una máquina: miradlo uno por uno. A quien se deja pasar una vez no se le retiene más.
held-asking-none = Nadie, por lo que podemos ver.
held-alike = Las mismas palabras una y otra vez
held-alike-hint = Lo que decidáis vale para todo lo del grupo que había llegado al abrir esta página. Lo apartado se guarda un mes.
held-alike-title = { $count } parecidos de { $hosts ->
    [one] un servidor
   *[other] { $hosts } servidores
  }
held-hosts = Por servidor
held-hosts-hint = Todo lo retenido de un servidor, salvo lo que parece de alguien que pide.
held-host-title = { $host }: { $count }
held-no-words = Sin palabras, solo nombres, imágenes o enlaces.
held-let-in = Dejarlo pasar
held-aside = Apartar
held-let-in-all = Dejar pasar todo
held-aside-all = Apartar todo
held-block-open = Bloquear servidores
held-block-hint = De un servidor bloqueado no llega nada más, tampoco de su gente. Lo retenido de él se aparta. Dura una semana; en la página de reglas sobre servidores puedes quitarlo o hacer uno que se quede.
held-block-button = Bloquear lo marcado
held-block-reason = De ahí llegó mucho spam.
held-counted = En algunas horas llegó tanto que solo se guardó una parte: se contaron { $count } más de { $hosts ->
    [one] un servidor
   *[other] { $hosts } servidores
  }. Entre eso no había nada que pareciera una necesidad.
held-put-aside = Apartado, y parece una necesidad
held-put-aside-hint = Se guarda un mes, por si fue un error.
held-let-in-done = Se dejó pasar: { $count }.
held-aside-done = Apartado: { $count }. Se guarda un mes.
held-blocked-done = Servidores bloqueados: { $count }.
held-because-alike = Retenido porque las mismas palabras llegaron de varios servidores en pocos minutos.
held-because-careful = Retenido porque ahora estamos en modo prudente.
held-because-stranger = Retenido porque aquí nadie conoce todavía a quien lo escribió ni a su servidor.
careful-title = Modo prudente
careful-now = Ahora estamos en modo prudente.
careful-until = Estamos en modo prudente hasta el { $date }.
careful-by-itself = Llegó muchísimo y no había nadie de vosotras: estamos en modo prudente hasta el { $date }.
careful-hint = En modo prudente se retiene todo lo que escribe gente desconocida y nadie entra sin invitación. Miembros, seguidores y pactos no notan nada. Empieza por sí solo cuando hay mucho retenido y nadie que cuide la casa ha venido en seis horas.
careful-hours = Durante cuántas horas
careful-begin = Empezar el modo prudente
careful-end = Volver a lo de siempre
careful-began-done = Estamos en modo prudente hasta el { $date }.
careful-ended-done = Todo vuelve a ser como siempre. Lo retenido sigue retenido hasta que lo miréis.
careful-join = Ahora solo se entra con invitación. Pide una a alguien de aquí, o vuelve en unos días.
refusal-careful-too-long = Elige entre una hora y siete días.
refusal-careful-now = Ahora solo se entra con invitación.
