// Where two runtimes differ: each judged by itself, as `aruntime compare` does. No ranking.

import { h, mark, onSubmit, say, table, visit } from "./page.js";
import { madeBefore } from "./composition.js";
import { component, limits, loadNames, named, units } from "./view.js";

const STANDINGS = { differ: "They differ", "one-sided": "Known of one", "other-units": "Both, in other units", agree: "Alike" };
const owned = (row) => ["owned", "layered", "delegated"].includes(row?.verdict);
const form = document.querySelector("#pick");
const status = document.querySelector("#status");
const answer = document.querySelector("#answer");

/** The lines of a comparison within some layers, what matters most first. */
export function lines(left, right, layers) {
  const sides = [left, right].map((found) => new Map(found.responsibilities.filter((r) => r.claims.length).map((r) => [r.responsibility, r])));
  const found = [...new Set([...sides[0].keys(), ...sides[1].keys()])].map((name) => {
    const [a, b] = sides.map((side) => side.get(name) ?? null);
    return { responsibility: name, layer: Math.min(...[a, b].filter(Boolean).map((r) => r.layer)), standing: standing(a, b), left: a, right: b };
  });
  const order = (line) => Object.keys(STANDINGS).indexOf(line.standing) + Number(owned(line.left) === owned(line.right)) / 2;
  return found.filter((line) => layers.includes(line.layer))
    .sort((a, b) => order(a) - order(b) || a.layer - b.layer || (a.responsibility < b.responsibility ? -1 : 1));
}

function standing(left, right) {
  if (!left || !right) return "one-sided";
  if (left.verdict !== right.verdict && !(owned(left) && owned(right))) return "differ";
  return right.units.some(({ unit }) => left.units.some((u) => u.unit === unit)) ? "agree" : "other-units";
}

async function show() {
  const query = new URL(location.href).searchParams;
  const pair = ["a", "b"].map((key) => query.get(key) ?? "");
  pair.forEach((name, n) => { form.elements[n].value = name; });
  answer.replaceChildren();
  say(status);
  if (!pair.every(Boolean)) return;
  if (pair[0] === pair[1]) return say(status, "A runtime cannot be compared with itself.");
  const made = await Promise.all(pair.map((name) => madeBefore([name])));
  if (!made.every(Boolean)) return say(status, "One of them is no runtime of this site.");
  const [left, right] = made.map(({ found }) => found);
  const names = await loadNames(new Map(made.flatMap(({ labels }) => [...labels])));
  const at = [left, right].map((found) => new Set(found.responsibilities.filter((r) => r.claims.some((c) => ["owner", "part-owner"].includes(c.role))).map((r) => r.layer)));
  const layers = [...at[0]].filter((layer) => at[1].has(layer)).sort();
  if (!layers.length) return say(status, "They do nothing at a common layer: their units differ, so a comparison would mislead. Compose them instead.");
  const found = lines(left, right, layers);
  const alone = (row) => ({ ...row, options: row.options.map((o) => ({ ...o, owners: o.owners.map((name) => name.replace(" (missing)", "")) })) });
  const side = (row) => (row ? [mark(row.verdict, names.words.verdict[row.verdict][0]), h("small", { class: "q" }, ` ${units(names, row)}`), limits(names, alone(row))]
    : h("span", { class: "q" }, "not known"));
  say(status, `At layer${layers.length > 1 ? "s" : ""} ${layers.join(", ")}, where both do something. The same on the command line: `, h("code", {}, `aruntime compare ${pair.join(" ")}`));
  for (const [standing, title] of Object.entries(STANDINGS)) {
    const own = found.filter((line) => line.standing === standing);
    if (!own.length) continue;
    const rows = own.map((line) => [named(names, "responsibility", line.responsibility), side(line.left), side(line.right)]);
    answer.append(h("h2", { id: standing }, title, " ", h("small", {}, String(own.length))), table(title, ["Responsibility", ...pair.map((name) => component(names, name))], rows, "stack thirds"));
  }
}

onSubmit(form, () => {
  const [a, b] = [...form.elements].map((field) => field.value);
  visit(`a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`, show);
});
visit(null, show);
