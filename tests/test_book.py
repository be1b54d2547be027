"""The book as `make book` built it, in a real browser: its links, formulas, search, widths and colours."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import threading
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Iterator
from urllib.parse import unquote, urlsplit

import pytest
from oracles.browser import Browser

import gluon_softmax as gs

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted(path.stem for path in ROOT.glob("chapters/*.py"))
IMAGES = "[...document.images].filter(one => one.loading !== 'lazy')"


@pytest.fixture(scope="module")
def site() -> Path:
    folder = ROOT / "build" / "book" / "site"
    if not (folder / "index.html").exists():
        pytest.skip("the book is not built: make book ARGS=--smoke")
    return folder


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served: its search reads pages, which a browser forbids to pages without a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def shared_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(shared_browser: Browser) -> Browser:
    shared_browser.complaints.clear()
    shared_browser.requests.clear()
    shared_browser.resize(1200, 760)
    return shared_browser


def names_of_pages(site: Path) -> list[str]:
    return sorted(
        path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts
    )


class Links(HTMLParser):
    """What a page links to and shows, and the places in it that a link may name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.targets.append(value)
            elif name in ("id", "name") and value:
                self.places.add(value)


@pytest.mark.slow
def test_every_link_and_image_leads_to_something_in_the_site(site: Path) -> None:
    pages = {name: Links((site / name).read_text(encoding="utf-8")) for name in names_of_pages(site)}
    assert len(pages) > 50
    broken = []
    for name, page in pages.items():
        for link in page.targets:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = (site / name).parent / unquote(parts.path) if parts.path else site / name
            target = path.resolve()
            there = target.is_file()
            if there and parts.fragment and target.suffix == ".html":
                there = unquote(parts.fragment) in pages[target.relative_to(site).as_posix()].places
            if not there:
                broken.append((name, link))
    assert broken == []


@pytest.mark.slow
def test_pages_complain_of_nothing_load_nothing_from_elsewhere_and_fit_a_phone(
    site: Path, address: str, browser: Browser
) -> None:
    browser.resize(390, 844)
    wide, unseen = [], []
    for name in names_of_pages(site):
        browser.open(address + name)
        if browser.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)
        unseen += browser.evaluate(f"{IMAGES}.filter(one => !one.naturalWidth).map(one => one.src)")
    assert (wide, unseen, browser.complaints) == ([], [], [])
    elsewhere = [one for one in browser.requests if not one.startswith((address, "about:", "data:"))]
    assert elsewhere == []


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_its_formulas_set_its_outputs_and_its_plots(
    address: str, browser: Browser, chapter: str
) -> None:
    browser.open(f"{address}chapters/{chapter}.html")
    count = "document.querySelectorAll({!r}).length"
    formulas = browser.evaluate(count.format(".math"))
    browser.wait(f"{count.format('mjx-container')} >= {formulas}")
    assert formulas > 3 or chapter == "choosing_a_softmax"  # which compares, and derives nothing
    assert browser.evaluate(count.format("mjx-merror")) == 0
    assert "$" not in browser.evaluate(
        "[...document.querySelectorAll('.bd-article p')].map(one => one.innerText).join()"
    )
    assert browser.evaluate(count.format(".cell_output")) > 5
    assert browser.evaluate(count.format(".cell_output img")) > 0
    assert browser.complaints == []


@pytest.mark.slow
def test_the_search_finds_a_method_and_leads_to_it(address: str, browser: Browser) -> None:
    browser.open(f"{address}search.html?q=expected_count")
    browser.wait("document.querySelectorAll('#search-results li a').length > 1")
    browser.wait("/found/i.test(document.querySelector('.search-summary')?.textContent || '')")
    links: list[str] = browser.evaluate(
        "[...document.querySelectorAll('#search-results li a')].map(one => one.href)"
    )
    assert any("LogUniformSampler" in link for link in links)
    assert any("chapters/sampled_softmax" in link for link in links)
    browser.open(next(link for link in links if "LogUniformSampler" in link))
    assert "expected_count" in browser.evaluate("document.querySelector('.bd-article').innerText")
    assert browser.complaints == []


@pytest.mark.slow
def test_a_reader_who_likes_dark_pages_gets_them_and_can_change_that(address: str, tmp_path: Path) -> None:
    ground = (
        "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).slice(0, 3)"
        ".reduce((sum, one) => sum + Number(one), 0)"
    )
    with Browser(tmp_path) as browser:
        browser.open(f"{address}choose.html")
        assert browser.evaluate(ground) > 600
        browser.use_dark()
        browser.open(f"{address}choose.html")
        assert browser.evaluate(ground) < 200
        browser.click_on(".theme-switch-button")
        browser.wait("document.querySelector('.theme-change-button[data-mode=light]').offsetHeight > 0")
        browser.click_on(".theme-change-button[data-mode=light]")
        browser.wait(f"{ground} > 600")
        assert browser.complaints == []


@pytest.mark.slow
def test_each_public_name_has_a_page_with_the_signature_of_its_own(site: Path) -> None:
    for name in gs.__all__:
        text = (site / "api" / f"gluon_softmax.{name}.html").read_text(encoding="utf-8")
        assert f'id="gluon_softmax.{name}"' in text
    layer = Links((site / "api" / "gluon_softmax.NegativeSampling.html").read_text(encoding="utf-8"))
    assert "gluon_softmax.NegativeSampling.log_prob" in layer.places
    shown = re.sub(r"<[^>]+>", "", (site / "api" / "gluon_softmax.NCE.html").read_text(encoding="utf-8"))
    assert "num_sampled" in shown and "*args" not in shown


@pytest.mark.slow
def test_the_page_for_the_readers_of_d2l_has_the_figures_that_were_measured_last(site: Path) -> None:
    text = (site / "d2l_readers.html").read_text(encoding="utf-8")
    rows = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))["rows"]
    row = next(row for row in rows if row["name"] == "sg_ns_vs_d2l")
    for rate in (row["ours"], row["peer"]):
        assert f"{float(f'{rate:.3g}'):,.0f} centres" in text
    for printed, by_one_clock in ((16286, 3257), (405527, 81105)):
        assert printed // 5 == by_one_clock
        assert f"{printed:,}" in text and f"{by_one_clock:,} centres" in text
    assert "{{" not in text


@pytest.fixture
def make_book() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_book", ROOT / "scripts" / "make_book.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_api_page_names_every_public_name_once() -> None:
    listed = re.findall(r"^   (\w+)$", (ROOT / "book" / "api.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == gs.__all__


def test_the_contents_name_every_chapter_and_every_page_of_docs() -> None:
    listed = set((ROOT / "book" / "index.md").read_text(encoding="utf-8").splitlines())
    assert {f"chapters/{name}" for name in CHAPTERS} <= listed
    assert {f"docs/{path.stem}" for path in ROOT.glob("docs/*.md")} <= listed


def test_what_builds_the_book_is_pinned() -> None:
    lines = (ROOT / "requirements" / "book.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[\w-]+==[\d.]+", line) for line in lines)


def test_a_chapter_runs_again_where_its_options_or_its_source_differ(
    make_book: ModuleType, tmp_path: Path
) -> None:
    chapter = tmp_path / "chapter.py"
    chapter.write_text("1")
    before = make_book.fingerprint(chapter, ["--smoke"])
    assert before == make_book.fingerprint(chapter, ["--smoke"])
    assert before != make_book.fingerprint(chapter, [])
    chapter.write_text("2")
    assert before != make_book.fingerprint(chapter, ["--smoke"])


def test_where_no_python_fits_one_sentence_says_what_to_install(
    make_book: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_book, "VENV", tmp_path / "venv")
    monkeypatch.setattr(make_book, "PYTHONS", (str(tmp_path / "python3.11"), "false"))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or 3\.12, and neither was found: install one"):
        make_book.book_python()
    assert not (tmp_path / "venv").exists()
