// The compose page: components as chips, the answer below, everything in the address.

import { at, chip, components, h, listed, onSubmit, say, visit } from "./page.js";
import { labelsOf, madeBefore } from "./composition.js";
import { compositionView, loadNames } from "./view.js";

const chips = document.querySelector("#chips");
const form = document.querySelector("#add");
const input = form.querySelector("input");
const answer = document.querySelector("#answer");
const status = document.querySelector("#status");
let turn = 0;

/** What the address asks for: components, chosen configurations, versions. */
export function asked(address = location.href) {
  const query = new URL(address).searchParams;
  const pairs = (key) => query.getAll(key).map((text) => text.split(/\.(.*)/s).slice(0, 2)).filter(([a, b]) => a && b);
  const names = query.getAll("c").flatMap((text) => text.split(/[\s,]+/)).filter(Boolean);
  return { names: [...new Set(names)], chosen: pairs("in"), versions: pairs("at") };
}

/** The query of an address that asks for a stack. */
export function address({ names, chosen, versions }) {
  const kept = ([name]) => names.includes(name);
  const rest = [...chosen.filter(kept).map((pair) => ["in", pair]), ...versions.filter(kept).map((pair) => ["at", pair])];
  return [`c=${names.map(encodeURIComponent).join(",")}`,
    ...rest.map(([key, pair]) => `${key}=${pair.map(encodeURIComponent).join(".")}`)].join("&");
}

const go = (stack) => visit(address(stack), show);

async function show() {
  const mine = ++turn;
  const stack = asked();
  const list = await components();
  const known = new Map(list.map((entry) => [entry.name, entry]));
  const names = stack.names.map((name) => identify(name, list) ?? name);
  const strange = names.filter((name) => !known.has(name));
  stack.names = [...new Set(names.filter((name) => known.has(name)))];
  if (mine !== turn) return;
  drawChips(stack, known);
  const [first = "", ...others] = stack.names.map((name) => known.get(name).label);
  const title = others.length ? `${first} with ${listed(others).join("")}` : first;
  document.title = `${title || "Compose"} · aruntime`;
  document.querySelector("h1").textContent = title ? `${title}: who owns what?` : "Who owns what in your stack?";
  document.querySelector("#start").hidden = stack.names.length > 0;
  answer.replaceChildren();
  say(status, ...(strange.length ? [`Nothing is called ${strange.join(" or ")}. `] : []));
  if (!stack.names.length) return;
  const made = await compose(stack);
  if (mine !== turn || !made) return;
  const { found, labels } = made;
  found.components.sort((a, b) => stack.names.indexOf(a.component) - stack.names.indexOf(b.component));
  answer.replaceChildren(...compositionView(found, await loadNames(labels), {
    add: (name) => go({ ...stack, names: [...stack.names, name] }),
    choose: (name, option) => go({ ...stack, chosen: [...stack.chosen, [name, option]] }),
  }), sameElsewhere(stack));
  if (mine > 1 && document.activeElement === document.body) document.querySelector("h1").focus({ preventScroll: true }); // its button is gone
}

/** The composition and its labels: made beforehand for one or two as they come, else by the engine. */
async function compose(stack) {
  const plain = !stack.chosen.length && !stack.versions.length && stack.names.length <= 2;
  const made = plain ? await madeBefore(stack.names) : null;
  if (made) return made;
  const { composeHere } = await import("./engine.js");
  try {
    const [found, labels] = await Promise.all([composeHere(stack, (message) => say(status, message)), labelsOf(stack.names)]);
    say(status);
    return { found, labels };
  } catch (error) {
    say(status, error.message);
    return null;
  }
}

/** The slug of what people call a component, in any letter case. */
function identify(text, list) {
  const same = (other) => other.toLowerCase() === text.toLowerCase();
  return list.find(({ name, label, others }) => [name, label, ...others].some(same))?.name;
}

function drawChips(stack, known) {
  const without = (name) => ({ ...stack, names: stack.names.filter((other) => other !== name) });
  chips.replaceChildren(...stack.names.map((name) => {
    const { label, version, kind } = known.get(name);
    const picked = stack.versions.find(([other]) => other === name)?.[1] ?? version ?? "";
    const shown = [h("a", { href: at(`id/${kind}/${name}.html`) }, label), " ", h("small", {}, picked)];
    return chip(shown, `Remove ${label}`, () => go(without(name)));
  }), ...stack.chosen.map(([name, option]) => {
    const rest = stack.chosen.filter(([a, b]) => a !== name || b !== option);
    return chip(h("small", {}, `${name}: ${option}`), `Undo ${name} ${option}`, () => go({ ...stack, chosen: rest }));
  }));
}

function sameElsewhere(stack) {
  const given = (key, pairs) => pairs.map(([name, value]) => ` --${key} ${name}=${value}`).join("");
  const command = `aruntime compose ${stack.names.join(" ")}${given("in", stack.chosen)}${given("at", stack.versions)}`;
  return h("p", { class: "note" }, "The same on the command line: ", h("code", {}, command));
}

function add(text) {
  const stack = asked();
  const names = text.split(/[\s,]+/).filter(Boolean);
  input.value = "";
  if (names.length) go({ ...stack, names: [...stack.names, ...names] });
}

onSubmit(form, () => add(input.value));
input.addEventListener("focus", async () => (await import("./suggest.js")).suggestions(input), { once: true });
visit(null, show);
