//! Words of an illness, a death or violence, in every language in which people write here (mission
//! E15): after a need that says one, nobody is asked anything. Where in doubt it is quiet, because
//! nobody misses a question; so a text is looked through in all languages, whatever it says of
//! itself, and words that mean something usual in another language are left out.

/// The words by language, with `|` between them: beginnings of words, or whole words where `=` stands
/// before them.
pub const QUIET: [(&str, &str); 32] = [
    ("am", "ቀብር|ለቅሶ|ሀዘን|ሐዘን|ሞት|ሞተ|ሕመም|ህመም|ታመመ|ታማሚ|በሽታ|ሆስፒታል|ካንሰር|ጥቃት"),
    (
        "ar",
        "جنازة|جنازه|دفن|عزاء|حداد|وفاة|توفي|توفت|متوفى|موت|مرض|مريض|مستشفى|سرطان|\
         جراحة|عنف|اعتداء",
    ),
    (
        "bg",
        "погреб|траур|смърт|умря|почина|болест|болен|болна|болни|=рак|химиотер|\
         насили|побой",
    ),
    (
        "bn",
        "জানাজা|দাফন|শ্রাদ্ধ|শেষকৃত্য|শোক|মৃত্যু|মারা গে|অসুস্থ|অসুখ|রোগ|হাসপাতাল|\
         ক্যান্সার|সহিংস|নির্যাতন",
    ),
    (
        "ca",
        "enterr|vetll|sepeli|=mort|=morta|=morts|morir|malalt|càncer|quimio|violèn|\
         maltract|agressi|cirurg",
    ),
    (
        "de",
        "begräbnis|beerdig|bestatt|beisetz|trauer|=tod|todesf|gestorben|verstorben|\
         =starb|sterbe|krank|krebs|klinik|operiert|gewalt|misshand|geschlagen|\
         frauenhaus",
    ),
    (
        "el",
        "κηδεί|κηδει|ταφή|ταφη|πένθ|μνημόσυν|θάνατ|θανατ|πέθαν|πεθαν|άρρωστ|αρρωστ|\
         ασθέν|ασθεν|νοσοκομ|καρκίν|καρκιν|χημειοθερ|εγχείρ|=βία|=βίας|κακοποί",
    ),
    (
        "en",
        "funeral|burial|=bury|=wake|cremat|coffin|=grave|mourn|grief|griev|death|\
         died|dying|=dead|suicid|miscarr|stillb|illness|=ill|sick|disease|hospi|\
         surgery|cancer|chemo|violen|abus|beaten|assault|shelter",
    ),
    (
        "es",
        "entierro|velorio|sepelio|ataúd|luto|duelo|muerte|muert|murió|falleci|enferm|\
         cáncer|quimio|cirug|maltrat|agresi",
    ),
    ("eu", "hileta|ehorzk|lurperat|heriotz|=hil|gaixo|ospital|minbizi|indarkeria"),
    (
        "fa",
        "تشییع|خاکسپاری|مجلس ختم|عزادار|سوگ|مرگ|فوت کرد|درگذشت|بیمار|مریض|سرطان|\
         جراحی|خشونت|کتک",
    ),
    (
        "fr",
        "obsèq|enterrem|funér|deuil|décéd|décès|=morte|=mourir|malad|hôpital|chimio|\
         chirurg|maltrait|agressi",
    ),
    (
        "gl",
        "enterro|velorio|loito|=morte|morreu|faleceu|enferm|doenz|cancro|maltrat|\
         agresión",
    ),
    (
        "hi",
        "अंतिम संस्कार|श्मशान|तेरहवीं|शोक|मृत्यु|मौत|निधन|देहांत|बीमार|रोग|अस्पताल|\
         कैंसर|ऑपरेशन|हिंसा|मारपीट",
    ),
    (
        "it",
        "lutto|sepolt|cimiter|=morto|=morti|defunt|decedut|malat|ospedal|tumor|\
         chemio|maltratt|aggressi",
    ),
    ("ku", "cenaze|sersaxî|veşartin|=mirin|=mirî|nexweş|penceşêr|tundî|tundûtûjî"),
    (
        "nl",
        "begrafenis|uitvaart|rouw|overleden|overlijd|gestorven|=dood|ziek|kanker|\
         geweld|mishandel",
    ),
    (
        "pl",
        "pogrzeb|żałob|śmier|zmarł|umarł|umier|chorob|=chory|=chora|szpital|=rak|\
         =raka|przemoc|pobici",
    ),
    ("ps", "جنازه|فاتحه|مرګ|وفات|مړ شو|ناروغ|روغتون|سرطان|تاوتریخوالی"),
    (
        "pt",
        "enterro|velório|luto|=morte|morreu|falec|doenç|doente|câncer|cirurgia|\
         violên|agress",
    ),
    (
        "ro",
        "înmormânt|inmormant|doliu|deces|=moarte|=moartea|=murit|bolnav|=boală|\
         =boala|spital|chimio|agresi",
    ),
    (
        "ru",
        "похорон|поминк|траур|смерт|умер|болезн|болеет|заболе|больн|=рак|=рака|\
         химиотер|насил|побои",
    ),
    (
        "so",
        "janaas|janaazo|=aaska|tacsi|geeri|dhimat|dhint|jirran|bukaan|xanuun|\
         isbitaal|cusbitaal|kansar|rabshad",
    ),
    ("sq", "varrim|vdekj|vdiq|sëmur|semur|kancer|dhunë|dhuna"),
    (
        "sw",
        "mazishi|msiba|tanzia|kifo|amekufa|alikufa|wamekufa|fariki|amefariki|mgonjwa|\
         wagonjwa|ugonjwa|saratani|=kansa|upasuaji|ukatili|vurugu",
    ),
    ("ti", "ቀብሪ|ሓዘን|ሞት|ሞይቱ|ሕማም|ሕሙም|ሓሚመ|ሓሚሙ|ሆስፒታል|መንሽሮ|ዓመጽ"),
    (
        "tl",
        "libing|burol|lamay|nakikiramay|=patay|namatay|kamatayan|pumanaw|yumao|sakit|\
         maysakit|nagkasakit|kanser|karahasan|bugbog|binugbog",
    ),
    (
        "tr",
        "cenaze|taziye|defin|ölüm|öldü|vefat|hastane|hastal|hastayım|hastası|kanser|\
         ameliyat|şiddet|dayak",
    ),
    (
        "uk",
        "похорон|поминк|жалоб|смерт|помер|хвороб|хвор|лікарн|=рак|=раку|хіміотер|\
         насил|побит",
    ),
    ("ur", "جنازہ|تدفین|تعزیت|سوگ|وفات|موت|بیمار|مریض|ہسپتال|کینسر|سرطان|آپریشن|تشدد"),
    (
        "vi",
        "đám tang|tang lễ|mai táng|chôn cất|qua đời|chết|bệnh|ung thư|hóa trị|\
         phẫu thuật|bạo lực|bạo hành",
    ),
    (
        "zh",
        "葬|丧|喪|去世|过世|過世|逝世|死|病|医院|醫院|住院|癌|化疗|化療|手术|手術|暴力|虐待|殴打|毆打",
    ),
];

/// Languages in which such a word may stand anywhere: nothing stands between words, something stands
/// before them, or letters are written with signs that do not count as letters.
const ANYWHERE: [&str; 10] = ["am", "ar", "bn", "fa", "hi", "ps", "ti", "ur", "vi", "zh"];

/// Whether a text says one of these words.
pub fn names_it(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).collect();
    QUIET.iter().any(|(language, quiet)| {
        let is_anywhere = ANYWHERE.contains(language);
        quiet.split('|').any(|quiet| match quiet.strip_prefix('=') {
            Some(whole) => words.contains(&whole),
            None if is_anywhere => lower.contains(quiet),
            None => words.iter().any(|word| word.starts_with(quiet)),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e15_an_illness_a_death_or_violence_is_heard_in_every_language() {
        let said = [
            ("am", "ከቀብር በኋላ ምግብ"),
            ("ar", "طعام بعد الجنازة"),
            ("bg", "Храна след погребение"),
            ("bn", "হাসপাতালে যাওয়ার গাড়ি"),
            ("ca", "Sopa per a una veïna malalta"),
            ("de", "Essen nach der Beerdigung"),
            ("el", "Φαγητό μετά την κηδεία"),
            ("en", "Meals after the funeral"),
            ("es", "Sopa para una vecina enferma"),
            ("eu", "Zopa gaixo dagoen bizilagun batentzat"),
            ("fa", "غذا برای یک همسایه بیمار"),
            ("fr", "Un repas après l'enterrement"),
            ("gl", "Caldo para unha veciña enferma"),
            ("hi", "अस्पताल तक गाड़ी"),
            ("it", "Un passaggio in ospedale"),
            ("ku", "Xwarin ji bo cînareke nexweş"),
            ("nl", "Eten na de begrafenis"),
            ("pl", "Podwózka do szpitala"),
            ("ps", "د ناروغ ګاونډي لپاره ډوډۍ"),
            ("pt", "Comida depois do enterro"),
            ("ro", "Un drum până la spital"),
            ("ru", "Еда после похорон"),
            ("so", "Gaadhi isbitaalka"),
            ("sq", "Ushqim pas varrimit"),
            ("sw", "Chakula baada ya mazishi"),
            ("ti", "መግቢ ድሕሪ ቀብሪ"),
            ("tl", "Pagkain sa lamay"),
            ("tr", "Hastaneye gidecek araba"),
            ("uk", "Їжа після похорону"),
            ("ur", "ہسپتال تک سواری"),
            ("vi", "Cơm sau tang lễ"),
            ("zh", "葬礼后的饭菜"),
        ];
        for ((language, _), (spoken, text)) in QUIET.iter().zip(said) {
            assert_eq!(*language, spoken);
            assert!(names_it(text), "{language}: {text}");
        }
    }

    #[test]
    fn usual_words_of_one_language_are_not_those_of_another() {
        for text in [
            "Until today we have all of it",
            "Hasta el martes, para todes",
            "Tot el que cal",
            "Alles doen wat nodig is",
            "معلومات عن كرة القدم",
            "فوتبال برای بچه ها",
            "لومړی ټولګی",
            "Nataka kufanya kazi",
            "Bir bardak dolu su",
            "Mortgage papers",
            "AA batteries",
            "借一把梯子",
            "Một cái thang",
        ] {
            assert!(!names_it(text), "{text}");
        }
    }
}
