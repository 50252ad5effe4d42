// The query engine for pages: asked for only after a reader does something that needs it.

import { at, components, fetchJson } from "./page.js";

const waiting = new Map();
let worker = null;
let last = 0;

function start() {
  worker = new Worker(at("static/worker.js"), { type: "module" });
  worker.onmessage = ({ data: { id, result, error, broken } }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (broken) stop("The engine failed and was started anew; ask something simpler.");
    if (error) reject?.(new Error(error));
    else resolve?.(result);
  };
  worker.onerror = (event) => stop(event.message || "The engine could not be started.");
}

function stop(message) {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values()) reject(new Error(message));
  waiting.clear();
}

function call(kind, task) {
  if (!worker) start();
  const id = (last += 1);
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, kind, task });
  });
}

/** How much is fetched, compressed; throws where this copy of the site was built without the engine. */
async function require(...names) {
  const { engine, sizes } = await fetchJson("data/site.json");
  if (engine) return `${(names.reduce((sum, name) => sum + sizes[name], 0) / 1e6).toFixed(1)} MB`;
  throw new Error("This copy of the site was built without the query engine. On the command line: aruntime compose, aruntime query.");
}

/** End whatever the engine does. */
export const cancel = () => stop("Cancelled.");

/** The composition of a stack that was not made beforehand; *announce* is told what is fetched. */
export async function composeHere({ names, chosen, versions }, announce) {
  const size = await require("web.js", "web_bg.wasm");
  if (!worker) announce(`Fetching the query engine, ${size}, once. The queries are those of the command line.`);
  const kinds = new Map((await components()).map(({ name, kind }) => [name, kind]));
  const members = names.map((name) => ({ name, iri: `https://w3id.org/aruntime/id/${kinds.get(name)}/${name}` }));
  return call("compose", { components: members, chosen, versions });
}

/** The answer of a query over the whole graph; *values* are bound to variables as parameters. */
export async function ask(text, values, announce) {
  const size = await require("web.js", "web_bg.wasm", "graph.ttl");
  announce(worker ? "Running …" : `Fetching the query engine and the graph, ${size}, once …`);
  return call("ask", { text, values });
}
