// A composition as `aruntime compose --format json` gives it, from the files of the site.

import { components, fetchJson } from "./page.js";

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

/** Labels of the parts and configurations that claims of components name, and where their lines stand. */
export const labelsOf = async (names) => new Map(await Promise.all(names.map(async (name) => [name, await fetchJson(`data/of/${name}.json`).catch(() => null)])));

/** The composition of one or two runtimes as the site was built with it, and its labels; null where it was not. */
export async function madeBefore(names) {
  const sorted = [...names].sort();
  const path = names.length === 1 ? `data/alone/${names[0]}.json` : `data/pair/${sorted.join("_")}.json`;
  const [made, words, list] = await Promise.all([fetchJson(path).catch(() => null), fetchJson("data/words.json"), components()]);
  if (made === null) return null;
  const [encoded, claims, labels] = made;
  const versions = new Map(list.map(({ name, version }) => [name, version]));
  return { found: decoded(encoded, sorted, versions, claims, words), labels: new Map(Object.entries(labels)) };
}

const decodedRow = (row) => ({
  responsibility: row[0], layer: row[1], verdict: row[2], act: Boolean(row[3]), asked: Boolean(row[4]),
  units: row[5].map(([unit, verdict]) => ({ unit, verdict })), owners: row[6] ?? [], missing: row[7] ?? [],
  conditions: row[8] ?? [], options: row[9] ?? [], reviewed: Boolean(row[10]), claims: row[11] ?? [], assumed: row[12] ?? [],
});

function decoded([purposes, choices, rows, limits, ...rest], names, versions, [claims, ...columns], words) {
  const claim = ([place, role, state]) => {
    const said = Object.fromEntries(words.fields.map((field, n) => [field, columns[n][place]]));
    return { claim: claims[place], component: claims[place].split("#")[0], ...said, role, state, verified: said.status !== "assumed" };
  };
  const responsibilities = rows.map(decodedRow).map((row) => ({ ...row, claims: row.claims.map(claim) }));
  const [missing, seams, questions, tradeoffs, lifecycle, notes, inUse] = rest;
  const members = names.map((name) => ({
    component: name,
    iri: `https://w3id.org/aruntime/id/runtime/${name}`,
    version: versions.get(name) ?? null,
    configurations: inUse[name],
  }));
  return {
    components: members, purposes, choices, responsibilities, missing, limits: limits.map(claim), seams,
    questions, tradeoffs, lifecycle, notes, summary: summary(responsibilities, Object.keys(words.verdict)),
  };
}
