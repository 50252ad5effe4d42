// A composition as `aruntime compose --format json` gives it, from the files of the site.

import { fetchJson } from "./page.js";

/** Names of a claim's fields in `data/of/NAME.json`, in their order there. */
const STATIC = [
  "statement", "responsibility", "stance", "part", "unit", "layer", "scope", "availability",
  "configurations", "condition", "delegate", "through", "release", "source", "locator", "status",
];

/** Whether a row is listed: the purpose asks for it, or two parties are at odds over it. */
export const shown = (row) => row.asked || ["contended", "disputed"].includes(row.verdict);

/** How many responsibilities have each verdict, in the vocabulary's order; others are `aside`. */
export function summary(rows, verdicts) {
  const found = {};
  for (const verdict of verdicts) {
    const count = rows.filter((row) => row.verdict === verdict && shown(row)).length;
    if (count) found[verdict] = count;
  }
  const aside = rows.filter((row) => !shown(row)).length;
  return aside ? { ...found, aside } : found;
}

/**
 * The composition of one or two runtimes that was made when the site was built.
 * @param {string[]} names slugs
 * @returns the documented JSON object, or null where it was not made
 */
export async function madeBefore(names) {
  const sorted = [...names].sort();
  const path = names.length === 1 ? `data/alone/${names[0]}.json` : `data/pair/${sorted.join("_")}.json`;
  let encoded;
  try {
    encoded = await fetchJson(path);
  } catch {
    return null;
  }
  const [words, all, ...of] = await Promise.all([
    fetchJson("data/words.json"),
    fetchJson("data/versions.json"),
    ...names.map((name) => fetchJson(`data/of/${name}.json`)),
  ]);
  const claims = new Map();
  names.forEach((name, n) => {
    for (const [claim, fields] of Object.entries(of[n].claims)) claims.set(`${name}#${claim}`, fields);
  });
  return decoded(encoded, sorted, all, claims, Object.keys(words.verdict));
}

function decoded(encoded, names, versions, statics, verdicts) {
  const [purposes, choices, rows, limits, missing, seams, questions, tradeoffs, lifecycle, notes] = encoded;
  const claim = ([name, role, state]) => {
    const fields = statics.get(name);
    const said = Object.fromEntries(STATIC.map((field, n) => [field, fields[n]]));
    return { claim: name, component: name.split("#")[0], ...said, role, state, verified: said.status !== "assumed" };
  };
  const responsibilities = rows.map((row) => ({
    responsibility: row[0],
    layer: row[1],
    verdict: row[2],
    act: Boolean(row[3]),
    asked: Boolean(row[4]),
    units: row[5].map(([unit, verdict]) => ({ unit, verdict })),
    owners: row[6],
    missing: row[7],
    conditions: row[8],
    options: row[9],
    reviewed: Boolean(row[10]),
    claims: row[11].map(claim),
    assumed: row[12],
  }));
  const components = names.map((name) => ({
    component: name,
    iri: `https://w3id.org/aruntime/id/runtime/${name}`,
    version: versions[name] ?? null,
    configurations: choices.filter((c) => c.component === name && c.chosen).map((c) => c.chosen),
  }));
  return {
    components, purposes, choices, responsibilities, missing, limits: limits.map(claim), seams,
    questions, tradeoffs, lifecycle, notes, summary: summary(responsibilities, verdicts),
  };
}
