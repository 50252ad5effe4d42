// A stack as a small graph, judged by the queries of queries/stack: the same as aruntime/stack.py.

import { opened } from "./binding.js";
import { compare, within } from "./versions.js";

export const ID = "https://w3id.org/aruntime/id/";
const AR = "https://w3id.org/aruntime/ns#";
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
export const STACK = `${ID}stack/ad-hoc`;

const OTHERS = /:\/\/.*\/(?:agent|component|runtime|source|stack)\/([^/#]+(?:#.*)?)$/;

/** The name that people type: the last part of an IRI of this project's, or of a thing in another namespace. */
export const slug = (iri) => (!iri.startsWith(ID) && OTHERS.exec(iri)?.[1]) || iri.split(iri.startsWith(ID) ? "/" : "#").pop();

/** The last part of a property's IRI, by which facts are looked up. */
const local = (iri) => iri.split("#").pop();

export class Stack {
  text = (name) => opened(this.queries.queries[name], {});

  /**
   * @param oxigraph the engine's module
   * @param queries { steps, queries }: the queries that judge stacks
   * @param vocabulary triples that decide verdicts
   * @param components [{ name, iri, facts }]
   * @param versions by name the version in use, for some
   */
  constructor(oxigraph, queries, vocabulary, components, versions) {
    Object.assign(this, { oxigraph, queries });
    this.store = new oxigraph.Store();
    this.addAll(vocabulary);
    this.members = components.map((component) => this.join(component, versions[component.name] ?? null));
  }

  addAll(triples) {
    for (const t of triples) this.store.add(this.oxigraph.quad(t.subject, t.predicate, t.object));
  }

  add(...iris) {
    this.store.add(this.oxigraph.quad(...iris.map((iri) => this.oxigraph.namedNode(iri))));
  }

  /** Add what is said of a component, as far as it can hold in the version in use. */
  join({ name, iri, facts }, version) {
    const bounds = new Map();
    const releases = new Map();
    const verified = new Map();
    for (const t of facts) {
      const predicate = t.predicate.value;
      if (predicate === `${AR}fromVersion` || predicate === `${AR}untilVersion`) {
        bounds.set(t.subject.value, { ...bounds.get(t.subject.value), [local(predicate)]: t.object.value });
      } else if (predicate === `${AR}version`) releases.set(t.subject.value, t.object.value);
      else if (predicate === `${AR}verifiedIn`) verified.set(t, t.object.value);
    }
    const ended = new Set([...bounds].filter(([, { fromVersion, untilVersion }]) => (version === null
      ? untilVersion !== undefined : !within(version, fromVersion, untilVersion))).map(([node]) => node));
    this.addAll(facts.filter((t) => !ended.has(t.subject.value)));
    this.add(STACK, `${AR}component`, iri);
    if (version !== null) this.markUnverified(facts, bounds, releases, version);
    const counts = new Map();
    for (const release of verified.values()) {
      const read = releases.get(release);
      if (read !== undefined) counts.set(read, (counts.get(read) ?? 0) + 1);
    }
    const [[most] = []] = [...counts].sort((a, b) => b[1] - a[1] || compare(b[0], a[0]));
    const read = [...new Set(releases.values())].sort(compare);
    return { name, iri, version: version ?? most ?? [...releases.values()][0] ?? null, given: version !== null, read };
  }

  /** Mark claims that were read in another release and state no bounds that include this version. */
  markUnverified(facts, bounds, releases, version) {
    const known = new Set(bounds.keys());
    for (const t of facts) {
      const read = t.predicate.value === `${AR}verifiedIn` ? releases.get(t.object.value) : undefined;
      if (read !== undefined && compare(read, version) === 0) known.add(t.subject.value);
    }
    for (const t of facts) {
      if (t.predicate.value === `${AR}statement` && !known.has(t.subject.value)) this.add(t.subject.value, TYPE, `${AR}UnverifiedClaim`);
    }
  }

  /** Put a configuration into use. Throws where the component has none of that name. */
  choose(component, name) {
    const member = this.members.find((m) => m.name === component);
    const node = member && `${member.iri}#${name}`;
    const known = node && this.store.match(this.oxigraph.namedNode(node), this.oxigraph.namedNode(`${AR}ofComponent`)).length;
    if (!known) throw new Error(`${component} has no configuration ${name}.`);
    this.add(STACK, `${AR}inUse`, node);
  }

  /** Add what the numbered queries conclude, in their order. */
  judge() {
    for (const step of this.queries.steps) this.addAll(this.store.query(this.text(step)));
  }

  /** Rows of a query, without what is unbound; each value is an IRI or a text. */
  rows(name) {
    return this.store.query(this.text(name)).map((row) =>
      Object.fromEntries([...row].filter(([, term]) => term).map(([key, term]) => [key, term.value])));
  }

  /** By IRI of the node, by local name of the property, the values. */
  facts() {
    const values = (quads) => quads.map((quad) => quad.object.value).sort();
    return new Map([...Map.groupBy(this.store.match(), (quad) => quad.subject.value)].map(([node, quads]) =>
      [node, new Map([...Map.groupBy(quads, (q) => local(q.predicate.value))].map(([key, own]) => [key, values(own)]))]));
  }
}

