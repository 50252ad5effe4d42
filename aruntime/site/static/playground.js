// SPARQL in the browser: an address fills the editor and never runs; a query runs when asked, and ends when told.

import { at, fetchJson, h, onSubmit, say, table } from "./page.js";
import { ask, cancel } from "./engine.js";

const MOST = 1000;
const ID = "https://w3id.org/aruntime/id/";
const field = document.querySelector("#query");
const status = document.querySelector("#status");
const answer = document.querySelector("#answer");
const example = document.querySelector("#example");
const stop = document.querySelector("#cancel");
let editor = null;

const bare = (text) => text.replace(/^#\+.*\n/gm, "").trimStart(); // without the header, which the question's page has in words
const read = () => editor?.state.doc.toString() ?? field.value;
function write(text) {
  field.value = text;
  editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
}

/** The query editor takes the place of the plain field where the site has it and somebody types. */
async function improve() {
  const { editor: has } = await fetchJson("data/site.json");
  if (!has || editor) return;
  const [{ basicSetup, EditorView }, { sparql }] = await Promise.all([import(at("engine/codemirror.js")), import(at("engine/codemirror-lang-sparql.js"))]);
  const label = EditorView.contentAttributes.of({ "aria-label": "Query" });
  editor = new EditorView({ doc: field.value, extensions: [basicSetup, sparql(), label, EditorView.lineWrapping], parent: field.parentElement });
  field.hidden = true;
  editor.focus();
}

async function load(name) {
  if (!name) return;
  const { text } = (await fetchJson("data/questions.json"))[name] ?? {};
  if (text === undefined) return say(status, `No question is called ${name}.`);
  example.value = name;
  write(bare(text));
  field.dataset.question = name;
}

async function run() {
  const text = read();
  const known = (await fetchJson("data/questions.json"))[field.dataset.question];
  const values = known && bare(known.text) === text ? known.example : {};
  answer.replaceChildren();
  stop.hidden = false;
  try {
    const found = await ask(text, values, (message) => say(status, message));
    show(found);
  } catch (error) {
    say(status, error.message);
  } finally {
    stop.hidden = true;
  }
}

function show({ answer: found, milliseconds }) {
  const time = ` in ${Math.round(milliseconds)} ms`;
  if (typeof found === "string") {
    say(status, `Triples${time}.`);
    return answer.append(h("pre", { tabindex: "0" }, h("code", {}, found)));
  }
  if ("boolean" in found) return say(status, `${found.boolean ? "Yes" : "No"}${time}.`);
  const rows = found.results.bindings;
  say(status, `${rows.length} row${rows.length === 1 ? "" : "s"}${time}.${rows.length > MOST ? ` The first ${MOST} are shown.` : ""}`);
  const names = found.head.vars;
  answer.append(table("Rows", names, rows.slice(0, MOST).map((row) => names.map((name) => cell(row[name])))));
}

/** A term: a thing of ours as a link to its page, anything else as text. */
function cell(term) {
  if (!term) return "";
  const [, kind, name, fragment] = term.value.match(/^https:\/\/w3id\.org\/aruntime\/id\/([\w-]+)\/([\w.-]+)(?:#(.*))?$/) ?? [];
  if (term.type !== "uri" || !kind) return term.value;
  return h("a", { href: at(`id/${kind}/${name}.html${fragment ? `#${fragment}` : ""}`) }, term.value.slice(ID.length));
}

onSubmit(document.querySelector("#ask"), run);
stop.addEventListener("click", cancel);
example.addEventListener("change", () => load(example.value));
field.addEventListener("focus", improve, { once: true });
document.querySelector("#share").addEventListener("click", async () => {
  history.replaceState(null, "", `?query=${encodeURIComponent(read())}`);
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  say(status, "The address of this page now holds the query.");
});
const query = new URL(location.href).searchParams;
if (query.has("query")) write(query.get("query"));
else load(query.get("question"));
