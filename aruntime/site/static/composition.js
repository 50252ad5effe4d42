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

/** What claims of a component say, with labels of their parts: of *needed* ones, or of all of them. */
export async function details(name, needed = null) {
  const often = await fetchJson(`data/of/${name}.json`);
  if (needed?.every((claim) => !claim.startsWith(`${name}#`) || claim.slice(name.length + 1) in often.claims)) return often;
  const seldom = await fetchJson(`data/rest/${name}.json`);
  return Object.fromEntries(Object.keys(often).map((key) => [key, { ...often[key], ...seldom[key] }]));
}

/**
 * The composition of one or two runtimes that was made when the site was built.
 * @param {string[]} names slugs
 * @param {boolean} whole whether claims of rows that are set aside say more than their names
 * @returns the documented JSON object, or null where it was not made
 */
export async function madeBefore(names, whole = false) {
  const sorted = [...names].sort();
  const path = names.length === 1 ? `data/alone/${names[0]}.json` : `data/pair/${sorted.join("_")}.json`;
  const [encoded, words, list] = await Promise.all([fetchJson(path).catch(() => null), fetchJson("data/words.json"), components()]);
  if (encoded === null) return null;
  const rows = encoded[2].map(decodedRow);
  const needed = whole ? null : rows.filter(shown).flatMap((row) => row.claims.map(([claim]) => claim));
  const of = await Promise.all(sorted.map((name) => details(name, needed)));
  const claims = new Map(sorted.flatMap((name, n) => Object.entries(of[n].claims).map(([claim, said]) => [`${name}#${claim}`, said])));
  const versions = new Map(list.map(({ name, version }) => [name, version]));
  return decoded(encoded, rows, sorted, versions, claims, words);
}

const decodedRow = (row) => ({
  responsibility: row[0], layer: row[1], verdict: row[2], act: Boolean(row[3]), asked: Boolean(row[4]),
  units: row[5].map(([unit, verdict]) => ({ unit, verdict })), owners: row[6], missing: row[7], conditions: row[8],
  options: row[9], reviewed: Boolean(row[10]), claims: row[11], assumed: row[12],
});

function decoded([purposes, choices, , limits, ...rest], rows, names, versions, claims, words) {
  const claim = ([name, role, state]) => {
    const said = Object.fromEntries((claims.get(name) ?? []).map((value, n) => [words.fields[n], value]));
    return { claim: name, component: name.split("#")[0], ...said, role, state, verified: said.status !== "assumed" };
  };
  const responsibilities = rows.map((row) => ({ ...row, claims: row.claims.map(claim) }));
  const members = names.map((name) => ({
    component: name,
    iri: `https://w3id.org/aruntime/id/runtime/${name}`,
    version: versions.get(name) ?? null,
    configurations: choices.filter((c) => c.component === name && c.chosen).map((c) => c.chosen),
  }));
  const [missing, seams, questions, tradeoffs, lifecycle, notes] = rest;
  return {
    components: members, purposes, choices, responsibilities, missing, limits: limits.map(claim), seams,
    questions, tradeoffs, lifecycle, notes, summary: summary(responsibilities, Object.keys(words.verdict)),
  };
}
