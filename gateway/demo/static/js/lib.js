// What the pages' scripts share: words, elements, requests and toasts.

export const config = JSON.parse(document.getElementById("config").textContent);

/** t returns a word of the page's language, with {name} filled in. */
export function t(key, args = {}) {
  const word = config.words[key] ?? key;
  return word.replace(/\{(\w+)\}/g, (_, name) => args[name] ?? "");
}

/** known says whether there is a word for the key. */
export const known = (key) => key in config.words;

/** el makes an element: el("p.hint", {title: "…", onclick: f}, "text", child…). */
export function el(what, ...rest) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  if (rest.length && isProps(rest[0])) assign(node, rest.shift());
  node.append(...rest.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const isProps = (v) => v !== null && typeof v === "object" && !(v instanceof Node) && !Array.isArray(v);

function assign(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name === "data") Object.assign(node.dataset, value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
}

/** icon draws one of icons.svg. */
export function icon(name, extra = "") {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", `icon ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** ask makes a request and returns what was answered; it throws a readable
 *  error if that is not a success. */
export async function ask(method, path, body) {
  const init = { method, headers: { Accept: "application/json" } };
  if (body instanceof Blob) {
    init.body = body;
    init.headers["Content-Type"] = "application/octet-stream";
  } else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers["Content-Type"] = "application/json";
  }
  const resp = await fetch(path, init);
  const answer = await resp.json().catch(() => ({}));
  if (!resp.ok) throw new Error(answer.detail || answer.error || `${resp.status}`);
  return answer;
}

/** toast shows a line for a few seconds. */
export function toast(text) {
  const p = el("p", text);
  document.getElementById("toasts").append(p);
  setTimeout(() => p.remove(), 3200);
}

/** $ finds one element. */
export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
