// A composition as a page: what to decide first. The same order and words as templates/composition.html.

import { at, components, fetchJson, h, listed, lowerFirst, mark, table } from "./page.js";
import { shown } from "./composition.js";

const versions = (from, until) => (from && from === until ? ` = ${from}` : `${from ? ` ≥ ${from}` : ""}${until ? ` ≤ ${until}` : ""}`);

/** What a view needs to name things: words, where components have their pages, labels that labelsOf gave. */
export async function loadNames(said = new Map()) {
  const [words, list] = await Promise.all([fetchJson("data/words.json"), components()]);
  return { words, kinds: new Map(list.map((entry) => [entry.name, entry])), said };
}

/** A name as words; labels that say no more are not sent. */
const wordsOf = (name) => (name.slice(0, 1).toUpperCase() + name.slice(1)).replaceAll("-", " ");

/** The label of a word. */
export const labelOf = ({ words }, scheme, name) => words[scheme]?.[name] ?? wordsOf(name);

/** A link to a word of the vocabulary. */
export const named = (names, scheme, name) => h("a", { href: at(`id/${scheme}/${name}.html`) }, labelOf(names, scheme, name));

/** A link to a component; the operator, the caller and nobody are words. */
export const component = ({ kinds }, name) => (kinds.has(name)
  ? h("a", { href: at(`id/${kinds.get(name).kind}/${name}.html`) }, kinds.get(name).label) : name);

/** A link to a configuration of a component. */
const configuration = ({ kinds, said }, of, name) => h("a", { href: at(`id/${kinds.get(of)?.kind ?? "runtime"}/${of}/${name}.html`) },
  said.get(of)?.configurations[name] ?? wordsOf(name));

/** The units of work of a row; of those that are judged otherwise, how. */
export const units = (names, row) => row.units.map(({ unit, verdict }) => `per ${lowerFirst(labelOf(names, "unit", unit))}`
  + (verdict === row.verdict ? "" : `: ${names.words.verdict[verdict][0]}`)).join(", ");

/** A condition of a row in words: `left: load-signals to operator` is `load signals left to the operator`. */
const worded = ({ kinds }, text) => text.replace(/^of it: .*/, (all) => all.replaceAll("-", " "))
  .replace(/^left: (\S+)(?: to (.+))?$/, (_, part, to) => `${part.replaceAll("-", " ")} left ${to ? `to ${to.replace(/[\w-]+/g, (name) => kinds.get(name)?.label ?? `the ${name}`)}` : "open"}`)
  .replace(/^([a-z0-9-]+): /, (all, name) => (kinds.has(name) ? `${kinds.get(name).label}: ` : all));

/** What limits the verdict of a row, and what each option comes to. */
export function limits(names, row) {
  const owner = (text, n) => [n ? ", " : "", text.split(/(?= \()/).map((part, k) => (k ? part : component(names, part)))]; // `kubernetes (missing)`
  const several = new Set(row.options.map((option) => option.component)).size > 1;
  const options = row.options.map(({ component: of, configuration: name, ...option }) => h("li", { class: "opt" },
    h("span", {}, option.choice ? "with " : "once turned on, ", configuration(names, of, name), several ? ` of ${names.kinds.get(of)?.label ?? of}` : "", option.default ? " (default)" : "", ": "),
    h("span", {}, option.owners.length ? option.owners.map(owner) : "nobody")));
  const found = [...row.conditions.map((text) => h("li", {}, worded(names, text))), ...options];
  return found.length ? h("ul", { class: "q limits" }, found) : null;
}

/**
 * The elements of a composition.
 * @param found the JSON of `aruntime compose`
 * @param names what loadNames gave
 * @param actions { choose(component, configuration), add(component) }: what its buttons do
 */
export function compositionView(found, names, actions) {
  return new View(found, names, actions).elements();
}

class View {
  label = (scheme, name) => labelOf(this, scheme, name);
  named = (scheme, name) => named(this, scheme, name);
  component = (name) => component(this, name);
  components = (list, word) => listed(list.map(this.component), word);
  plain = (name) => this.kinds.get(name)?.label ?? name;
  kind = (component) => this.kinds.get(component)?.kind ?? "runtime";
  configuration = (of, name) => configuration(this, of, name);
  verdict = (name) => this.words.verdict[name][0];
  relation = (name) => (name === "delegatesTo" ? "hands work to" : this.label("relation", name));

  constructor(found, names, actions) {
    Object.assign(this, { found, actions, ...names });
    this.rows = found.responsibilities.filter(shown);
    this.order = [...this.words.acting, "unknown", ...this.words.settled];
  }

  elements() {
    return [
      ...this.answer(),
      h("div", { class: "late" }, h("div", {}, this.choices(), this.missing()), this.picture(), h("div", {}, this.decisions())),
      ...this.settled(), ...this.between(),
    ];
  }

  answer() {
    const count = (...verdicts) => this.rows.filter((row) => verdicts.includes(row.verdict)).length;
    const act = this.rows.filter((row) => row.act).length;
    const [platform, aside] = [count("platform"), this.found.responsibilities.length - this.rows.length];
    const tiles = this.order.filter((verdict) => count(verdict)).map((verdict) => h("li", {}, h("a", { class: verdict, href: `#${verdict}` },
      h("b", {}, h("i", { class: "m" }), String(count(verdict))), h("span", {}, this.verdict(verdict)))));
    const pressing = (verdict) => {
      const names = this.rows.filter((row) => row.verdict === verdict).map((row) => lowerFirst(this.label("responsibility", row.responsibility)));
      if (!names.length || names.length > 4) return null;
      const word = this.verdict(verdict);
      return [` ${word[0].toUpperCase()}${word.slice(1)}: `, names.map((name, n) => [n ? ", " : "", h("b", {}, name)]), "."];
    };
    return [
      h("p", { class: "lede answer" }, h("b", { class: "num" }, String(act)), " of ",
        h("b", { class: "num" }, String(this.rows.length)), ` responsibilities need a decision; `,
        `${count("owned", "delegated", "layered")} have an owner in the stack`,
        platform ? `, ${platform} ${platform === 1 ? "is" : "are"} left to the platform` : "",
        `, and on ${count("unknown")} nothing is known.`, this.words.pressing.map(pressing)),
      h("p", { class: "note" }, "For ", this.found.purposes.join(" and ").replaceAll("-", " ") || "no known purpose", ".",
        aside ? [" ", h("a", { href: "#aside" }, `${aside} more`), " that such a stack is not asked for."] : ""),
      h("ul", { class: "sum tiles", "aria-label": "Verdicts" }, tiles),
      ...this.warnings().map((text) => h("p", { class: "warn" }, text)),
    ];
  }

  warnings() {
    const seams = this.found.seams.filter((seam) => seam.versions.in_use).map((seam) => {
      const { from, until, in_use: used } = seam.versions;
      const text = `${this.plain(seam.from)} ${this.relation(seam.relation)} ${this.plain(seam.to)}${versions(from, until)}`;
      return seam.verdict === "impossible" ? `${text}: impossible with ${used}, the version given` : `${text}: not ${used}, the version listed`;
    });
    const ended = this.found.lifecycle.map((e) => `${this.plain(e.component)} is ${e.lifecycle} as of ${e.as_of.slice(0, 10)}${e.status === "assumed" ? " (assumed)" : ""}`);
    return [...seams, ...ended, ...this.found.notes];
  }

  picture() {
    const members = this.found.components.map((member) => member.component);
    const layers = [...new Set(this.rows.map((row) => row.layer))].sort((a, b) => b - a);
    const dot = (row) => {
      const title = `${this.label("responsibility", row.responsibility)}: ${this.verdict(row.verdict)}`;
      return h("li", {}, h("a", { class: row.verdict, href: at(`id/responsibility/${row.responsibility}.html`), title },
        h("i", { class: "m" }), h("span", { class: "hidden" }, title)));
    };
    const sorted = (rows) => rows.sort((a, b) => this.order.indexOf(a.verdict) - this.order.indexOf(b.verdict));
    const cell = (rows) => h("td", {}, rows.length ? h("ul", { class: "dots" }, sorted(rows).map(dot)) : null);
    const band = (layer) => {
      const here = this.rows.filter((row) => row.layer === layer);
      const nobody = here.filter((row) => !row.owners.some((owner) => members.includes(owner)));
      return h("tr", {}, h("th", { scope: "row" }, `${layer} · `, this.named("layer", String(layer))),
        members.map((name) => cell(here.filter((row) => row.owners.includes(name)))), cell(nobody));
    };
    const caption = "Each mark is a responsibility, in the column of who owns it; the last column has those that nobody here owns. The rows below say the same in words.";
    const heads = members.map((name) => h("th", { scope: "col" }, this.component(name)));
    return h("details", { class: "pic", open: true }, h("summary", {}, "The stack as a picture"),
      h("div", { class: "tw", role: "region", tabindex: "0", "aria-label": "The stack as a picture" },
        h("table", { class: "picture" }, h("caption", {}, caption),
          h("thead", {}, h("tr", {}, h("td"), heads, h("th", { scope: "col" }, "No owner here"))),
          h("tbody", {}, layers.map(band)))));
  }

  decisions() {
    return this.words.acting.flatMap((verdict) => {
      const [word, meaning, act] = this.words.verdict[verdict];
      const rows = this.rows.filter((row) => row.verdict === verdict);
      if (!rows.length) return [];
      return [
        h("h2", { id: verdict }, mark(verdict, word), " ", h("small", {}, String(rows.length))),
        h("p", { class: "note" }, meaning, " ", verdict === "choice" ? "" : act), this.list(rows),
      ];
    });
  }

  choices() {
    const decides = ({ component, choice }) => this.rows.filter((row) => row.act && row.options.some((o) => o.component === component && o.choice === choice)).length;
    const open = this.found.choices.filter((choice) => choice.chosen === null).sort((a, b) => decides(b) - decides(a));
    const shown = (choice) => [
      h("h3", {}, this.component(choice.component), `: ${lowerFirst(choice.label)}`,
        decides(choice) > 1 ? [" ", h("small", { class: "q" }, `decides ${decides(choice)} verdicts`)] : null),
      h("ul", { class: "actions" }, choice.options.map(({ option, label, missing }) =>
        h("li", {}, h("button", { type: "button", onclick: () => this.actions.choose(choice.component, option) },
          label, option === choice.default ? [" ", h("span", { class: "status" }, "default")] : null,
          missing.length ? h("small", {}, `needs ${missing.map(this.plain).join(", ")}`) : null))))];
    const [idle, first] = [open.filter((choice) => !decides(choice)), open.filter(decides)];
    const more = `${idle.length} choice${idle.length > 1 ? "s" : ""} more, for which none of these verdicts waits`;
    return [first.length ? [h("h2", { id: "choices" }, "Choose first"), h("p", { class: "note" }, "The rows below depend on these."), first.map(shown)] : "",
      idle.length ? h("details", { class: "fold" }, h("summary", {}, more), h("div", {}, idle.map(shown))) : ""];
  }

  missing() {
    if (!this.found.missing.length) return [];
    return [
      h("h2", { id: "missing" }, "Missing components"),
      h("p", { class: "note" }, "What is handed to them nobody here takes up."),
      h("ul", { class: "actions" }, this.found.missing.flatMap(({ component, alternatives, closes, once }) =>
        h("li", {}, [component, ...alternatives].map((name, n) => h("button", { type: "button", onclick: () => this.actions.add(name) },
          `${n ? "or" : "Add"} ${this.plain(name)}`,
          n ? null : h("small", {}, once.length ? `once chosen: ${once.join(" or ")}` : closes.map((what) => lowerFirst(this.label("responsibility", what))).join(", "))))))),
    ];
  }

  list(rows) {
    return h("ul", { class: "rows" }, rows.map((row) => this.row(row)));
  }

  row(row) {
    const said = row.claims.filter(({ state }) => state === "holds" || row.options.length).map((claim) => this.claim(claim));
    return h("li", {}, h("div", { class: "what" }, h("b", {}, this.named("responsibility", row.responsibility)),
      h("small", {}, `${units(this, row)} · layer ${row.layer}`)),
    h("div", { class: "say" }, limits(this, row),
      row.verdict === "choice" && said.length
        ? h("details", { class: "fold" }, h("summary", {}, `${said.length} claim${said.length > 1 ? "s" : ""}`), said) : said));
  }

  claim(claim) {
    const part = claim.part.map((name) => (this.said.get(claim.component)?.parts[`${claim.responsibility}.${name}`] ?? wordsOf(name)).toLowerCase());
    const limits = [part.join(", "), claim.condition, claim.availability === "built-in" ? "" : claim.availability,
      claim.status === "assumed" ? "assumed, not shown" : claim.verified ? "" : "unverified for this version"].filter(Boolean);
    const configurations = claim.configurations.map((name) => this.configuration(claim.component, name));
    return h("div", {},
      h("p", {}, h("b", {}, this.component(claim.component)), ` ${this.words.roles[claim.role === "hand-over" && !claim.delegate.length ? "owner" : claim.role]}`,
        claim.through.length ? [" through ", this.components(claim.through)] : "",
        claim.delegate.length ? [" to ", this.components(claim.delegate, "or")] : "",
        this.words.states[claim.state] ? [", ", h("em", {}, this.words.states[claim.state])] : "",
        h("span", { class: "q" }, limits.map((text) => ` · ${text}`), configurations.length ? [" · in ", listed(configurations, "or")] : "")),
      h("p", { class: "q statement" }, claim.statement),
      h("p", { class: "ev" }, this.place(claim), " · ", this.claimLink(claim.claim, claim.layer)));
  }

  /** The cited lines, in their repository or on the page of their source. */
  place(claim) {
    const [component, name] = claim.claim.split("#");
    const anchor = this.said.get(component)?.anchors[name] ?? `${component}.${name}-e1`;
    const href = claim.locator.startsWith("pkg:") ? at(`id/source/${claim.source}.html#${anchor}`) : claim.locator.split(" ")[0];
    return h("a", { href }, placeText(claim.locator));
  }

  /** Where a claim stands: on the page of its component or of a layer of it. */
  claimLink(claim, layer = null) {
    const [component, name] = claim.split("#");
    const beside = layer !== null && this.kinds.get(component)?.apart ? `/layer-${layer}` : "";
    return h("a", { class: "by", href: at(`id/${this.kind(component)}/${component}${beside}.html#${name}`) }, claim);
  }

  settled() {
    const sections = this.words.settled.flatMap((verdict) => {
      const [word, meaning] = this.words.verdict[verdict];
      const rows = this.rows.filter((row) => row.verdict === verdict);
      return rows.length ? [h("details", { id: verdict },
        h("summary", {}, mark(verdict, word), " ", h("span", { class: "q" }, `${rows.length} · ${lowerFirst(meaning)}`)), h("div", { class: "in" }, this.list(rows)))] : [];
    });
    const unknown = this.rows.filter((row) => row.verdict === "unknown");
    const aside = this.found.responsibilities.filter((row) => !shown(row));
    const named = (row) => this.named("responsibility", row.responsibility);
    return [
      h("h2", { id: "settled" }, "Settled"), ...sections,
      ...(unknown.length ? this.unknown(unknown, named) : []),
      ...(aside.length ? [h("details", { id: "aside" }, h("summary", {}, "Not asked for ", h("span", { class: "q" },
        `${aside.length} · components speak of it, and the purpose does not ask who owns it`)),
      h("div", { class: "in" }, h("p", {}, aside.flatMap((row, n) => (n ? [", ", named(row)] : [named(row)])))))] : []),
    ];
  }

  unknown(rows, named) {
    const cells = (row) => [named(row), this.label("unit", row.units[0].unit), String(row.layer), row.reviewed ? "searched, nothing found" : "not searched yet"];
    return [
      h("h2", { id: "unknown" }, mark("unknown", this.verdict("unknown")), " ", h("small", {}, String(rows.length))),
      h("p", { class: "note" }, "The purpose asks for an owner, and no claim answers. That is never a no."), table("Not known", ["Responsibility", "Unit", "Layer", "Searched"], rows.map(cells)),
    ];
  }

  /** Claims by name: a few as they are, more behind their number. */
  folded(claims) {
    const links = h("div", { class: "ev" }, claims.flatMap((claim) => [this.claimLink(claim), " "]));
    return claims.length > 3 ? h("details", { class: "fold" }, h("summary", {}, `${claims.length} claims`), links) : claims.length ? links : "";
  }

  between() {
    const { seams, questions, tradeoffs } = this.found;
    const joined = seams.filter((seam) => seam.relation !== null).map((seam) => {
      const { from, until, in_use: used } = seam.versions;
      return h("li", {}, h("b", {}, this.component(seam.from), ` ${this.relation(seam.relation)} `, this.component(seam.to)),
        versions(from, until),
        [{ assumed: "assumed, not shown", optional: "once chosen" }[seam.verdict], used && `${seam.verdict === "impossible" ? "impossible with" : "not"} ${used}`]
          .map((said) => (said ? [" ", h("span", { class: "status" }, said)] : "")), this.folded(seam.claims));
    });
    const apart = seams.filter((seam) => seam.relation === null)
      .map((seam) => h("li", {}, this.component(seam.from), " and ", this.component(seam.to), ": ", h("span", { class: "q" }, "nothing found that joins them")));
    const asked = questions.map((entry) => h("li", {}, h("b", {}, entry.question), " ", h("span", { class: "q" },
      this.named("family", entry.family), entry.claims.length ? "" : ": no claim answers it"), this.folded(entry.claims)));
    const sides = (entry) => entry.sides.flatMap((side, n) => [n ? "; " : "", this.component(side.component), " favours ", this.named("pole", side.pole)]);
    return [
      h("h2", { id: "between" }, "Between them"),
      h("ul", { class: "plain" }, joined, apart),
      ...(asked.length ? [h("h2", {}, "Boundary questions"), h("ul", { class: "plain" }, asked)] : []),
      ...(tradeoffs.length ? [h("h2", {}, "Trade-offs on which they differ"), h("ul", { class: "plain" },
        tradeoffs.map((entry) => h("li", {}, h("b", {}, this.named("trade-off", entry.tradeoff)), " ", sides(entry))))] : []),
    ];
  }
}

/** A locator for the eye: `vllm@0.33.0 security.md · lines 3–7`. */
export function placeText(locator) {
  const cited = locator.match(/^(?:https:\/\/[^/]+\/[^/]+\/([^/]+)\/blob\/([0-9a-f]{7})[0-9a-f]*\/|pkg:(?:.*\/)?([^/#?]+)[^#]*#)(?:.*\/)?([^/#]+?)[#:]L(\d+)-L(\d+)$/);
  if (!cited) return locator.replace(/^[a-z]+:\/\//, "").replace(" ", " · ");
  const [, repository, commit, release, file, first, last] = cited;
  const lines = first === last ? `line ${first}` : `lines ${first}–${last}`;
  return `${release ?? `${repository}@${commit}`} ${file} · ${lines}`;
}
