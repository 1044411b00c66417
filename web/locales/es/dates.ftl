# Cómo se dicen los días y las horas. $weekday empieza en 1 (lunes), $month en 1 (enero).
date-weekday = { $weekday ->
    [1] lunes
    [2] martes
    [3] miércoles
    [4] jueves
    [5] viernes
    [6] sábado
   *[7] domingo
}
date-month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
date-day = { $weekday } { $day } de { $month }
date-day-year = { $day } de { $month } de { $year }
date-day-time = { $date }, { $time }
date-today = hoy
date-yesterday = ayer
