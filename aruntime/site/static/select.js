// Which components meet needs: the answers of `aruntime select`, joined by component.

import { fetchJson, h, say } from "./page.js";
import { component, loadNames } from "./view.js";

const VERDICTS = ["yes", "part", "unknown", "no"];
const MARKS = [["yes in", "choice"], ["yes through", "delegated"], ["yes", "owned"], ["in part", "partial"], ["left to the caller", "caller"], ["left", "platform"], ["no", "gap"]];
const form = document.querySelector("#add");
const chips = document.querySelector("#chips");
const status = document.querySelector("#status");
const answer = document.querySelector("#answer");

/** An answer as one of yes, part, unknown and no. */
export function verdictOf(text) {
  if (text.startsWith("yes")) return "yes";
  return { "in part": "part", unknown: "unknown" }[text] ?? "no";
}

/** Components of which a claim speaks to some need, the best first. */
export function candidates(answers, needs) {
  const names = new Set(needs.flatMap(([kind, value]) => Object.keys(answers[kind]?.[value] ?? {})));
  const found = [...names].map((name) => {
    const said = needs.map(([kind, value]) => answers[kind]?.[value]?.[name] ?? ["unknown", [], []]);
    const places = said.map(([text]) => VERDICTS.indexOf(verdictOf(text)));
    return { name, said, worst: Math.max(...places), order: said.map(([text, limits], n) => (text === "yes" && !limits.length ? 0 : 1 + places[n])) };
  });
  const byOrder = (a, b) => a.order.map((place, n) => place - b.order[n]).find(Boolean) ?? 0;
  return found.sort((a, b) => a.worst - b.worst || byOrder(a, b) || (a.name < b.name ? -1 : 1));
}

function needs() {
  return new URL(location.href).searchParams.getAll("need").map((text) => text.split(/\.(.*)/s).slice(0, 2));
}

function go(wanted) {
  history.pushState(null, "", `?${wanted.map((need) => `need=${need.map(encodeURIComponent).join(".")}`).join("&")}`);
  show();
}

async function show() {
  const { answers, labels } = await fetchJson("data/answers.json");
  const wanted = needs();
  const text = ([kind, value]) => `${form.elements.kind.querySelector(`[value="${CSS.escape(kind)}"]`)?.textContent ?? kind} ${labels[kind]?.[value] ?? value}`;
  chips.replaceChildren(...wanted.map((need) => h("li", { class: "chip" }, text(need),
    h("button", { type: "button", "aria-label": `Remove ${text(need)}`, onclick: () => go(wanted.filter((other) => other !== need)) }, "×"))));
  answer.replaceChildren();
  say(status);
  if (!wanted.length) return;
  const found = candidates(answers, wanted);
  const names = await loadNames([]);
  const meet = found.filter((c) => c.worst === 0).length;
  say(status, `${meet} of ${found.length} components that speak of it meet all of it. The same on the command line: `,
    h("code", {}, `aruntime select ${wanted.map(([kind, value]) => `--${kind} ${value}`).join(" ")}`));
  const cell = ([said, limits]) => h("td", {}, h("span", { class: `v ${MARKS.find(([words]) => said.startsWith(words))?.[1] ?? "unknown"}` }, h("i", { class: "m" }), said),
    limits.length ? h("div", { class: "q" }, limits.join("; ")) : null);
  answer.append(h("div", { class: "tw", role: "region", tabindex: "0", "aria-label": "Candidates" }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Component"), wanted.map((need) => h("th", { scope: "col" }, text(need))))),
    h("tbody", {}, found.map((c) => h("tr", {}, h("th", { scope: "row" }, component(names, c.name)), c.said.map(cell)))))));
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
addEventListener("popstate", show);
fill();
show();
