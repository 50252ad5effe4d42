// A text field that offers components: arrow keys move, Enter takes, Escape closes.

import { fetchJson, h } from "./page.js";

const MOST = 8;

/** Components whose slug, label or other name holds the text, those that begin with it first. */
export function matching(list, text) {
  const small = text.trim().toLowerCase();
  if (!small) return [];
  const rank = ([name, label, version, , others]) => {
    const all = [name, label, ...others].map((other) => other.toLowerCase());
    if (all.some((other) => other.startsWith(small))) return version ? 0 : 1;
    return all.some((other) => other.includes(small)) ? 2 : 9;
  };
  return list.map((entry) => [rank(entry), entry]).filter(([place]) => place < 9)
    .sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, entry]) => entry);
}

/** Offer components while somebody types into a field; *take* is given the slug of one. */
export function suggestions(input, take) {
  const list = h("ul", { class: "suggest", role: "listbox", id: `${input.id}-list`, "aria-label": "Components", hidden: true });
  input.closest("form").after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
  let current = -1;

  const close = () => {
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (name) => {
    close();
    take(name);
    input.focus();
  };
  const move = (step) => {
    const options = [...list.children];
    if (list.hidden || !options.length) return;
    current = (current + step + options.length) % options.length;
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === current)));
    input.setAttribute("aria-activedescendant", options[current].id);
  };

  input.addEventListener("input", async () => {
    const found = matching(await fetchJson("data/components.json"), input.value.split(/[\s,]+/).pop());
    if (!found.length) return close();
    current = -1;
    list.replaceChildren(...found.map(([name, label], n) => h("li", {
      role: "option", id: `${list.id}-${n}`, "aria-selected": "false", "data-name": name,
      onmousedown: (event) => { event.preventDefault(); choose(name); },
    }, label)));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && current >= 0) choose(list.children[current].dataset.name);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
}
