// Which components meet needs: the answers of `aruntime select`, joined by component.

import { chip, fetchJson, h, mark, say, table, visit } from "./page.js";
import { component, loadNames } from "./view.js";

const VERDICTS = ["yes", "part", "assumed", "unknown", "no"];
const form = document.querySelector("#add");
const chips = document.querySelector("#chips");
const status = document.querySelector("#status");
const answer = document.querySelector("#answer");

/** An answer as one of yes, part, assumed, unknown and no. */
export const verdictOf = (text) => (text.startsWith("assumed: ") ? "assumed" : text.startsWith("yes") ? "yes" : { "in part": "part", unknown: "unknown" }[text] ?? "no");

/** Components of which a claim speaks to some need, the best first. */
export function candidates(answers, needs) {
  const names = new Set(needs.flatMap(([kind, value]) => Object.keys(answers[kind]?.[value] ?? {})));
  const found = [...names].map((name) => {
    const said = needs.map(([kind, value]) => answers[kind]?.[value]?.[name] ?? ["unknown", [], [], "unknown"]);
    const places = said.map(([text]) => VERDICTS.indexOf(verdictOf(text)));
    return { name, said, worst: Math.max(...places), order: said.map(([text, limits], n) => (text === "yes" && !limits.length ? 0 : 1 + places[n])) };
  });
  const byOrder = (a, b) => a.order.map((place, n) => place - b.order[n]).find(Boolean) ?? 0;
  return found.sort((a, b) => a.worst - b.worst || byOrder(a, b) || (a.name < b.name ? -1 : 1));
}

function needs() {
  return new URL(location.href).searchParams.getAll("need").map((text) => text.split(/\.(.*)/s).slice(0, 2));
}

const go = (wanted) => visit(wanted.map((need) => `need=${need.map(encodeURIComponent).join(".")}`).join("&"), show);

async function show() {
  const { answers, labels, marks } = await fetchJson("data/answers.json");
  const wanted = needs();
  const text = ([kind, value]) => `${form.elements.kind.querySelector(`[value="${CSS.escape(kind)}"]`)?.textContent ?? kind} ${labels[kind]?.[value] ?? value}`;
  const without = (need) => wanted.filter((other) => other !== need);
  chips.replaceChildren(...wanted.map((need) => chip(text(need), `Remove ${text(need)}`, () => go(without(need)))));
  answer.replaceChildren();
  say(status);
  if (!wanted.length) return;
  const found = candidates(answers, wanted);
  const names = await loadNames([]);
  say(status, `${found.filter((c) => c.worst === 0).length} of ${found.length} components that speak of it meet all of it. The same on the command line: `,
    h("code", {}, `aruntime select ${wanted.map(([kind, value]) => `--${kind} ${value}`).join(" ")}`));
  const cell = ([said, limits, , shown]) => [mark(marks.find(([words]) => said.startsWith(words))?.[1] ?? "unknown", shown),
    limits.length ? h("div", { class: "q" }, limits.join("; ")) : null];
  const rows = found.map((c) => [component(names, c.name), ...c.said.map(cell)]);
  answer.append(table("Candidates", ["Component", ...wanted.map(text)], rows));
}

async function fill() {
  const { labels } = await fetchJson("data/answers.json");
  const sorted = Object.entries(labels[form.elements.kind.value] ?? {}).sort((a, b) => (a[1] < b[1] ? -1 : 1));
  form.elements.value.replaceChildren(...sorted.map(([value, label]) => h("option", { value }, label)));
}

form.elements.kind.addEventListener("change", fill);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go([...needs(), [form.elements.kind.value, form.elements.value.value]]);
});
fill();
visit(null, show);
