# How days and times are said. $weekday counts from 1 (Monday), $month from 1 (January).
date-weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
date-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date-day = { $weekday } { $day } { $month }
date-day-year = { $day } { $month } { $year }
date-day-time = { $date }, { $time }
date-today = today
date-yesterday = yesterday
