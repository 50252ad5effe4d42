// Order of versions as aruntime/versions.py has it; a file of cases holds both to each other.

const DEV = 0, FINAL = 4;
const PREVIEWS = {
  a: 1, alpha: 1, ea: 1, b: 2, beta: 2, m: 2, milestone: 2, c: 3, cr: 3, pre: 3, preview: 3, rc: 3,
  canary: 0, dev: 0, devel: 0, nightly: 0, snapshot: 0, unstable: 0,
};
const LATER = ["post", "rev", "r", "hotfix", "patch", "p", "sp"];
const NOTHING = ["final", "ga", "release", "stable"];
const PREFIXES = [
  /^()v?([0-9].*)$/,
  /^([a-z][a-z_./@-]*?)[-_/@]v?([0-9].*)$/,
  /^([a-z]+)([0-9.]+(?:[-_+].*)?)$/,
  /^([a-z][a-z0-9_./@-]*?)[-_/@]v?([0-9].*)$/,
];
const WILD = /(?<=\d)\.[*x]$/;

/** Whether a version lies between two bounds, both included; null is no bound. */
export function within(version, first, last) {
  if (first && compare(version, first.replace(WILD, "")) < 0) {
    return WILD.test(first) && beginsWith(version, first.replace(WILD, ""));
  }
  if (!last) return true;
  const limit = last.replace(WILD, "");
  return compare(version, limit) <= 0 || (stable(parts(limit)) && beginsWith(version, limit));
}

/** -1, 0 or 1 as one version is before, equal in rank to, or after another. */
export function compare(one, two) {
  const [a, b] = [rank(one), rank(two)];
  for (let n = 0; n < a.length; n += 1) {
    const order = Array.isArray(a[n]) ? compareLists(a[n], b[n]) : Math.sign((a[n] > b[n]) - (a[n] < b[n]));
    if (order) return order;
  }
  return 0;
}

function compareLists(a, b) {
  for (let n = 0; n < Math.min(a.length, b.length); n += 1) if (a[n] !== b[n]) return a[n] < b[n] ? -1 : 1;
  return Math.sign(a.length - b.length);
}

function rank(version) {
  const p = parts(version);
  return [p.epoch, trimmed(p.release), p.preview, p.number, p.post, p.dev, p.release.length ? "" : p.text];
}

const stable = (p) => p.release.length > 0 && p.preview === FINAL && p.dev[0] === 1;

function beginsWith(version, bound) {
  const [whole, start] = [parts(version), parts(bound)];
  const padded = [...whole.release, ...start.release.map(() => 0)];
  return start.release.length > 0 && whole.epoch === start.epoch
    && start.release.every((number, n) => padded[n] === number) && (start.post === 0 || start.post === whole.post);
}

/** A version taken apart: a release, then words for previews and later releases; the rest is a build. */
function parts(version) {
  const text = version.trim().toLowerCase();
  const [, prefix, numbered] = PREFIXES.map((p) => text.match(p)).find(Boolean) ?? [null, "", text];
  const match = numbered.match(/^(?:([0-9]+)[!:])?([0-9]+(?:\.[0-9]+)*)/);
  if (!match || /^(?=[0-9]*[a-f])[0-9a-f]{7,64}$/.test(text)) {
    return { epoch: 0, release: [], preview: DEV, number: [], post: 0, dev: [0, 0], text };
  }
  const found = { epoch: Number(match[1] ?? 0), release: match[2].split(".").map(Number), preview: FINAL, number: [0], post: 0, dev: [1, 0], text };
  if (prefix in PREVIEWS) found.preview = PREVIEWS[prefix];
  let build = false;
  for (const part of numbered.slice(match[0].length).split(/[-_+~]|\.(?=[a-z])|(?<=\d)(?=(?:a|b|rc|c)\d)/).filter(Boolean)) {
    const word = part.match(/^([a-z]+)[._]?([0-9]+(?:\.[0-9]+)*)?$/);
    const numbers = word?.[2] ? word[2].split(".").map(Number) : [0];
    if (word && word[1] in PREVIEWS && !build) {
      const dev = word[1] === "dev" && found.preview !== FINAL && found.preview !== DEV;
      if (dev || (word[1] === "dev" && found.post)) found.dev = [0, numbers[0]];
      else [found.preview, found.number] = [PREVIEWS[word[1]], numbers];
    } else if (word && LATER.includes(word[1]) && !build) found.post = numbers[0] + 1;
    else if (!word || !NOTHING.includes(word[1])) build = true;
  }
  if (found.preview === DEV) [found.number, found.dev] = [[0], [0, found.number[0]]];
  return found;
}

const trimmed = (release) => release.slice(0, Math.max(1, release.findLastIndex((number) => number !== 0) + 1));
