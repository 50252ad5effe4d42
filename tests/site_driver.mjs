// Judges stacks as the site's worker does, in Node: a JSON task a line on standard input, a JSON
// composition or an error a line on standard output.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [, , statics, packages] = process.argv;
Map.groupBy ??= (list, key) => {
  const found = new Map();
  for (const item of list) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}; // browsers have it; Node has it from version 21
const oxigraph = createRequire(`${packages}/`)("oxigraph");
const { Stack } = await import(`${statics}/stack.js`);
const { judged } = await import(`${statics}/verdicts.js`);

let world = null;
for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  if (world === null) {
    const parsed = (text) => oxigraph.parse(text, { format: "application/n-triples" });
    world = { ...task, vocabulary: parsed(task.vocabulary), facts: Object.fromEntries(Object.entries(task.facts).map(([n, t]) => [n, parsed(t)])) };
    continue;
  }
  let found;
  try {
    const members = task.components.map(({ name, iri }) => ({ name, iri, facts: world.facts[name] }));
    const stack = new Stack(oxigraph, world.queries, world.vocabulary, members, task.versions);
    for (const [component, configuration] of task.chosen) stack.choose(component, configuration);
    found = judged(stack);
  } catch (error) {
    found = { error: error.stack };
  }
  console.log(JSON.stringify(found));
}
