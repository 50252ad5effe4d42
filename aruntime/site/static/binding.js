// Parameters of queries, bound as aruntime/engines/engine.py binds them: terms are spelt, not pasted.

const IRI = /^[^\u0000-\u0020<>"{}|^`\\]+$/;

/** An IRI or a text as SPARQL spells it. Throws where the text can be no IRI. */
export function spelt(term) {
  if (term.type === "uri" || term.type === "NamedNode") {
    if (!IRI.test(term.value)) throw new Error(`${term.value} is no IRI`);
    return `<${term.value}>`;
  }
  const text = JSON.stringify(term.value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return term.datatype ? `${text}^^<${term.datatype}>` : text;
}

/** A query with values wherever it leaves a variable open, and nothing said of the others there. */
export function opened(text, values) {
  let found = text;
  for (const [name, term] of Object.entries(values)) {
    found = found.replaceAll(`VALUES ?${name} { UNDEF }`, `VALUES ?${name} { ${spelt(term)} }`);
  }
  return found.replace(/VALUES \?\w+ \{ UNDEF \}/g, "");
}

/** A SELECT query whose outer group begins with the values of some of its variables. */
export function bound(text, values) {
  const names = Object.keys(values);
  const query = opened(text, values);
  if (!names.length) return query;
  const block = `VALUES (${names.map((n) => `?${n}`).join(" ")}) { (${names.map((n) => spelt(values[n])).join(" ")}) }`;
  return query.replace("\nWHERE {\n", `\nWHERE {\n  ${block}\n`);
}
