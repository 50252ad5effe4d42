// The question box on the home page offers components.

import { suggestions } from "./suggest.js";

suggestions(document.querySelector("main form input"));
