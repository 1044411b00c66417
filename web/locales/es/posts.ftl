posts-warning = Advertencia de contenido: { $warning }
posts-sensitive = Imágenes que quien escribe no muestra enseguida
posts-other-language = Quien lo escribió lo hizo en varios idiomas.
posts-written-in = Quien lo escribió lo hizo en varios idiomas, primero en: { $language }
posts-poll-one = Una pregunta con una respuesta, hecha en otro servidor:
posts-poll-several = Una pregunta con varias respuestas, hecha en otro servidor:
posts-poll-over = Una pregunta que se hizo en otro servidor y ya terminó:
posts-poll-choice = { $choice } ({ $count })
posts-picture = Imagen: { $words }
posts-picture-without-words = Una imagen. Quien la publicó no dijo qué se ve.
posts-more = { $count ->
    [one] Hay un archivo más junto al original.
   *[other] Hay { $count } archivos más junto al original.
}
error-picture-title = Esta imagen no se puede mostrar
error-picture-what = Su servidor no responde, o lo que envió no es una imagen que pasemos.
error-picture-next = Mira la publicación original o inténtalo más tarde.
