// Reads a judged stack into the JSON of `aruntime compose`: the same as aruntime/verdicts.py, to which
// tests/test_site_verdicts.py holds it equal.

import { shown, summary } from "./composition.js";
import { ID, STACK, slug } from "./stack.js";
import { compare, within } from "./versions.js";

const unique = (list) => [...new Set(list)];
const after = (text, sign) => text.slice(text.indexOf(sign) + 1);
const byText = (a, b) => (a < b ? -1 : Number(a > b));
const holdsFirst = (a, b) => (a.state !== "holds") - (b.state !== "holds") || byText(a.claim, b.claim);

/** The composition of a stack whose choices are made. */
export function judged(stack) {
  stack.judge();
  return new Reader(stack).composition();
}

class Reader {
  values = (node, name) => this.facts.get(node)?.get(name) ?? [];
  value = (node, name) => this.values(node, name)[0] ?? null;
  slugs = (node, name) => this.values(node, name).map(slug);
  types = (node) => this.values(node, "type").map((type) => type.split("#").pop());
  node = (claim) => this.nodes.get(claim.claim);
  takenUp = (claim) => ["takenUpBy", "partlyTakenUpBy"].flatMap((name) => this.slugs(this.node(claim), name));
  wouldTakeUp = (claim) => (claim.delegate.some((name) => this.here.has(name)) ? [] : claim.delegate);
  handedTo = (claim) => (claim.role === "hand-over" && !claim.delegate.length ? claim.through : claim.delegate);
  leftTo = (claim) => [this.handedTo(claim).filter((name) => this.here.has(name)), this.handedTo(claim), [this.read.left[claim.role]].filter(Boolean)].find((to) => to.length) ?? [];

  constructor(stack) {
    this.stack = stack;
    this.read = stack.queries.reading;
    this.facts = stack.facts();
    this.members = new Map(stack.members.map((m) => [m.iri, m]));
    this.places = new Map(stack.members.map((m) => [slug(m.iri), m.iri]));
    this.here = new Set(stack.members.map((m) => m.name));
    this.deciding = new Set();
    this.assuming = new Set();
    this.nodes = new Map([...this.facts].filter(([, f]) => f.has("statement")).map(([name]) => [slug(name), name]));
    this.verdicts = [...this.facts].filter(([, f]) => f.has("precedence"))
      .sort(([, a], [, b]) => Number(a.get("precedence")[0]) - Number(b.get("precedence")[0])).map(([name]) => slug(name));
    this.claims = [...this.facts].filter(([, f]) => f.has("role") && f.has("statement")).map(([name, f]) => this.claim(name, f));
  }

  composition() {
    this.asked = new Set(this.values(STACK, "purpose").flatMap((purpose) => this.slugs(purpose, "requires")));
    const responsibilities = this.rows();
    const settled = new Set(responsibilities.filter((row) => this.read.settled.includes(row.verdict)).map((row) => row.responsibility));
    const choices = this.choices();
    return {
      components: this.stack.members.map((m) => ({
        component: m.name, iri: m.iri, version: m.version,
        configurations: [...choices.filter((c) => c.component === m.name && c.chosen).map((c) => c.chosen), ...this.features(m.iri)],
      })),
      purposes: this.values(STACK, "purpose").map(slug).sort(),
      choices,
      responsibilities,
      missing: this.missing(),
      limits: this.claims.filter((c) => c.state === "holds" && (c.role === "limit" || (c.role === "refusal" && settled.has(c.responsibility)))),
      seams: this.seams(),
      questions: this.questions(),
      tradeoffs: this.tradeOffs(),
      lifecycle: this.stack.rows("lifecycle").map((row) => ({
        component: slug(row.runtime), lifecycle: slug(row.lifecycle), as_of: row.asOf, claim: slug(row.claim),
        status: row.assumed === "true" ? "assumed" : "promoted" })),
      notes: this.notes(responsibilities),
      summary: summary(responsibilities, this.verdicts),
    };
  }

  claim(name, f) {
    const of = (key) => f.get(key) ?? [];
    const types = of("type").map((type) => type.split("#").pop());
    const evidence = of("evidence");
    const first = (key) => evidence.flatMap((node) => this.values(node, key))[0] ?? "";
    const releases = of("verifiedIn").map((node) => this.value(node, "version") ?? "").sort(compare);
    return {
      claim: slug(name), component: slug(f.get("subject")[0]), statement: f.get("statement")[0],
      responsibility: slug(f.get("responsibility")[0]), stance: slug(f.get("stance")[0]), role: slug(f.get("role")[0]),
      state: Object.entries(this.read.states).find(([type]) => types.includes(type))?.[1] ?? "holds",
      part: of("part").map((part) => after(slug(part), ".")), unit: slug(f.get("unit")[0]), layer: Number(slug(f.get("layer")[0])),
      scope: slug(f.get("scope")[0]), availability: slug(f.get("availability")[0]),
      configurations: of("inConfiguration").map((c) => after(slug(c), "#")), condition: of("condition")[0] ?? null,
      delegate: of("delegate").map(slug), through: of("through").map(slug), release: releases.at(-1) ?? null,
      verified: !types.includes("UnverifiedClaim") && !types.includes("AssumedClaim"),
      source: evidence.length ? slug(first("source")) : "", locator: first("locator"),
      status: types.includes("AssumedClaim") ? "assumed" : "promoted",
    };
  }

  rows() {
    const byUnit = new Map();
    const unshown = new Set(this.stack.rows("unshown").map((row) => row.claim));
    const queries = this.verdicts.slice(0, -1).map((verdict) => [verdict, `verdict-${verdict}`]);
    queries.splice(this.verdicts.indexOf("choice") + 1, 0, [this.read.off, "verdict-turned-on"]);
    for (const [verdict, query] of queries) {
      for (const row of this.stack.rows(query)) {
        if (!byUnit.has(row.responsibility)) byUnit.set(row.responsibility, new Map());
        const units = byUnit.get(row.responsibility);
        if (!units.has(row.unit)) units.set(row.unit, verdict);
        if (units.get(row.unit) !== verdict) continue;
        this.deciding.add(slug(row.claim));
        if (unshown.has(row.claim)) this.assuming.add(row.responsibility);
      }
    }
    const rows = [...byUnit].map(([responsibility, units]) => this.row(responsibility, units, this.asked.has(slug(responsibility))));
    const left = this.stack.rows("unknown").filter((row) => !byUnit.has(row.responsibility));
    return [...rows, ...left.map((row) => this.unknown(row))]
      .sort((a, b) => a.layer - b.layer || byText(a.responsibility, b.responsibility));
  }

  unknown(found) {
    const name = slug(found.responsibility);
    const claims = this.claims.filter((c) => c.responsibility === name).sort(holdsFirst);
    return {
      responsibility: name, layer: Number(slug(found.layer)), verdict: "unknown", act: false, asked: found.asked === "true",
      units: [{ unit: slug(found.unit), verdict: "unknown" }], owners: [], missing: [], conditions: [],
      options: [...this.options(found.responsibility, claims)], reviewed: found.reviewed === "true", claims, assumed: [],
    };
  }

  row(responsibility, byUnit, asked) {
    const settled = [...byUnit.values()].some((v) => this.read.settled.includes(v));
    const order = (verdict) => {
      const yields = verdict === this.read.off || this.value(`${ID}verdict/${verdict}`, "yields") === "true";
      return this.verdicts.indexOf(verdict === this.read.off ? "choice" : verdict) + (settled && yields ? this.verdicts.length : 0);
    };
    const ranked = [...byUnit].map(([unit, v]) => [slug(unit), v]).sort((a, b) => order(a[1]) - order(b[1]) || byText(a[0], b[0]));
    const units = ranked.map(([unit, v]) => ({ unit, verdict: v === this.read.off ? "choice" : v }));
    const places = new Map([...byUnit].map(([unit, v]) => [slug(unit), order(v)]));
    const place = (claim) => places.get(claim.unit) ?? order("unknown");
    const claims = this.claims.filter((c) => c.responsibility === slug(responsibility))
      .sort((a, b) => place(a) - place(b) || holdsFirst(a, b));
    const holding = claims.filter((c) => c.state === "holds");
    const { verdict } = units[0];
    const assumed = this.assuming.has(responsibility) ? claims.filter((c) => c.status === "assumed").map((c) => c.claim) : [];
    return {
      responsibility: slug(responsibility), layer: Math.min(...claims.map((c) => c.layer)), verdict,
      act: this.value(`${ID}verdict/${verdict}`, "needsDecision") === "true", asked, units,
      owners: unique([...holding.filter((c) => this.read.owning.includes(c.role)).map((c) => c.component), ...holding.flatMap((c) => this.takenUp(c))]),
      missing: unique(holding.filter((c) => c.role === "hand-over" && !this.takenUp(c).length).flatMap(this.wouldTakeUp)),
      conditions: unique([...this.conditions(responsibility, holding, assumed)]),
      options: this.read.withOptions.includes(verdict) ? [...this.options(responsibility, claims)] : [], reviewed: false, claims, assumed,
    };
  }

  * conditions(responsibility, holding, assumed) {
    for (const name of assumed) yield `assumed, not shown: ${name}`;
    const owning = holding.filter((c) => this.read.owning.includes(c.role));
    const owned = owning.some((c) => c.role === "owner") ? [] : this.slugs(responsibility, "ownedPart");
    if (owning.length && owned.length) yield `of it: ${unique(owned).map((part) => after(part, ".")).join(", ")}`;
    const kept = new Set(this.values(responsibility, "ownedPart"));
    for (const part of this.values(responsibility, "leftPart").filter((p) => !kept.has(p)).map((p) => after(slug(p), "."))) {
      const to = unique(holding.filter((c) => c.part.includes(part)).flatMap((c) => this.leftTo(c)));
      yield `left: ${part}${to.length ? ` to ${to.join(", ")}` : ""}`;
    }
    for (const c of holding) {
      if (!this.read.owning.includes(c.role) && !this.deciding.has(c.claim)) continue;
      const where = `in ${c.configurations.join(" or ")}`;
      const used = c.configurations.some((n) => this.values(STACK, "inUse").includes(`${this.places.get(c.component)}#${n}`));
      // what holds in configurations that are not in use holds whichever option is taken, and its limits only under its own
      const limited = c.configurations.length && !used ? `, ${where}` : "";
      if (c.condition) yield `${c.component}: ${c.condition}${limited}`;
      if (this.read.marked.includes(c.availability)) yield `${c.component}: ${c.availability}${limited}`;
      if (used) yield `${c.component}: ${where}`;
    }
    for (const name of unique(holding.filter((c) => !c.verified && c.status !== "assumed").map((c) => c.component))) yield `${name}: unverified for the version in use`;
  }

  * options(responsibility, claims) {
    const unowned = Object.entries(this.read.unowned).flatMap(([said, words]) => [...this.facts.keys()].filter((n) => this.values(n, said).includes(responsibility)).map((n) => [slug(n), [words]]));
    const found = new Map(unowned);
    const forbidden = new Map(this.claims.filter((c) => c.state === "holds").flatMap((c) => this.values(this.node(c), "forbids").map((n) => [n, c.component])));
    for (const c of claims) {
      if (c.state === "holds" || (c.role === "limit" && (c.state !== "open" || c.part.length || c.condition))) continue;
      const who = this.read.owning.includes(c.role) ? [c.component + (c.role === "owner" ? "" : this.read.part)] : this.leftTo(c);
      const waits = (name) => this.types(`${this.places.get(c.component)}#${name}`).some((t) => /^(Open|Optional)Configuration$/.test(t));
      for (const key of c.configurations.filter(waits).map((name) => `${c.component}#${name}`)) found.set(key, [...(found.get(key) ?? []), ...who]);
    }
    for (const [component, configuration, owners] of [...found].map(([key, owners]) => [...key.split("#"), unique(owners)]).sort((a, b) => byText(a[0], b[0]) || byText(a[1], b[1]))) {
      const node = `${this.places.get(component)}#${configuration}`;
      const choice = this.value(node, "optionOf");
      const absent = unique([node, ...this.values(node, "within")]).filter((n) => !this.value(n, "optionOf")).sort(byText)
        .flatMap((n) => this.slugs(n, "needs")).filter((n) => !this.here.has(n));
      const against = this.values(node, "within").filter((n) => forbidden.has(n)).map((n) => `ruled out by ${forbidden.get(n)}`);
      yield {
        component, configuration, choice: choice && !this.types(node).includes("OptionalConfiguration") ? after(slug(choice), "#") : null,
        default: choice !== null && this.types(node).includes("DefaultConfiguration"),
        owners: against.length ? against : unique([...owners, ...absent]).filter((o) => !o.endsWith(this.read.part) || !owners.includes(o.slice(0, -this.read.part.length)))
          .map((o) => (this.here.has(o) || o.endsWith(this.read.part) || [...Object.values(this.read.unowned), ...Object.values(this.read.left)].includes(o) ? o : `${o} (missing)`)),
      };
    }
  }

  choices() {
    const inUse = new Set(this.values(STACK, "inUse"));
    const implied = new Set(this.values(STACK, "implies"));
    const selected = new Set([...inUse].flatMap((n) => this.values(n, "selects")));
    const name = (node) => after(slug(node), "#");
    return this.stack.members.flatMap((member) => {
      const nodes = [...this.facts.keys()].filter((n) => this.values(n, "ofComponent").includes(member.iri)).sort(byText);
      return nodes.filter((n) => this.types(n).includes("Choice")).flatMap((choice) => {
        const options = nodes.filter((n) => this.values(n, "optionOf").includes(choice));
        const taken = options.filter((o) => inUse.has(o));
        const chosen = taken.find((o) => !selected.has(o)) ?? taken[0] ?? null; // rather what was chosen than what is selected
        const alive = options.filter((o) => !this.types(o).includes("RuledOutConfiguration"));
        if (chosen === null && !alive.some((o) => this.canChoose(o, inUse))) return [];
        const inForce = options.find((o) => this.types(o).includes("DefaultConfiguration")) ?? null;
        const standard = chosen ? this.value(choice, "defaultOption") : inForce;
        return [{
          component: member.name, choice: name(choice), label: this.value(choice, "label") ?? "", default: standard && name(standard),
          chosen: chosen && name(chosen), implied: implied.has(chosen),
          options: (chosen ? options : alive).map((o) => ({ option: name(o), label: this.value(o, "label") ?? "",
            missing: this.slugs(o, "needs").filter((n) => !this.here.has(n)) })),
        }];
      });
    });
  }

  /** Features in use of a component that no other feature in use refines. */
  features(component) {
    const mine = this.values(STACK, "inUse").filter((n) => this.values(n, "ofComponent").includes(component)).sort(byText);
    return mine.filter((n) => !this.value(n, "optionOf") && !mine.some((o) => this.values(o, "refines").includes(n))).map((n) => after(slug(n), "#"));
  }

  canChoose(option, inUse) {
    return this.types(option).includes("OpenConfiguration") && this.values(option, "refines").every((wider) => inUse.has(wider));
  }

  missing() {
    const [found, of] = [new Map(), (key) => key.split(" ")];
    const owned = new Set(this.claims.filter((c) => c.role === "owner" && c.state === "holds").map((c) => c.responsibility));
    for (const c of this.claims) {
      const [had, handed] = [owned.has(c.responsibility), c.role === "hand-over" && !this.takenUp(c).length];
      const sure = c.state === "holds" && (!had || !(c.condition || c.delegate.length > 1));
      const key = handed && (sure || (c.state === "open" && !had && this.asked.has(c.responsibility))) ? [...this.wouldTakeUp(c)].sort().join(" ") : "";
      if (!key) continue;
      const places = c.configurations.map((name) => `${this.places.get(c.component)}#${name}`);
      const are = (type) => places.filter((n) => this.types(n).includes(type));
      const { closes, once, anyway } = found.get(key) ?? { closes: [], once: [], anyway: false };
      found.set(key, { closes: [...closes, c.responsibility], once: [...once, ...are("OpenConfiguration")], anyway: anyway || sure || are("DefaultConfiguration").length > 0 });
    }
    for (const key of [...found.keys()].sort((a, b) => of(a).length - of(b).length || byText(a, b))) {
      const wider = [...found.keys()].filter((other) => other !== key && of(key).every((name) => of(other).includes(name)));
      for (const other of found.has(key) ? wider : []) {
        const [ours, theirs] = [found.get(key), found.get(other)];
        found.set(key, { closes: [...ours.closes, ...theirs.closes], once: [...ours.once, ...theirs.once], anyway: ours.anyway || theirs.anyway });
        found.delete(other);
      }
    }
    const size = ({ closes }) => unique(closes).length;
    return [...found].sort(([a, x], [b, y]) => y.anyway - x.anyway || size(y) - size(x) || byText(a, b)).map(([key, { closes, once, anyway }]) => {
      const [component, ...alternatives] = of(key);
      const widest = unique(once).filter((n) => !anyway && !this.values(n, "refines").some((wider) => once.includes(wider)));
      return { component, alternatives, closes: unique(closes).sort(), once: widest.map((n) => slug(n).replace("#", "=")).sort() };
    });
  }

  seams() {
    const grouped = Map.groupBy(this.stack.rows("seams"), (row) => [row.subject, row.object, row.relation].join(" "));
    const joined = [...grouped].map(([key, rows]) => {
      const [subject, object, relation] = key.split(" ");
      const member = this.members.get(object);
      const bounds = rows.filter((r) => "from" in r || "until" in r).map((r) => [r.from ?? null, r.until ?? null]);
      const outside = bounds.filter((b) => member.version !== null && !within(member.version, ...b));
      const told = outside.length ? outside : bounds;
      const ends = (n) => told.map((b) => b[n]).filter(Boolean).sort(compare);
      return {
        from: slug(subject), to: slug(object), relation: slug(relation),
        verdict: outside.length && member.given ? "impossible" : rows.every((r) => r.assumed === "true") ? "assumed"
          : rows.some((r) => r.holds === "true") ? "evidenced" : "optional",
        versions: { from: ends(0).at(-1) ?? null, until: ends(1)[0] ?? null, in_use: outside.length ? member.version : null },
        claims: unique(rows.map((r) => slug(r.claim))),
      };
    });
    const pairs = new Set(joined.flatMap((s) => [`${s.from} ${s.to}`, `${s.to} ${s.from}`]));
    const names = [...this.members.keys()].map(slug);
    const apart = names.flatMap((one, n) => names.slice(n + 1).filter((two) => !pairs.has(`${one} ${two}`)).map((two) => ({
      from: one, to: two, relation: null, verdict: "unverified", versions: { from: null, until: null, in_use: null }, claims: [] })));
    return [...joined, ...apart];
  }

  questions() {
    return [...Map.groupBy(this.stack.rows("boundary-questions"), (row) => row.family)].map(([family, rows]) => ({
      family: slug(family), question: rows[0].question, claims: rows.filter((row) => row.claim).map((row) => slug(row.claim)) }));
  }

  tradeOffs() {
    return [...Map.groupBy(this.stack.rows("trade-offs"), (row) => row.tradeOff)].map(([tradeOff, rows]) => ({
      tradeoff: slug(tradeOff),
      sides: rows.map((row) => ({ pole: slug(row.pole), component: slug(row.runtime), claim: slug(row.claim) })),
    }));
  }

  notes(rows) {
    const spoken = new Set(rows.flatMap((row) => row.claims.map((c) => c.component)));
    const assumed = rows.filter((row) => row.assumed.length && shown(row)).map((row) => row.responsibility);
    const first = assumed.length ? [`assumed, not shown by evidence: verdicts on ${assumed.join(", ")}`] : [];
    return first.concat(this.stack.members.flatMap((m) => [
      m.given && m.read.length && !m.read.includes(m.version)
        ? `${m.name} was read in ${m.read.join(", ")}, not in ${m.version}: what states no bounds is unverified for that version` : "",
      spoken.has(m.name) ? "" : `nothing is claimed about what ${m.name} owns: all of it is open`,
    ].filter(Boolean)));
  }
}
