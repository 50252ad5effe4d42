// The query engine, beside the page: composes stacks and answers queries. Started by engine.js.

import { bound } from "./binding.js";
import { Stack } from "./stack.js";
import { judged } from "./verdicts.js";

const root = new URL("../", import.meta.url);
let engine = null;
let graph = null;

async function fetched(path, kind = "text") {
  const answer = await fetch(new URL(path, root));
  if (!answer.ok) throw new Error(`${path} is missing from this site (${answer.status}).`);
  return answer[kind]();
}

/** The engine's module, compiled once. */
function oxigraph() {
  engine ??= (async () => {
    const module = await import(new URL("engine/web.js", root));
    await module.default({ module_or_path: new URL("engine/web_bg.wasm", root) });
    return module;
  })();
  return engine;
}


async function compose({ components, chosen, versions }) {
  const [module, queries, vocabulary, ...facts] = await Promise.all([
    oxigraph(), fetched("engine/stack.json", "json"), fetched("engine/vocabulary.nt"),
    ...components.map(({ name }) => fetched(`engine/of/${name}.nt`)),
  ]);
  const parsed = (text) => module.parse(text, { format: "application/n-triples" });
  const members = components.map((component, n) => ({ ...component, facts: parsed(facts[n]) }));
  const stack = new Stack(module, queries, parsed(vocabulary), members, Object.fromEntries(versions));
  for (const [component, configuration] of chosen) stack.choose(component, configuration);
  return judged(stack);
}

/** The answer of any query over the whole graph, as SPARQL 1.1 results in JSON, or as Turtle. */
async function ask({ text, values }) {
  const module = await oxigraph();
  graph ??= (async () => {
    const store = new module.Store();
    store.load(await fetched("engine/graph.ttl"), { format: "text/turtle", lenient: true });
    return store;
  })();
  const [store, prefixes] = await Promise.all([graph, fetched("engine/prefixes.json", "json")]);
  const declared = Object.entries(prefixes).filter(([name]) => !new RegExp(`PREFIX\\s+${name}:`, "i").test(text))
    .map(([name, iri]) => `PREFIX ${name}: <${iri}>`).join(" ");
  const query = bound(`${declared}\n${text}`, values ?? {});
  const started = performance.now();
  const form = /\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(query.replace(/#.*$/gm, ""))?.[1].toUpperCase();
  const tabular = form === "SELECT" || form === "ASK";
  const answer = store.query(query, { results_format: tabular ? "json" : "text/turtle" });
  return { answer: tabular ? JSON.parse(answer) : answer, milliseconds: performance.now() - started };
}

addEventListener("message", async ({ data: { id, kind, task } }) => {
  try {
    postMessage({ id, result: await { compose, ask, start: oxigraph }[kind](task) ?? null });
  } catch (error) {
    // After an error inside WebAssembly every later query would fail: a new worker takes its place.
    postMessage({ id, error: error.message ?? String(error), broken: error instanceof WebAssembly.RuntimeError });
  }
});
