"""The site of the shipped graph in a real browser: the same answers as the command line, no request
off the origin, no error in the console, nothing that axe finds."""

from __future__ import annotations

import functools
import gzip
import json
import os
import random
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from aruntime import compare, compose, open_graph, select
from aruntime.graph import Graph
from aruntime.site.site import build_site
from aruntime.versions import within
from tests.site_packages import PACKAGES
from tests.test_site import dead_links, pages

pytestmark = pytest.mark.slow
playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs Playwright: pip install playwright"
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Chromium: apt-get install chromium", allow_module_level=True)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def live(own_cache: Path) -> Graph:
    return open_graph(in_memory=True)


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site below a path of its own, as on a host that serves several."""
    made = os.environ.get("ARUNTIME_SITE_BUILT")
    if made:
        return Path(made)
    place = tmp_path_factory.mktemp("host") / "sub"
    has_engine = (PACKAGES / "node_modules" / "oxigraph").is_dir()
    live = request.getfixturevalue("live")
    build_site(live, place, engine=PACKAGES if has_engine else None)
    return place


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/{folder.name}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A page that must end without an error, and without a request to anywhere else."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    wrong: list[str] = []
    expected = (
        "Failed to load resource",
    )  # a pair that was not made beforehand: 404, then the engine

    def heard(message: Any) -> None:
        if message.type == "error" and not message.text.startswith(expected):
            wrong.append(message.text)

    opened.on("console", heard)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "request",
        lambda r: (
            wrong.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None
        ),
    )
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def engine(folder: Path) -> None:
    if not (folder / "engine" / "web.js").is_file():
        pytest.skip("needs the query engine: npm install oxigraph, see aruntime/site/engine.py")


def until(page: Any, condition: str) -> None:
    """Wait for a condition; the pages' policy lets nothing evaluate text within them."""
    ends = time.monotonic() + 60
    while not page.evaluate(f"() => Boolean({condition})"):
        assert time.monotonic() < ends, condition
        page.wait_for_timeout(100)


def plain(value: Any, *, brief: bool = False) -> Any:
    """A composition as JSON has it; limits have no order of their own. If *brief*, rows that are
    set aside say their verdict alone, as in compositions of two that were made beforehand."""
    found = json.loads(json.dumps(value))
    found["limits"] = sorted(found["limits"], key=lambda claim: claim["claim"])
    for row in found["responsibilities"] if brief else ():
        if not (row["asked"] or row["verdict"] in ("contended", "disputed")):
            for name in set(row) - {"responsibility", "layer", "verdict", "act", "asked", "units"}:
                del row[name]
    return found


COMPOSE = """async ([base, stack]) => {
  const { madeBefore } = await import(base + 'static/composition.js');
  const { composeHere } = await import(base + 'static/engine.js');
  const made = stack.beforehand ? await madeBefore(stack.names) : null;
  return made?.found ?? composeHere(stack, () => {});
}"""


def test_every_link_of_the_shipped_site_leads_somewhere(folder: Path) -> None:
    assert dead_links(folder, pages(folder)) == []


def test_budgets(folder: Path) -> None:
    """Bytes as a server sends them, before a reader asks for the engine."""

    def size(*names: str) -> int:
        return sum(len(gzip.compress((folder / name).read_bytes(), 9)) for name in names)

    style = "static/style.css"
    home = size("index.html", style, "static/home.js", "static/suggest.js", "static/page.js")
    assert home <= 30_000
    scripts = [f"static/{n}.js" for n in ("page", "composition", "view", "compose")]
    data = [f"data/{n}.json" for n in ("words", "components", "pair/kserve_vllm")]
    assert size("compose.html", style, *scripts, *data) <= 44_000
    runtimes = sorted(size(f"id/runtime/{p.name}") for p in (folder / "id" / "runtime").glob("*.html"))  # fmt: skip
    assert runtimes[-1] <= 15_000


def test_the_common_pair_needs_no_more_than_that(page: Any, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(f"{address}compose.html?c=kserve,vllm")
    page.wait_for_selector("#between")
    data = {name for name in asked if name.startswith(("data/", "engine/"))}
    assert data == {f"data/{n}.json" for n in ("words", "components", "pair/kserve_vllm")}


def test_two_components_as_the_command_line_says(page: Any, address: str, live: Graph) -> None:
    page.goto(f"{address}compose.html?c=kserve,vllm")
    page.wait_for_selector("#between")
    found = compose(live, ["kserve", "vllm"])
    act = sum(row.act and row.asked for row in found.rows)
    assert page.inner_text(".answer").startswith(f"{act} of ")
    assert page.inner_text("h1") == "KServe with vLLM: who owns what?"
    got = page.evaluate(COMPOSE, [address, {"names": ["kserve", "vllm"], "chosen": [], "versions": [], "beforehand": True}])  # fmt: skip
    assert plain(got, brief=True) == plain(found.json(), brief=True)


def test_all_pairs_made_beforehand_and_random_stacks_as_the_command_line_says(
    page: Any, address: str, live: Graph, folder: Path, engine: None
) -> None:
    page.goto(f"{address}about.html")
    names = sorted(p.stem for p in (folder / "data" / "alone").glob("*.json"))
    chosen = random.Random(11)
    made = sorted(p.stem.split("_") for p in (folder / "data" / "pair").glob("*.json"))
    stacks = [(pair, True) for pair in made] if os.environ.get("ARUNTIME_ALL_PAIRS") else [(p, True) for p in chosen.sample(made, 25)]  # fmt: skip
    stacks += [(chosen.sample(names, chosen.randint(2, 6)), False) for _ in range(50)]
    for stack, beforehand in stacks:
        task = {"names": stack, "chosen": [], "versions": [], "beforehand": beforehand}
        got = page.evaluate(COMPOSE, [address, task])
        brief = beforehand and len(stack) > 1
        assert plain(got, brief=brief) == plain(compose(live, stack).json(), brief=brief), stack


def test_versions_and_choices_as_the_command_line_says(
    page: Any, address: str, live: Graph, engine: None
) -> None:
    page.goto(f"{address}about.html")
    for names, versions, configurations in (
        (["kserve", "vllm"], {}, [("kserve", "standard")]),
        (["kserve", "vllm", "lmcache"], {"vllm": "0.9.2"}, [("kserve", "llmisvc")]),
        (["ray-serve", "vllm", "kuberay"], {"vllm": "1.0.0rc1"}, []),
    ):
        task = {"names": names, "chosen": configurations, "versions": list(versions.items())}
        got = page.evaluate(COMPOSE, [address, task])
        wanted = compose(live, names, versions=versions, configurations=configurations)
        assert plain(got) == plain(wanted.json())


VERSIONS = (
    "0.9", "0.9.0", "0.9.2", "0.10.0rc1", "0.10.0", "v0.6.1-cu121", "0.6.1", "0.6.1.post1", "1", "1.0", "2.0.0-beta.1", "2.0.0",
    "1.2-SNAPSHOT", "1.2", "python-1.31.0", "1.0+dfsg", "main", "1.0.dev3", "1.0a1", "1.0rc1.dev2", "1.0.post1.dev2", "b4567", "r1.5",
    "2026.1.1", "nightly-2026.1.1", "k8s-1.2", "1.2.3-rc.1", "24.08", "1.0b2", "1fb7810", "3.0.0-alpha01",
)  # fmt: skip


def test_versions_are_ordered_as_python_orders_them(page: Any, address: str) -> None:
    bounds = (None, "0.9", "0.9.*", "0.9.x", "1.0", "0.6.1", "2.0.0")
    cases = [[v, first, last] for v in VERSIONS for first in bounds for last in bounds]
    page.goto(f"{address}about.html")
    got = page.evaluate(
        """async ([base, cases]) => {
          const { within } = await import(base + 'static/versions.js');
          return cases.map((bounds) => within(...bounds));
        }""",
        [address, cases],
    )
    assert got == [within(*case) for case in cases]


def test_the_browser_shows_what_the_template_shows(page: Any, address: str) -> None:
    def shown() -> list[str]:
        text = """() => [...document.querySelectorAll(
            'main .rows .what b, main h2, main .tiles li')]
            .filter(e => !e.closest('#start')).map(e => e.textContent.trim())"""
        found: list[str] = page.evaluate(text)
        return [part for part in found if not part.startswith("claim")]

    page.goto(f"{address}id/stack/kserve-vllm.html")
    template = shown()
    page.goto(urljoin(page.url, page.get_attribute("text=Change it", "href")))
    page.wait_for_selector("#between")
    assert shown() == template


def test_add_remove_choose_and_come_back(page: Any, address: str, engine: None) -> None:
    page.goto(f"{address}compose.html")
    page.type("#component", "kser")
    page.wait_for_selector("datalist option[value=kserve]", state="attached")
    page.type("#component", "ve")
    page.press("#component", "Enter")
    page.wait_for_selector("#between")
    assert "c=kserve" in page.url
    page.fill("#component", "vLLM")
    page.press("#component", "Enter")
    until(page, "document.title.startsWith('KServe with vLLM')")
    page.wait_for_selector("#between")
    page.click("button:has-text('Standard mode')")
    until(page, "location.search.includes('in=kserve.standard')")
    page.wait_for_selector("#between")
    page.go_back()
    until(page, "!location.search.includes('in=')")
    page.go_forward()
    until(page, "location.search.includes('in=kserve.standard')")
    page.click("[aria-label='Remove vLLM']")
    until(page, "document.title.startsWith('KServe ·')")


def test_follow_a_claim_to_its_source(page: Any, address: str) -> None:
    page.goto(f"{address}id/runtime/vllm.html#selects-attention-backend")
    page.click("#selects-attention-backend")  # a large runtime has a page for each layer
    link = page.get_attribute("[id='selects-attention-backend'] .ev a", "href")
    page.goto(urljoin(page.url, link))
    place = f"[id='{link.partition('#')[2]}']"
    assert "line" in page.inner_text(f"{place} .ev")
    assert "SHA-256" in page.inner_text(f"section:has({place}) h3")


def test_search_finds_what_the_command_line_finds_first(page: Any, address: str) -> None:
    page.goto(f"{address}search.html?q=prefix+caching")
    until(page, "document.querySelector('#status').textContent.includes('claims.')")
    assert page.inner_text("#answer li:first-child b") == "Prefix caching"
    page.fill("input[type=search]", "kubernetes")
    page.press("input[type=search]", "Enter")
    until(page, "document.querySelector('#answer li b')?.textContent.includes('Kubernetes')")
    page.go_back()
    until(page, "document.querySelector('#answer li b')?.textContent === 'Prefix caching'")


def test_compare_and_select_as_the_command_line_says(page: Any, address: str, live: Graph) -> None:
    page.goto(f"{address}compare.html?a=vllm&b=sglang")
    page.wait_for_selector("#differ, #agree")
    counted = {
        standing: int(page.inner_text(f"#{standing} small"))
        for standing in ("differ", "one-sided", "other-units", "agree")
        if page.query_selector(f"#{standing}")
    }
    lines = compare(live, "vllm", "sglang").lines
    assert counted == {s: n for s in counted if (n := sum(line.standing == s for line in lines))}
    for needs in (
        {"owns": ["structured-output"], "target": ["amd-gpu"]},
        {"owns": ["scale-to-zero", "cache-aware-routing"]},
        {"owns": ["model-loading"], "lifecycle": ["archived"]},
    ):
        asked = "&".join(f"need={kind}.{value}" for kind, names in needs.items() for value in names)
        page.goto(f"{address}select.html?{asked}")
        page.wait_for_selector("#answer tbody tr")
        wanted = select(live, needs)
        links = page.eval_on_selector_all(
            "#answer tbody th a", "list => list.map(a => a.getAttribute('href'))"
        )
        got = [link.rpartition("/")[2].removesuffix(".html") for link in links]
        assert got == [candidate.component for candidate in wanted]
        notes = page.eval_on_selector_all(
            "#answer tbody th .q", "list => list.map(n => n.innerText)"
        )
        assert notes == [note for candidate in wanted for note in candidate.notes]


def test_a_question_runs_and_an_endless_one_is_cancelled(
    page: Any, address: str, live: Graph, engine: None
) -> None:
    page.goto(f"{address}playground.html?question=lifecycles")
    until(page, "document.querySelector('#query').value.includes('lifecycle')")
    page.click("#run")
    page.wait_for_selector("#answer tbody tr", timeout=120_000)
    rows = page.eval_on_selector_all("#answer tbody tr", "list => list.length")
    assert rows == len(live.ask("lifecycles").rows)
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    page.goto(f"{address}playground.html?query={endless.replace('+', '%2B').replace('?', '%3F')}")
    page.click("#run")
    page.wait_for_selector("#cancel:visible")
    page.wait_for_timeout(1500)
    page.click("#cancel")
    until(page, "document.querySelector('#status').textContent.startsWith('Cancelled')")


def test_pages_read_from_a_disk_without_a_script(browser: Any, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{folder}/index.html")
    page.click("main .span tbody th a >> nth=1")
    assert page.inner_text("h1")
    page.goto(f"file://{folder}/id/stack/kserve-vllm.html")
    assert "responsibilities need a decision" in page.inner_text(".answer")
    colour = page.evaluate("getComputedStyle(document.querySelector('.v')).borderRadius")
    assert colour != "0px", "the stylesheet was not read"
    context.close()


KINDS = (
    "index.html", "id/runtime/vllm.html", "id/stack/kserve-vllm.html", "compose.html?c=kserve,vllm", "id/responsibility/continuous-batching.html",
    "guide/taxonomy.html", "guide/generative-inference.html", "select.html?need=owns.structured-output", "compare.html?a=vllm&b=sglang",
    "question/lifecycles.html", "vocabulary.html", "verdicts.html", "playground.html", "search.html?q=drain", "id/source/vllm-sdist.html",
)  # fmt: skip


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Any, address: str, path: str, width: int, scheme: str
) -> None:
    axe = PACKAGES / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip("needs axe: npm install axe-core beside the query engine")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.add_script_tag(path=str(axe))
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))]))"
    )
    context.close()
    assert found == []
