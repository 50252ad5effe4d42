// What every page's program needs: elements made of text, links that stay links, files of the site.

const root = new URL("../", import.meta.url);
const files = new Map();

/** The address of a path of the site, from wherever the page stands. */
export const at = (path) => new URL(path, root).href;

/** The JSON of a file of the site, fetched once. Rejects with a message that says what is missing. */
export function fetchJson(path) {
  if (!files.has(path)) {
    const fetched = fetch(at(path)).then((answer) => {
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.json();
    });
    files.set(path, fetched);
    fetched.catch(() => files.delete(path));
  }
  return files.get(path);
}

/** Every component: { name, label, version, kind, others, apart }: the kind of its page, whether its layers have pages of their own. */
export const components = async () => (await fetchJson("data/components.json"))
  .map(([name, label, version = null, kind = "component", others = [], apart = 0]) => ({ name, label, version, kind, others, apart }));

/**
 * An element. Children are elements or text; text is never markup. Attributes whose value is null or
 * false are left out, `onclick` and its kind are listeners, and `href` takes web addresses alone.
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key !== "href" || webAddress(value)) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Whether an address may be followed: of the web or of this site, never a script. */
export const webAddress = (address) => URL.canParse(address, root) && ["http:", "https:", "file:"].includes(new URL(address, root).protocol);

/** `a, b and c` of elements or texts. */
export const listed = (parts, word = "and") => parts.flatMap((part, n) => (n ? [n === parts.length - 1 ? ` ${word} ` : ", ", part] : [part]));

/** A verdict: its shape, its word and its colour. */
export const mark = (verdict, word) => h("span", { class: `v ${verdict}` }, h("i", { class: "m" }), word);

/** Text as it stands within a sentence: `Autoscaling` becomes small, `KV cache` does not. */
export const lowerFirst = (text) => (/^.\p{Lu}/u.test(text) ? text : text.slice(0, 1).toLowerCase() + text.slice(1));

/** Something chosen, and a button that takes it away. */
export const chip = (shown, label, remove) => h("li", { class: "chip" }, shown,
  h("button", { type: "button", "aria-label": label, onclick: remove }, "×"));

/** A table below headings that stay with their columns; rows are lists of cells. */
export const table = (label, heads, rows, kind = null) => h("div", { class: "tw", role: "region", tabindex: "0", "aria-label": label },
  h("table", { class: kind }, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell, n) => h("td", { "data-h": heads[n + 1].textContent ?? heads[n + 1] }, cell)))))));

/** Go to another query of the same page; *show* draws it. */
export function visit(query, show) {
  if (query === null) addEventListener("popstate", show);
  else history.pushState(null, "", `?${query}`);
  show();
}

/** Do something when a form is sent, instead of leaving the page. */
export const onSubmit = (form, act) => form.addEventListener("submit", (event) => act(event.preventDefault()));

/** Show a message in an element that screen readers follow, or nothing. */
export function say(element, ...message) {
  element.replaceChildren(...message.flat());
  element.hidden = message.length === 0;
}
