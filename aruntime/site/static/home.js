// The question box on the home page offers components.

import { suggestions } from "./suggest.js";

const input = document.querySelector("main form input");

suggestions(input, (name) => {
  const words = input.value.split(/[\s,]+/);
  input.value = [...words.slice(0, -1), name].join(" ") + " ";
});
