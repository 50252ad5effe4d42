// A text field that offers components while somebody types: the browser's own list, by the last word.

import { components, h } from "./page.js";

const MOST = 12;

/** Components whose slug, label or other name holds the text, those that begin with it first. */
export function matching(list, text) {
  const rank = ({ name, label, others }) => {
    const all = [name, label, ...others].map((other) => other.toLowerCase());
    return all.some((other) => other.startsWith(text)) ? 0 : all.some((other) => other.includes(text)) ? 1 : 2;
  };
  const ranked = list.map((entry) => [rank(entry), entry]).filter(([place]) => text && place < 2);
  return ranked.sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, entry]) => entry);
}

/** Offer components in a field; what stands before the last word stays. */
export function suggestions(input) {
  const list = h("datalist", { id: "components" });
  input.after(list);
  input.setAttribute("list", list.id);
  const offer = async () => {
    const before = input.value.replace(/[^\s,]*$/, "");
    const found = matching(await components(), input.value.slice(before.length).toLowerCase());
    list.replaceChildren(...found.map(({ name, label }) => h("option", { value: before + name, label })));
  };
  input.addEventListener("input", offer);
  offer(); // what was typed while this file was on its way
}
