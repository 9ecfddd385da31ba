"""Files as other services write them, with books of nobody's."""

GOODREADS_NEW = (
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,Publisher,Binding,"
    "Number of Pages,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,"
    "Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,Private Notes,Read Count,Owned Copies\n"
    '1,Demian,Hermann  Hesse,"Hesse, Hermann",Some Translator,"=""8937460440""","=""9788937460449""",5,4.1,민음사,'
    'Paperback,239,2000,1919,2024/03/09,2024/01/02,"favorites, to-reread","favorites (#1)",read,'
    '"<b>Good</b>.<br/>Twice.",,lent to Bob,1,0\n'
    '2,The Iliad,Homer,Homer,,"=""""","=""""",0,3.9,,Paperback,,1998,-750,,2024/02/02,to-read,,to-read,,,,0,0\n'
    "3,Half Done,Somebody,Somebody,,,,3,3.0,,ebook,100,2001,,,2024/02/03,did-not-finish,,did-not-finish,,,,1,0\n"
    "4,Shelved Oddly,Somebody,Somebody,,,,0,3.0,,ebook,100,2001,,,2024/02/03,wishlist-kr,,wishlist-kr,,,,0,0\n"
)

GOODREADS_OLD = (
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,Publisher,Binding,"
    "Number of Pages,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,"
    "Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,Private Notes,Read Count,Recommended For,"
    "Recommended By,Owned Copies,Original Purchase Date,Original Purchase Location,Condition,Condition Description,"
    "BCID\n"
    '7,Emma,Jane Austen,"Austen, Jane",,="0141439580",="9780141439587",4.0,4.0,Penguin,Paperback,474,2003,1815,'
    "2019/12/31,2019/01/01,,,read,,,,1,,,0,,,,,\n"
)

STORYGRAPH = (
    "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Date Added,Last Date Read,Dates Read,Read Count,Moods,"
    "Pace,Character- or Plot-Driven?,Strong Character Development?,Loveable Characters?,Diverse Characters?,"
    "Flawed Characters?,Star Rating,Review,Content Warnings,Content Warning Description,Tags,Owned?\n"
    'Emma,Jane Austen,,9780141439587,paperback,read,2020/01/01,2023/05/06,"2020/02/01-2020/02/20, 2023/05/06",2,'
    '"funny, romantic",slow,Character,Yes,Yes,No,Yes,4.25,"Lovely, again.",,,"classics, england",Yes\n'
    "Odd One,Somebody,,B00ABC1234,digital,,2020/01/01,,,0,,,,,,,,,,,,owned,No\n"
    "Put Down,Somebody,,,digital,did-not-finish,2020/01/01,,2021/01/05-,1,,,,,,,,1.75,,,,,No\n"
)

STORYGRAPH_2021 = (
    "Title,Author,Contributors,ISBN,Format,Read Status,Date Added,Last Date Read,Dates Read,Read Count,Moods,Pace,"
    "Star Rating,Review,Tags,Owned?\n"
    "Emma,Jane Austen,,9780141439587,paperback,read,2020/01/01,2020/02/20,2020/02/20,1,sad,slow,5.0,,,No\n"
)

READWISE = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,"
    "Document tags\n"
    '"The bird fights\nits way out.",Demian,Hermann Hesse,B0,an egg,yellow,,page,91,2024-03-09 12:34:56+00:00,favs\n'
    "Second one.,Demian,Hermann Hesse,B0,,yellow,,location,1234,2024-03-10 12:34:56+00:00,favs\n"
    "Some tweet,Tweets From Somebody,@somebody,,,,,,,2024-03-10 12:34:56+00:00,\n"
    "A page,https://example.org/a,,,,,,,,2024-03-10 12:34:56+00:00,\n"
    "Said aloud,A Podcast,Somebody,,,,,time_offset,90,2024-03-10 12:34:56+00:00,\n"
)

READWISE_SHORT = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Annotation,Location Type,Location,Highlighted at,Document Tags\n"
    "One.,Emma,Jane Austen,,my note,order,3,2024-03-09 12:34:56+00:00,\n"
)

CALIBRE = (
    "authors,author_sort,rating,library_name,timestamp,formats,size,isbn,identifiers,comments,tags,series,"
    "series_index,languages,title,cover,title_sort,publisher,pubdate,id,uuid\n"
    '"Jane Austen & Somebody Else","Austen, Jane",5,Library,2021-01-19T22:41:16+01:00,epub,1,9780141439587,'
    '"goodreads:1,isbn:9780141439587",<p>About</p>,"classic, love",,1.0,eng,Emma,/c.jpg,Emma,Penguin,'
    "1815-12-23T00:00:00+00:00,1,11111111-2222-4333-8444-555555555555\n"
    "이상,이상,,Library,2021-01-19T22:41:16+01:00,epub,1,,,,,,1.0,kor,날개,,날개,,0101-01-01T00:00:00+00:00,2,"
    "11111111-2222-4333-8444-666666666666\n"
)

CLIPPINGS = """\ufeffDemian (Hesse, Hermann)
- Your Highlight on page 91 | Location 1390-1391 | Added on Saturday, March 9, 2024 10:00:00 PM

The bird fights its way out of the egg.
==========
\ufeffDemian (Hesse, Hermann)
- Your Note on page 91 | Location 1391 | Added on Saturday, March 9, 2024 10:01:00 PM

the egg is the world
==========
Demian (Hesse, Hermann)
- Your Bookmark on page 95 | Location 1400 | Added on Saturday, March 9, 2024 10:02:00 PM


==========
Demian (Hesse, Hermann)
- Your Highlight on page 91 | Location 1390-1393 | Added on Sunday, March 10, 2024 8:00:00 AM

The bird fights its way out of the egg. The egg is the world.
==========
데미안 (세계문학전집 44) (헤르만 헤세)
- Your Highlight at location 100-102 | Added on Sunday, 4 March 12 10:05:00 Greenwich Mean Time

새는 알에서 나오려고 투쟁한다.
==========
A Title Without Anybody
- Highlight on Page 12 | Added on Monday, 5 March 2012 22:05:00

Only a page.
==========
"""

CLIPPINGS_KOREAN = """데미안 (헤르만 헤세)
- 91페이지의 하이라이트 | 위치 1390-1391 | 추가됨: 2024년 3월 9일 토요일 오후 10:00:00

새는 알에서 나오려고 투쟁한다.
==========
데미안 (헤르만 헤세)
- 91페이지의 메모 | 위치 1391 | 추가됨: 2024년 3월 9일 토요일 오후 10:01:00

알은 세계다
==========
데미안 (헤르만 헤세)
- 95페이지의 북마크 | 위치 1400 | 추가됨: 2024년 3월 9일 토요일 오후 10:02:00


==========
"""

CLIPPINGS_CHINESE = """德米安 (赫尔曼·黑塞)
- 您在位置 #1390-1391的标注 | 添加于 2024年3月9日星期六 下午10:00:00

鸟要挣脱出壳。
==========
德米安 (赫尔曼·黑塞)
- 您在第 91 页（位置 #1391）的笔记 | 添加于 2024年3月9日星期六 下午10:01:00

蛋就是世界
==========
"""

CLIPPINGS_OTHERS = """Emma (Jane Austen)
- Ihre Markierung auf Seite 5 | Position 70-72 | Hinzugefügt am Samstag, 9. März 2024 22:00:00

Erstens.
==========
Emma (Jane Austen)
- Tu subrayado en la página 6 | posición 80-81 | Añadido el sábado, 9 de marzo de 2024 22:00:00

Segundo.
==========
Emma (Jane Austen)
- 7ページ|位置No. 90-91のハイライト |作成日: 2024年3月9日土曜日 22:00:00

第三。
==========
Emma (Jane Austen)
- Something nobody understands | whenever that was

Fourth.
==========
"""
