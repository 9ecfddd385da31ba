"""Kakao, Aladin, Open Library and Google Books on the loopback: their documented shapes, and their traps by script.

Each serves the same few books in its own words; a query finds those whose title or author contains it, or whose ISBN it
is. Pictures are under /pictures.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

NAMES = ("kakao", "aladin", "openlibrary", "google")
KEYS = {"kakao": "kakao-key-of-tests", "aladin": "ttb-key-of-tests", "google": "google-key-of-tests"}


@dataclass(frozen=True)
class Shelved:
    """A book that all four know."""

    title: str
    author: str
    isbn13: str
    isbn10: str = ""
    translator: str = ""
    publisher: str = "민음사"
    date: str = "2009-01-20"
    year: int = 1919
    pages: int = 240
    number: int = 11


DEMIAN = Shelved("데미안", "헤르만 헤세", "9788937460449", "8937460440", "전영애", year=1919, number=44)
GARDEN = Shelved("달빛 정원", "정은우", "9791199990012", "", "", "새벽책방", "2021-05-03", 2021, 312, 52)
BOOKS = (DEMIAN, GARDEN)


@dataclass
class Bookshop:
    """What the four are told to do, and what they were asked."""

    url: str = ""
    books: tuple[Shelved, ...] = BOOKS
    faults: dict[str, str] = field(default_factory=dict)
    """By name: what goes wrong, instead of an answer or with it; see `_answers`."""
    delays: dict[str, float] = field(default_factory=dict)
    """By name: seconds before it answers, or until the test ends."""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Name, path and parameters of every request, in the order in which they came."""
    headers: list[dict[str, str]] = field(default_factory=list)
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By name: fields of every record, in that service's own shape, instead of the usual ones."""
    pictures: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    """By path below /pictures: status, type, bytes."""
    closing: threading.Event = field(default_factory=threading.Event)

    def times(self, name: str) -> int:
        return sum(each == name for each, *_ in self.asked)

    def set_up(self, settings: Any, *names: str) -> None:
        """Have the product ask these, here and nowhere else."""
        settings.BOOK_SOURCES = list(names or NAMES)
        settings.KAKAO_API_KEY, settings.KAKAO_API_BASE = KEYS["kakao"], self.url
        settings.ALADIN_TTB_KEY, settings.ALADIN_API_BASE = KEYS["aladin"], self.url
        settings.GOOGLE_BOOKS_API_KEY, settings.GOOGLE_BOOKS_API_BASE = KEYS["google"], self.url
        settings.OPEN_LIBRARY_API_BASE = settings.OPEN_LIBRARY_COVERS_BASE = self.url
        settings.BOOK_COVER_HOSTS = [urlsplit(self.url).netloc]

    @property
    def environment(self) -> dict[str, str]:
        """The same for a product in processes of its own."""
        return {
            "BOOK_SOURCES": ",".join(NAMES),
            "KAKAO_API_KEY": KEYS["kakao"],
            "KAKAO_API_BASE": self.url,
            "ALADIN_TTB_KEY": KEYS["aladin"],
            "ALADIN_API_BASE": self.url,
            "GOOGLE_BOOKS_API_KEY": KEYS["google"],
            "GOOGLE_BOOKS_API_BASE": self.url,
            "OPEN_LIBRARY_API_BASE": self.url,
            "OPEN_LIBRARY_COVERS_BASE": self.url,
            "BOOK_COVER_HOSTS": urlsplit(self.url).netloc,
        }

    def found(self, query: str) -> list[Shelved]:
        return [book for book in self.books if query in book.title or query in book.author or query == book.isbn13]


Reply = tuple[int, dict[str, str], bytes]


def picture(size: tuple[int, int] = (200, 300), kind: str = "JPEG", colour: str = "navy", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


@contextmanager
def running_bookshop() -> Iterator[Bookshop]:
    shop = Bookshop()
    shop.pictures["cover.jpg"] = (200, "image/jpeg", picture())

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            name = _name_of(parts.path)
            shop.asked.append((name, parts.path, asked))
            shop.headers.append(dict(self.headers))
            shop.closing.wait(shop.delays.get(name, 0.0))
            if shop.closing.is_set():
                return
            status, headers, body = _reply(shop, name, parts.path, asked, dict(self.headers))
            try:
                self.send_response(status)
                for each in headers.items():
                    self.send_header(*each)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # who asked has gone

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _name_of(path: str) -> str:
    starts = {"/v3/": "kakao", "/ttb/": "aladin", "/search.json": "openlibrary", "/books/": "google"}
    return next((name for start, name in starts.items() if path.startswith(start)), "pictures")


def _json(data: object, status: int = 200, **headers: str) -> Reply:
    return status, {"Content-Type": "application/json;charset=UTF-8", **headers}, json.dumps(data).encode()


def _html(status: int, text: str) -> Reply:
    return status, {"Content-Type": "text/html"}, f"<html><body>{text}</body></html>".encode()


def _reply(shop: Bookshop, name: str, path: str, asked: dict[str, str], headers: dict[str, str]) -> Reply:
    fault = shop.faults.get(name, "")
    if fault == "500":
        return _html(500, "Internal Server Error")
    if fault == "html":
        return _html(200, "We will be back soon")
    if fault == "429":
        return _json({"message": "too many"}, 429, **{"Retry-After": "120"})
    answers = {"kakao": _kakao, "aladin": _aladin, "openlibrary": _open_library, "google": _google}
    if name in answers:
        return answers[name](shop, fault, path, asked, headers)
    status, kind, body = shop.pictures.get(path.removeprefix("/pictures/"), (404, "text/plain", b"none"))
    if status in (301, 302):
        return status, {"Location": body.decode()}, b""
    return status, {"Content-Type": kind}, body


def _kakao(shop: Bookshop, fault: str, path: str, asked: dict[str, str], headers: dict[str, str]) -> Reply:
    if fault == "401 gateway" or headers.get("Authorization") != f"KakaoAK {KEYS['kakao']}":
        return _json({"errorType": "AccessDeniedError", "message": "cannot find Authorization : KakaoAK header"}, 401)
    if fault == "401 platform":
        return _json({"code": -401, "msg": "wrong appKey(…) format"}, 401)
    if fault == "401 in 200":
        return _json({"code": -401, "msg": "wrong appKey(…) format"})
    documents = [
        {
            "title": book.title,
            "contents": f"{book.title}의 앞부분이 여기서 잘린",
            "url": f"https://search.daum.net/search?w=bookpage&bookId={book.number}&q={book.title}",
            "isbn": f"{book.isbn10} {book.isbn13}",
            "datetime": f"{book.date}T00:00:00.000+09:00",
            "authors": [book.author],
            "publisher": book.publisher,
            "translators": [book.translator] if book.translator else [],
            "price": 9000,
            "sale_price": 8100,
            "thumbnail": f"{shop.url}/pictures/kakao.jpg",
            "status": "정상판매",
            **shop.overrides.get("kakao", {}),
        }
        for book in shop.found(asked["query"])
    ]
    return _json({"meta": {"total_count": len(documents), "pageable_count": 2, "is_end": True}, "documents": documents})


def _aladin(shop: Bookshop, fault: str, path: str, asked: dict[str, str], headers: dict[str, str]) -> Reply:
    if fault == "key" or asked.get("ttbkey") != KEYS["aladin"]:
        return _json({"errorCode": 100, "errorMessage": "잘못된 TTBKey입니다."})
    if fault == "quota":
        return _json({"errorCode": 10, "errorMessage": "일일 호출 한도를 초과하였습니다."})
    is_look_up = path.endswith("ItemLookUp.aspx")
    found = shop.found(asked["ItemId"] if is_look_up else asked["Query"])
    if asked.get("itemIdType") == "ItemId":
        found = [book for book in shop.books if str(book.number) == asked["ItemId"]]
    if is_look_up and not found:
        return _json({"errorCode": 8, "errorMessage": "존재하지 않는 상품입니다."})
    items = []
    for book in found:
        people = f"{book.author} (지은이)" + (f", {book.translator} (옮긴이)" if book.translator else "")
        item = {
            "title": book.title,
            "link": f"http://www.aladin.co.kr/shop/wproduct.aspx?ItemId={book.number}&amp;partner=openAPI",
            "author": people,
            "pubDate": book.date,
            "description": f"{book.title}은 &lt;깊이&gt; 있는 책이다. 아주 오래 읽힌 까닭을 이 글이 끝까지 말해 준다.",
            "isbn": f"K{book.number:09}",
            "isbn13": book.isbn13,
            "itemId": book.number,
            "priceSales": 8100,
            "mallType": "BOOK",
            "cover": f"{shop.url}/pictures/cover.jpg",
            "publisher": book.publisher,
            "adult": False,
            "subInfo": {"subTitle": "", "originalTitle": "", "itemPage": book.pages} if is_look_up else {},
            **shop.overrides.get("aladin", {}),
        }
        items.append(item)
    data = {"version": "20131101", "totalResults": len(items), "startIndex": 1, "itemsPerPage": 10, "item": items}
    status, kind, body = _json(data)
    return status, kind, body + b";" if fault == "semicolon" else body


def _open_library(shop: Bookshop, fault: str, path: str, asked: dict[str, str], headers: dict[str, str]) -> Reply:
    if fault == "bare":
        return _json({"numFound": 1, "start": 0, "docs": [{"key": "/works/OL1W", "title": "Only a title"}]})
    query = asked.get("isbn") or asked["q"]
    work = query.removeprefix("key:/works/OL").removesuffix("W")
    found = [book for book in shop.books if str(book.number) == work] or shop.found(query)
    docs = [
        {
            "key": f"/works/OL{book.number}W",
            "title": book.title,
            "author_name": [book.author],
            "first_publish_year": book.year,
            # What is not asked for does not come.
            **(
                {"isbn": [book.isbn13], "cover_i": book.number, "number_of_pages_median": book.pages}
                if "isbn" in asked.get("fields", "")
                else {}
            ),
            **shop.overrides.get("openlibrary", {}),
        }
        for book in found
    ]
    return _json({"numFound": len(docs), "start": 0, "docs": docs})


def _google(shop: Bookshop, fault: str, path: str, asked: dict[str, str], headers: dict[str, str]) -> Reply:
    if fault in ("400", "403"):
        reason = {"message": "Quota exceeded for quota metric 'Queries'", "errors": [{"reason": "rateLimitExceeded"}]}
        return _json({"error": {"code": int(fault), **reason}}, int(fault))
    if asked.get("key") != KEYS["google"]:
        return _json({"error": {"code": 429, "message": "Quota exceeded"}}, 429)
    volumes = [
        {
            "id": f"g{book.number}",
            "volumeInfo": {
                "title": book.title,
                "authors": [book.author],
                "publisher": book.publisher,
                "publishedDate": book.date,
                "industryIdentifiers": [
                    {"type": "OTHER", "identifier": "UOM:39015"},
                    {"type": "ISBN_13", "identifier": book.isbn13},
                ],
                "pageCount": book.pages,
                "imageLinks": {"thumbnail": "http://books.google.com/books/content?id=g1&edge=curl&img=1"},
                **shop.overrides.get("google", {}),
            },
        }
        for book in (
            [book for book in shop.books if path == f"/books/v1/volumes/g{book.number}"]
            or shop.found(asked.get("q", "\n").removeprefix("isbn:"))
        )
    ]
    if path != "/books/v1/volumes":
        return _json(volumes[0]) if volumes else _json({"error": {"code": 404}}, 404)
    return _json({"kind": "books#volumes", "totalItems": 1000, **({"items": volumes} if volumes else {})})
