"""The rules for w3id.org, in a real Apache on loopback (Debian's apache2-bin): every kind of name
leads to the file that a client asked for."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aruntime.publication.redirects import rules
from tests.servers import free_port

SITE = "https://site.example/base"
APACHE = shutil.which("apache2") or shutil.which("apache2", path="/usr/sbin")
MODULES = Path("/usr/lib/apache2/modules")
CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule negotiation_module {modules}/mod_negotiation.so
DocumentRoot {folder}/www
<Directory {folder}/www>
  AllowOverride All
  Require all granted
</Directory>
"""
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PROTEGE = (
    "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
)
RDFLIB = "text/turtle, application/rdf+xml;q=0.8, application/ld+json;q=0.5"

ASKED = [
    ("ns", BROWSER, "ns/"),
    ("ns", "*/*", "ns/"),
    ("ns", None, "ns/"),
    ("ns", "text/turtle", "ns/ontology.ttl"),
    ("ns", RDFLIB, "ns/ontology.ttl"),
    ("ns", "application/ld+json", "ns/ontology.jsonld"),
    ("ns", PROTEGE, "ns/ontology.rdf"),
    ("ns", "application/n-triples", "ns/ontology.nt"),
    ("ns", "text/n3", "ns/ontology.nt"),
    ("ns/0.1.0", "text/turtle", "ns/0.1.0/ontology.ttl"),
    ("ns/0.1.0", BROWSER, "ns/0.1.0/"),
    ("ns/0.2.0", "application/ld+json", "ns/0.2.0/ontology.jsonld"),
    ("ns/0.1.0/ontology.rdf", "text/turtle", "ns/0.1.0/ontology.rdf"),
    ("id/runtime/vllm", BROWSER, "id/runtime/vllm.html"),
    ("id/runtime/vllm", "text/turtle", "id/runtime/vllm.ttl"),
    ("id/runtime/vllm", "application/ld+json", "id/runtime/vllm.jsonld"),
    ("id/runtime/vllm", "application/json", "id/runtime/vllm.jsonld"),
    ("id/runtime/vllm", "application/rdf+xml", "id/runtime/vllm.rdf"),
    ("id/runtime/vllm.ttl", BROWSER, "id/runtime/vllm.ttl"),
    ("id/runtime/llama.cpp", "text/turtle", "id/runtime/llama.cpp.ttl"),
    ("id/part/authentication.inference-requests", BROWSER, "id/part/authentication.inference-requests.html"),
    ("id/layer/3", "text/turtle", "id/layer/3.ttl"),
    ("id/rule/claim-mode-is-short", "text/turtle", "ns/shapes.ttl"),
    ("id/rule/claim-mode-is-short", BROWSER, "ns/"),
    ("id/scheme/layer", "text/turtle", "vocabulary/layer.ttl"),
    ("id/scheme/layer", BROWSER, "id/scheme/layer.html"),
    ("dataset", "text/turtle", "void.ttl"),
    ("dataset", BROWSER, ""),
    ("dataset/aruntime.trig", "*/*", "dataset/aruntime.trig"),
    ("graph/data/runtime/vllm/claims", "application/ld+json", "void.jsonld"),
    ("shapes", "text/turtle", "ns/shapes.ttl"),
    ("shapes/0.1.0", "text/turtle", "ns/0.1.0/shapes.ttl"),
    ("shapes/0.1.0", BROWSER, "ns/0.1.0/"),
    ("dataset/aruntime.nq.gz", "*/*", "dataset/aruntime.nq.gz"),
    ("question/who-owns-batching", "text/turtle", "questions/questions.ttl"),
    ("question/who-owns-batching", "*/*", "questions/who-owns-batching.rq"),
    ("question/who-owns-batching", BROWSER, "question/who-owns-batching.html"),
    ("", BROWSER, ""),
    ("compose.html", BROWSER, "compose.html"),
    (".well-known/void", "text/turtle", ".well-known/void"),
]  # fmt: skip
"""What is asked for, with which ``Accept``, and where it must lead."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if APACHE is None or not MODULES.is_dir():
        pytest.skip("Apache is not installed here; .ci/run installs apache2-bin")
    folder, number = tmp_path_factory.mktemp("apache"), free_port()
    (folder / "www" / "aruntime").mkdir(parents=True)
    (folder / "www" / "aruntime" / ".htaccess").write_text(rules(SITE))
    configuration = folder / "apache.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=number, modules=MODULES))
    process = subprocess.Popen(
        [APACHE, "-f", configuration, "-DFOREGROUND"], stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", number), timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "error.log").read_text()
                time.sleep(0.1)
        yield number
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_every_name_leads_to_what_was_asked_for(port: int) -> None:
    wrong = []
    for name, accept, place in ASKED:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {} if accept is None else {"Accept": accept}
        connection.request("GET", f"/aruntime/{name}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        wanted = (303, f"{SITE}/{place}", "*")
        cors = answer.getheader("Access-Control-Allow-Origin")
        got = (answer.status, answer.getheader("Location"), cors)
        if got != wanted or "Accept" not in (answer.getheader("Vary") or ""):
            wrong.append((name, accept, got, wanted))
    assert wrong == []
