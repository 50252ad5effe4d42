// Search: things and sentences in which all words occur, the best first, as `aruntime search` ranks.

import { at, fetchJson, h, onSubmit, say, visit } from "./page.js";

const MOST = 60;
const status = document.querySelector("#status");
const answer = document.querySelector("#answer");
const input = document.querySelector("input[type=search]");

/** Things in which all words occur: first those whose one text holds all, a label before others. */
export function findThings(list, words) {
  const found = [];
  for (const [path, label, others, definition] of list) {
    const texts = [label, ...others, definition].map((text) => text.toLowerCase());
    const all = [...texts, path.toLowerCase()].join("\n");
    if (!words.every((word) => all.includes(word))) continue;
    const best = texts.map((text, n) => [words.filter((word) => !text.includes(word)).length, Math.min(n, 1 + (n === texts.length - 1)), text.length]);
    best.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    found.push({ rank: best[0], path, label, definition });
  }
  return found.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2]);
}

async function show() {
  const text = new URL(location.href).searchParams.get("q")?.trim() ?? "";
  input.value = text;
  answer.replaceChildren();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return;
  document.title = `${text} · Search · aruntime`;
  const things = findThings(await fetchJson("data/search.json"), words);
  const kind = (path) => path.split("/").slice(-2, -1)[0]
    + (path.startsWith("id/part/") ? ` of ${path.slice(8).split(".")[0].replaceAll("-", " ")}` : "");
  answer.append(h("ul", { class: "plain" }, things.slice(0, MOST).map(({ path, label, definition }) =>
    h("li", {}, h("b", {}, h("a", { href: at(`${path}.html`) }, label)), " ", h("span", { class: "q" }, kind(path)), " ", definition))));
  const statements = await fetchJson("data/statements.json");
  const claims = Object.entries(statements).flatMap(([component, own]) => Object.entries(own).map(([name, said]) => [component, name, said]))
    .filter(([, , said]) => words.every((word) => said.toLowerCase().includes(word)));
  say(status, `${things.length} things and ${claims.length} claims.`
    + (Math.max(things.length, claims.length) > MOST ? ` The first ${MOST} of each are shown.` : ""));
  if (claims.length) answer.append(h("h2", {}, "Claims ", h("small", {}, String(claims.length))), h("ul", { class: "plain" },
    claims.slice(0, MOST).map(([component, name, said]) => h("li", {}, said, " ",
      h("a", { class: "ev", href: at(`id/${component}.html#${name}`) }, `${component.split("/")[1]}#${name}`)))));
}

onSubmit(input.form, () => visit(`q=${encodeURIComponent(input.value)}`, show));
visit(null, show);
