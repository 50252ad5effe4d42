// Which components meet needs: the answers of `aruntime select`, joined by component.

import { chip, fetchJson, h, mark, onSubmit, say, table, visit } from "./page.js";
import { component, loadNames } from "./view.js";

const VERDICTS = ["yes", "part", "assumed", "unknown", "left", "no"];
const form = document.querySelector("#add");
const chips = document.querySelector("#chips");
const status = document.querySelector("#status");
const answer = document.querySelector("#answer");

/** An answer as one of yes, part, assumed, unknown, left and no. */
export const verdictOf = (text) => (text.startsWith("in part") ? "part" : text.split(/[: ]/)[0]);

/** Whether one configuration can be had from each list; two exclude each other where they are within different options of a choice. */
function fit(options, [first, ...rest], taken = []) {
  const exclude = (one, other) => Object.entries(options[one] ?? {}).some(([choice, ours]) => options[other]?.[choice]?.every((theirs) => !ours.includes(theirs)));
  return !first || first.some((one) => !taken.some((other) => exclude(one, other)) && fit(options, rest, [...taken, one]));
}

/** Components of which a claim speaks to some need, the best first; who meets each in a configuration and all in none meets them in part. */
export function candidates({ answers, options }, needs) {
  const names = new Set(needs.flatMap(([kind, value]) => Object.keys(answers[kind]?.[value] ?? {})));
  const found = [...names].map((name) => {
    const said = needs.map(([kind, value]) => answers[kind]?.[value]?.[name] ?? ["unknown", [], [], "unknown", []]);
    const places = said.map(([text]) => VERDICTS.indexOf(verdictOf(text)));
    const together = fit(options[name] ?? {}, said.map(([text, , , , chosen]) => (verdictOf(text) === "yes" ? chosen : [])).filter((chosen) => chosen.length));
    return { name, said, together, worst: Math.max(...places) || +!together, order: said.map(([text, limits], n) => (text === "yes" && !limits.length ? 0 : 1 + places[n])) };
  });
  const byOrder = (a, b) => a.order.map((place, n) => place - b.order[n]).find(Boolean) ?? 0;
  return found.sort((a, b) => a.worst - b.worst || byOrder(a, b) || (a.name < b.name ? -1 : 1));
}

const needs = () => new URL(location.href).searchParams.getAll("need").map((text) => text.split(/\.(.*)/s).slice(0, 2));

const go = (wanted) => visit(wanted.map((need) => `need=${need.map(encodeURIComponent).join(".")}`).join("&"), show);

async function show() {
  const read = await fetchJson("data/answers.json");
  const { labels, marks, lifecycles } = read;
  const wanted = needs();
  const text = ([kind, value]) => `${form.elements.kind.querySelector(`[value="${CSS.escape(kind)}"]`)?.textContent ?? kind} ${labels[kind]?.[value] ?? value}`;
  const without = (need) => wanted.filter((other) => other !== need);
  chips.replaceChildren(...wanted.map((need) => chip(text(need), `Remove ${text(need)}`, () => go(without(need)))));
  answer.replaceChildren();
  say(status);
  if (!wanted.length) return;
  const found = candidates(read, wanted);
  const names = await loadNames();
  say(status, `${found.filter((c) => c.worst === 0).length} of ${found.length} components that speak of it meet all of it. The same on the command line: `,
    h("code", {}, `aruntime select ${wanted.map(([kind, value]) => `--${kind} ${value}`).join(" ")}`));
  const cell = ([said, limits, , shown]) => {
    const [head] = shown.split(/,? (?=per |through |in configuration )/);
    return [mark(marks.find(([words]) => said.startsWith(words))?.[1] ?? "unknown", head), shown.slice(head.length).replace(/^,/, ""),
      limits.map((limit) => h("div", { class: "q" }, limit))];
  };
  const notes = (c) => [lifecycles[c.name], c.together ? null : "no configuration meets all of it at once"].filter(Boolean);
  const rows = found.map((c) => [[component(names, c.name), notes(c).map((note) => h("div", { class: "q" }, note))], ...c.said.map(cell)]);
  answer.append(table("Candidates", ["Component", ...wanted.map(text)], rows, "stack"));
}

async function fill() {
  const { labels } = await fetchJson("data/answers.json");
  const sorted = Object.entries(labels[form.elements.kind.value] ?? {}).sort((a, b) => (a[1] < b[1] ? -1 : 1));
  form.elements.value.replaceChildren(...sorted.map(([value, label]) => h("option", { value }, label)));
}

form.elements.kind.addEventListener("change", fill);
onSubmit(form, () => go([...needs(), [form.elements.kind.value, form.elements.value.value]]));
fill();
visit(null, show);
