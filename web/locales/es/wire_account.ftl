# Lo que va a una sola persona del fediverso que quiere entrar o unirse.
wire-code = El código para entrar en { $host } con un navegador:
wire-code-keep = Sirve diez minutos. Si no lo pediste, no hagas nada. No des el código a nadie: no lo pedimos, salvo en nuestra propia página.
wire-code-where = Se teclea aquí:
wire-code-used = Alguien acaba de entrar en { $host } con este código. Si no fuiste tú, díselo a alguien de aquí cuanto antes.
wire-code-not-in-public = Borra ese mensaje, por favor, porque cualquiera puede leerlo, y escríbelo otra vez como privado. Entonces contestamos con un código.
wire-signed-in-elsewhere = Alguien acaba de entrar en { $host } como tú, en un navegador que no conocíamos. Si no fuiste tú, elige otra contraseña y avisa a una de nosotras cuanto antes.
