# Lo que se avisa a los miembros. Un aviso dice que hay algo, y dónde.
notices-title = Novedades
notices-lead = Lo que otras personas hicieron y te toca. Queda aquí 90 días, y solo tú lo ves.
notices-nothing = No hay nada nuevo.
notices-header = { $count ->
    [one] { $count } nueva
   *[other] { $count } nuevas
}
notices-new = Nueva
notices-open = Ver
notices-all-read = Ya lo vi todo
notices-all-read-done = Todo queda marcado como visto.
notices-settings = Cómo se me avisa
notice-promise-made = Alguien hizo una promesa.
notice-promise-changed = Una promesa ya no está como antes.
notice-moved-up = Lo que prometiste hace falta ahora.
notice-not-needed = Lo que prometiste ya no hace falta.
notice-came = Alguien dijo que algo llegó.
notice-reply = Alguien respondió.
notice-need-expires = Esto termina pronto. ¿Sigue en pie?
notice-vouched = Ya eres miembro.
notice-sign-in-elsewhere = Alguien entró como tú en otro navegador. Si no fuiste tú, elige otra contraseña.
notice-measure = Hay una medida sobre ti.
notice-message-waits = Un mensaje espera a que alguien lo mire.
notice-held-wave = Muchas cosas están retenidas a la vez.
notice-pending-peer = Un servidor desconocido llama a la puerta.
notice-appeal = Alguien pide volver a mirar una medida.
notice-joined = Alguien se incorpora.
notice-writer-gone = Quien pidió esto borró su publicación. ¿Sigue en pie?
notice-covenant-changed = Lo que nos debemos tiene una versión nueva. ¿Dices que sí?
notice-decision-opened = Hay algo que decidir. Tienes voz.
notice-decision-closed = Una decisión está cerrada.
notice-term-over = El plazo de un cargo ha terminado. ¿Quién sigue?
notice-backup-failed = Una copia de seguridad no se pudo hacer, o no se pudo recuperar.
