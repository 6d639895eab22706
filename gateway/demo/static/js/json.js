// JSON with colours.
import { el } from "./lib.js";

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** pretty is a block of indented, coloured JSON. */
export function pretty(value) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const parts = [];
  let from = 0;
  for (const m of text.matchAll(token)) {
    parts.push(text.slice(from, m.index));
    const [all, string, colon, word] = m;
    const kind = string ? (colon ? "k" : "s") : word ? "b" : "n";
    parts.push(el(`span.${kind}`, string ?? all), colon ?? "");
    from = m.index + all.length;
  }
  parts.push(text.slice(from));
  return el("pre.code", parts);
}
