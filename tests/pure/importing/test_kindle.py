"""“My Clippings.txt”, whatever language the device spoke."""

from __future__ import annotations

from datetime import date

import pytest

from journeys.importing import kindle
from journeys.importing.decoding import decode
from journeys.importing.reading import Limits, parse_text
from journeys.importing.records import FileRecord, Found, words_key
from journeys.models import ImportFormat
from tests.pure.importing import samples


def found(text: str) -> Found:
    return kindle.parse(decode(text.encode()), rows_at_most=20_000)


def parse(text: str) -> tuple[FileRecord, ...]:
    return found(text).records


def block(meta: str, text: str, title: str = "Emma (Jane Austen)") -> str:
    return f"{title}\n- {meta}\n\n{text}\n==========\n"


def test_books_are_gathered_and_their_authors_turned_round() -> None:
    assert [(book.title, book.authors) for book in parse(samples.CLIPPINGS)] == [
        ("Demian", "Hermann Hesse"),
        ("데미안 (세계문학전집 44)", "헤르만 헤세"),
        ("A Title Without Anybody", ""),
    ]


def test_a_highlight_that_was_drawn_longer_is_there_once_with_its_note_and_both_keys() -> None:
    (passage,) = parse(samples.CLIPPINGS)[0].passages
    assert passage.quote == "The bird fights its way out of the egg. The egg is the world."
    assert passage.memo == "the egg is the world"
    assert (passage.page, passage.on) == (91, date(2024, 3, 10))
    assert words_key("The bird fights its way out of the egg.") in passage.keys
    assert passage.key == words_key(passage.quote)


def test_two_highlights_in_one_place_that_share_no_words_both_stay() -> None:
    meta = "Your Highlight on page 5 | Location 70-72 | Added on 2024-03-09"
    (emma,) = parse(block(meta, "One thing.") + block(meta, "Another thing."))
    assert [passage.quote for passage in emma.passages] == ["One thing.", "Another thing."]


@pytest.mark.parametrize("meta", ["Your Highlight on page 5 | Added on x", "Your Highlight at location 70 | x"])
@pytest.mark.parametrize("text", ["아니, 그렇지만 네 말이 맞다.", "네, 그렇지만 맞다.", "그렇지 않네"])
def test_a_short_highlight_that_another_happens_to_hold_stays(meta: str, text: str) -> None:
    (book,) = parse(block(meta, "네") + block(meta, text))
    assert {passage.quote for passage in book.passages} == {"네", text}


@pytest.mark.parametrize(
    ("places", "texts", "kept"),
    [
        (("70-71", "70-73"), ("The egg is", "The egg is the world."), 1),  # its end drawn further
        (("72-73", "70-73"), ("is the world.", "The egg is the world."), 1),  # its beginning
        (("70-73", "70-71"), ("The egg is the world.", "The egg is"), 1),  # drawn shorter
        (("71-72", "70-73"), ("egg is the", "The egg is the world."), 2),  # a part of it
        (("70-71", "71-73"), ("The egg is", "The egg is the world."), 2),  # the same words further on
        (("70-71", "90-93"), ("The egg is", "The egg is the world."), 2),
    ],
)
def test_drawn_anew_is_what_begins_or_ends_in_the_same_place(
    places: tuple[str, str], texts: tuple[str, str], kept: int
) -> None:
    (book,) = parse(
        "".join(
            block(f"Your Highlight at location {place} | x", text) for place, text in zip(places, texts, strict=True)
        )
    )
    assert len(book.passages) == kept
    assert texts[1] in [passage.quote for passage in book.passages]


def test_where_only_the_page_is_known_a_longer_beginning_must_be_the_same() -> None:
    meta = "Your Highlight on page 14-14 | Added on x"
    (book,) = parse(
        block(meta, "Given the right circumstances") + block(meta, "Given the right circumstances, every one.")
    )
    assert [passage.quote for passage in book.passages] == ["Given the right circumstances, every one."]


def test_a_line_of_equals_signs_within_a_highlight_loses_nothing() -> None:
    meta = "Your Highlight on page 5 | Location 70 | Added on x"
    text = block(meta, "Before.\n==========\nAfter.\n- And so on") + block(meta.replace("70", "90"), "Next.")
    (emma,) = parse(text)
    assert [passage.quote for passage in emma.passages] == ["Before.\n==========\nAfter.\n- And so on", "Next."]


@pytest.mark.parametrize("title", ["", "  "])
def test_a_highlight_of_a_document_without_a_title_leaves_the_one_before_as_it_is(title: str) -> None:
    meta = "Your Highlight on page 5 | Location 70 | Added on x"
    untitled = block(meta, "From a document.\n==========\n- 3 of them", title) + block(meta, "", title)
    for text in (
        block(meta, "Words.") + untitled,
        untitled + block(meta, "Words."),
        block(meta, "Words.") + untitled + block(meta.replace("70", "90"), "Next."),
    ):
        assert kindle.looks_like_clippings(text)
        (emma,) = parse(text)
        assert emma.passages[0] == parse(block(meta, "Words."))[0].passages[0]
        assert found(text).left_out == {"untitled": 1, "empty": 1}


def test_a_numbered_line_after_one_of_equals_signs_is_of_the_highlight() -> None:
    meta = "Your Highlight on page 5 | Location 70 | Added on x"
    (emma,) = parse(block(meta, "Before.\n==========\n- 3 apples\n\nAfter."))
    assert [passage.quote for passage in emma.passages] == ["Before.\n==========\n- 3 apples\n\nAfter."]


def test_what_is_left_out_is_counted() -> None:
    text = (
        "words without a place\n==========\n"
        + block("Your Bookmark on page 5 | Location 70 | Added on x", "")
        + block("Ваша закладка на странице 40 | Место 600 | x", "")
        + block("Your Highlight on page 6 | Location 80 | Added on x", "")
        + block("Your Highlight on page 7 | Location 90 | Added on x", "Words.")
    )
    assert found(text).left_out == {"unreadable": 1, "bookmarks": 2, "empty": 1}
    assert len(found(text).records) == 1


def test_a_bookmark_with_words_keeps_them() -> None:
    (emma,) = parse(block("Ihr Lesezeichen auf Seite 5 | Position 70 | x", "Words."))
    assert [passage.quote for passage in emma.passages] == ["Words."]


def test_dates_of_all_english_manners_are_read() -> None:
    days = [book.passages[0].on for book in parse(samples.CLIPPINGS)]
    assert days == [date(2024, 3, 10), date(2012, 3, 4), date(2012, 3, 5)]


def test_a_korean_device() -> None:
    (demian,) = parse(samples.CLIPPINGS_KOREAN)
    (passage,) = demian.passages
    assert (passage.quote, passage.memo, passage.page) == ("새는 알에서 나오려고 투쟁한다.", "알은 세계다", 91)
    assert passage.on == date(2024, 3, 9)


def test_a_chinese_device() -> None:
    (demian,) = parse(samples.CLIPPINGS_CHINESE)
    (passage,) = demian.passages
    assert (passage.quote, passage.memo, passage.on) == ("鸟要挣脱出壳。", "蛋就是世界", date(2024, 3, 9))


def test_other_languages_and_lines_nobody_understands_keep_their_words() -> None:
    (emma,) = parse(samples.CLIPPINGS_OTHERS)
    assert [(each.quote, each.page, each.on) for each in emma.passages] == [
        ("Erstens.", 5, date(2024, 3, 9)),
        ("Segundo.", 6, date(2024, 3, 9)),
        ("第三。", 7, date(2024, 3, 9)),
        ("Fourth.", None, None),
    ]


def test_a_leading_border_and_a_note_of_nothing_are_no_trouble() -> None:
    text = (
        "==========\nEmma (Jane Austen)\n- Your Note on Location 5 | Added on Friday, March 1, 2024, 10:00 PM\n\n"
        "a thought\n==========\n==========\nbroken\n==========\n"
    )
    (emma,) = parse(text)
    said = "a thought\n==========\nbroken"
    assert [(each.quote, each.memo, each.on) for each in emma.passages] == [("", said, date(2024, 3, 1))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Demian (Hesse, Hermann)", ("Demian", "Hermann Hesse")),
        ("Til We Have Faces (Lewis, C. S. (Clive Staples))", ("Til We Have Faces", "C. S. (Clive Staples) Lewis")),
        ("데미안（헤르만 헤세）", ("데미안", "헤르만 헤세")),
        ("Good Omens (Gaiman, Neil;Pratchett, Terry)", ("Good Omens", "Neil Gaiman, Terry Pratchett")),
        ("(untitled)", ("(untitled)", "")),
        ("No author", ("No author", "")),
        ("unbalanced)", ("unbalanced)", "")),
    ],
)
def test_title_and_author_are_told_apart(text: str, expected: tuple[str, str]) -> None:
    assert kindle.title_and_authors(text) == expected


@pytest.mark.parametrize(
    "text", [samples.CLIPPINGS, samples.CLIPPINGS_KOREAN, samples.CLIPPINGS_CHINESE, "==========\n" + samples.CLIPPINGS]
)
def test_clippings_are_recognised(text: str) -> None:
    parsed = parse_text(decode(text.encode()), limits=Limits(text_bytes=10**6, rows=1000))
    assert parsed.format == ImportFormat.KINDLE


HIGHLIGHTS_AND_NOTES = {
    "en": ("Your Highlight on page 91 | Location 1390-1391 | {}", "Your Note on page 91 | Location 1391 | {}"),
    "en, lower": ("Your Highlight on page 91 | location 1390-1391 | {}", "Your Note at location 1391 | {}"),
    "en, old": ("Highlight on Page 91 | Loc. 1390-91  | {}", "Note on Page 91 | Loc. 1391  | {}"),
    "de": ("Ihre Markierung auf Seite 91 | Position 1390-1391 | {}", "Ihre Notiz bei Position 1391 | {}"),
    "de, with bei": ("Ihre Markierung auf Seite 91 | bei Position 1390-1391 | {}", "Ihre Notiz bei Position 1391 | {}"),
    "es": ("Tu subrayado en la página 91 | posición 1390-1391 | {}", "Tu nota en la página 91 | posición 1391 | {}"),
    "es, old": ("La subrayado en la página 91 | posición 1390-1391 | {}", "La nota en la posición 1391 | {}"),
    "fr": ("Votre surlignement sur la page 91 | emplacement 1390-1391 | {}", "Votre note à l'emplacement 1391 | {}"),
    "fr, old": (
        "Votre surlignement sur la page 91 | Emplacement 1390-1391 | {}",
        "Votre note à lʼemplacement 1391 | {}",
    ),
    "it": ("La tua evidenziazione a pagina 91 | posizione 1390-1391 | {}", "La tua nota alla posizione 1391 | {}"),
    "pt": ("Seu destaque na página 91 | posição 1390-1391 | {}", "Sua nota ou posição 1391 | {}"),
    "nl": ("Je markering op pagina 91 | locatie 1390-1391 | {}", "Je notitie op pagina 91 | locatie 1391 | {}"),
    "nl, through": ("Je highlight op pagina 91 | locatie 1390 t/m 1391 | {}", "Je notitie op locatie 1391 | {}"),
    "ru": ("Ваш выделенный отрывок на странице 91 | Место 1390–1391 | {}", "Ваша заметка в месте 1391 | {}"),
    "ru, long": (
        "Ваш выделенный отрывок на странице 91 | Местоположение 1390–1391 | {}",
        "Ваша заметка в месте 1391 | {}",
    ),
    "pl": (
        "Twoje wyróżnienie na stronie 91 | pozycja 1390-1391 | {}",
        "Twoja notatka na stronie 91 | pozycja 1391 | {}",
    ),
    "sv": ("Din markering på sidan 91 | plats 1390-1391 | {}", "Din anteckning på sidan 91 | plats 1391 | {}"),
    "tr": ("91. sayfadaki vurgunuz | konum 1390-1391 | {}", "91. sayfadaki notunuz | konum 1391 | {}"),
    "zh": ("您在第 91 页（位置 #1390-1391）的标注 | {}", "您在第 91 页（位置 #1391）的笔记 | {}"),
    "zh, of Taiwan": ("您在第 91 頁（位置 #1390-1391）的標註 | {}", "您在位置 #1391 的筆記 | {}"),
    "ja": ("91ページ|位置No. 1390-1391のハイライト |{}", "91ページ|位置No. 1391のメモ |{}"),
    "ja, full width": ("91ページ｜位置No. 1390-1391のハイライト ｜{}", "91ページ｜位置No. 1391のメモ ｜{}"),
    "ko": ("91페이지의 하이라이트 | 위치 1390-1391 | {}", "91페이지의 메모 | 위치 1391 | {}"),
    "ko, as in Japanese": ("91페이지|위치 1390-1391의 하이라이트 |{}", "91페이지|위치 1391의 메모 |{}"),
}


@pytest.mark.parametrize("manner", HIGHLIGHTS_AND_NOTES)
@pytest.mark.parametrize("when", ["Added on Saturday, March 9, 2024 10:00:00 PM", "nobody knows when", ""])
def test_a_note_joins_its_highlight_in_every_language(manner: str, when: str) -> None:
    highlight, note = HIGHLIGHTS_AND_NOTES[manner]
    elsewhere = highlight.replace("1390", "1690").replace("1391", "1691")
    text = block(highlight.format(when), "quote") + block(elsewhere.format(when), "another")
    (emma,) = parse(text + block(note.format(when), "memo"))
    assert [(each.quote, each.memo, each.page) for each in emma.passages] == [
        ("quote", "memo", 91),
        ("another", "", 91),
    ]


BOOKMARKS = [
    "Your Bookmark on page 5 | Location 70 | x",
    "Ihr Lesezeichen auf Seite 5 | Position 70 | x",
    "Tu marcador en la página 5 | posición 70 | x",
    "Votre signet sur la page 5 | emplacement 70 | x",
    "Il tuo segnalibro a pagina 5 | posizione 70 | x",
    "Seu marcador na página 5 | posição 70 | x",
    "Je bladwijzer op pagina 5 | locatie 70 | x",
    "Ваша закладка на странице 5 | Место 70 | x",
    "Twoja zakładka na stronie 5 | pozycja 70 | x",
    "Ditt bokmärke på sidan 5 | plats 70 | x",
    "5. sayfadaki yer iminiz | konum 70 | x",
    "您在位置 #70 的书签 | x",
    "5ページ|位置No. 70のブックマーク |x",
    "5페이지|위치 70의 북마크 |x",
]


@pytest.mark.parametrize("meta", BOOKMARKS)
def test_a_bookmark_is_one_in_every_language(meta: str) -> None:
    assert found(block(meta, "") + block("Your Highlight on page 7 | x", "Words.")).left_out == {"bookmarks": 1}


# Monday to Sunday; January to December; how a device puts them together.
CALENDARS = {
    "en": (
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "January February March April May June July August September October November December",
        "Added on {weekday}, {month} {day}, {year} 8:05:09 PM",
    ),
    "en, British": (
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "January February March April May June July August September October November December",
        "Added on {weekday}, {day} {month} {short_year} 20:05:09 Greenwich Mean Time",
    ),
    "de": (
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Hinzugefügt am {weekday}, {day}. {month} {year} 20:05:09",
    ),
    "de, Austrian": (
        "Montag Dienstag Mittwoch Donnerstag Freitag Sonnabend Sonntag",
        "Jänner Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Hinzugefügt am {weekday}, {day}. {month} {year} um 20:05:09",
    ),
    "es": (
        "lunes martes miércoles jueves viernes sábado domingo",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "Añadido el {weekday}, {day} de {month} de {year} 20:05:09",
    ),
    "fr": (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "Ajouté le {weekday} {day} {month} {year} à 20:05:09",
    ),
    "it": (
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "Aggiunto in data {weekday} {day} {month} {year} 20:05:09",
    ),
    "pt": (
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "Adicionado: {weekday}, {day} de {month} de {year} 20:05:09",
    ),
    "nl": (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "Toegevoegd op {weekday} {day} {month} {year} 20:05:09",
    ),
    "ru": (
        "понедельник вторник среда четверг пятница суббота воскресенье",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "Добавлено: {weekday}, {day} {month} {year} г. в 20:05:09",
    ),
    "pl": (
        "poniedziałek wtorek środa czwartek piątek sobota niedziela",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "Dodano: {weekday}, {day} {month} {year} 20:05:09",
    ),
    "sv": (
        "måndag tisdag onsdag torsdag fredag lördag söndag",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "Tillagd {weekday} den {day} {month} {year} 20:05:09",
    ),
    "tr": (
        "Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar",
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "Eklenme tarihi: {day} {month} {year} {weekday} 20:05:09",
    ),
    "ja": (
        "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "作成日: {year}年{month}月{day}日{weekday} 20:05:09",
    ),
    "zh": (
        "星期一 星期二 星期三 星期四 星期五 星期六 星期日",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "添加于 {year}年{month}月{day}日{weekday} 下午8:05:09",
    ),
    "ko": (
        "월요일 화요일 수요일 목요일 금요일 토요일 일요일",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "추가됨: {year}년 {month}월 {day}일 {weekday} 오후 8:05:09",
    ),
}


@pytest.mark.parametrize("language", CALENDARS)
def test_every_day_of_the_week_in_every_month_is_read_in_every_language(language: str) -> None:
    weekdays, months, pattern = CALENDARS[language]
    for number, month in enumerate(months.split(), 1):
        for first in range(5, 12):  # a week
            day = date(2012, number, first)
            said = {"weekday": weekdays.split()[day.weekday()], "month": month, "day": first}
            for spoken in (said, {name: str(value).lower() for name, value in said.items()}):
                assert kindle.day_of(pattern.format(**spoken, year=2012, short_year=12)) == day, spoken


@pytest.mark.parametrize(
    "text",
    [
        "ajouté le mar. 05/06/2012 20:05:09",  # a Tuesday, and the 5th of June or the 6th of May
        "Added on 05/06/2012",
        "mar 5 06 2012",
        "mardi 5 brumaire 2012",
        "from March to May 5, 2012",
        "5 March",
        "March 31, 20:05",
        "31 June 2012",
        "",
    ],
)
def test_what_may_be_another_day_is_none(text: str) -> None:
    assert kindle.day_of(text) is None


@pytest.mark.parametrize(
    "text", ["mar. 5 juin 2012", "5 Jun 2012", "5-Jun-12 20:05", "Jun. 5, 2012", "2012-06-05 20:05:09"]
)
def test_shortened_months_are_read(text: str) -> None:
    assert kindle.day_of(text) == date(2012, 6, 5)
