// The list of conversations: the row that is open, places to go to, and rows
// that stay where they are while somebody reads them.
import { $, $$, fold, onSettle } from "./page.js";
import { bind } from "./keys.js";
import { renew } from "./renew.js";

onSettle(() => {
  const open = $("#main")?.dataset.conversation;
  for (const a of $$(".row a")) {
    if (a.dataset.id === open) a.setAttribute("aria-current", "true");
    else a.removeAttribute("aria-current");
  }
  const waiting = $("#waiting");
  if (waiting) waiting.textContent = $("#list").dataset.waiting;
});

document.addEventListener("submit", (e) => {
  if (e.target.id === "list-form") e.preventDefault();
  if (e.target.id !== "filter-form" || !$("#list")) return;
  e.preventDefault();
  e.target.closest("details")?.removeAttribute("open");
  go(new URLSearchParams(new FormData(e.target)), true);
});

// A link to a place in the inbox changes the list and leaves the rest alone.
document.addEventListener("click", (e) => {
  const link = e.target.closest("[data-place]");
  if (!link || link.id === "list" || !$("#list") || e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return;
  e.preventDefault();
  for (const open of $$("#side details.drop[open]")) open.open = false;
  go(new URL(link.dataset.place, location.href).searchParams, "keepSearch" in link.dataset);
});

const fields = ["view", "branch", "position", "intake", "channel", "answer", "owner"];

let going; // the place that the list goes to

function go(place, keepSearch) {
  const form = $("#list-form"), values = { go: "1", limit: "" };
  for (const name of fields) values[name] = place.get(name) || "";
  if (!keepSearch) form.elements.q.value = "";
  values.q = form.elements.q.value;
  going = values;
  htmx.trigger(form, "htmx:abort"); // of where it was going before
  htmx.ajax("POST", "/inbox/list", { source: form, target: "#list", swap: "morph", values })
    .then(() => { $("#side-scroll").scrollTop = 0; }, () => {});
}

// Of all answers the last wish's is shown, and none that was asked for before it.
// What is searched for on the way to a place is searched for there, and a refresh
// waits until what was wished for has come.
let asked = 0, wished = 0, wish, owed = false;
const turns = new WeakMap(); // of requests
const late = (xhr) => turns.get(xhr) < wished;
const refreshes = (el) => el.matches("[data-refresh]");
const ours = ({ target }) => target?.id === "list" || target?.id === "more";

document.addEventListener("htmx:configRequest", (e) => {
  const { elt, parameters } = e.detail;
  if (elt.id === "q" && going) for (const name of ["go", ...fields]) parameters[name] = going[name];
  if (!refreshes(elt)) return;
  parameters.limit = String(rowsOf().length);
  parameters.shown = rowsOf().map((li) => li.id.slice("r-".length)).join(" ");
  if (!wish) return;
  owed = true;
  e.preventDefault();
});
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (!ours(detail)) return;
  const { xhr, requestConfig: { elt }, target } = detail;
  turns.set(xhr, ++asked);
  if (target.id === "more" || refreshes(elt)) return;
  [wish, wished] = [xhr, asked];
  xhr.addEventListener("loadend", () => queueMicrotask(() => {
    if (wish !== xhr) return; // another takes its place
    wish = going = undefined;
    if (owed || xhr.status !== 200) htmx.trigger("[data-refresh]", "sse:inbox");
    owed = false;
  }));
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!ours(detail)) return;
  if (late(detail.xhr)) detail.shouldSwap = false;
  else if (detail.target.id === "list" && !refreshes(detail.requestConfig.elt)) show(null); // it replaces what waits
});

// How many are behind saved views is asked for when their menu opens, and the
// popover of filters each time that it does. Nothing can be chosen
// in one that is about to be replaced.
document.addEventListener("toggle", (e) => {
  if (e.target.id === "more-views" && e.target.open && $("#saved-counts")) htmx.trigger("#saved-counts", "opened");
  if (e.target.id !== "filters") return;
  if (e.target.open) htmx.trigger("#filter-drop", "opened");
  else $("#filter-drop").replaceChildren();
}, true);
document.addEventListener("click", (e) => {
  for (const open of $$("#side details.drop[open]")) if (!open.contains(e.target)) open.open = false;
});

// Escape empties the search before it leaves it, and closes what is open.
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  $$("#side details.drop[open]").forEach(fold);
  if (e.target.id !== "q" || !e.target.value || e.isComposing) return;
  e.stopImmediatePropagation();
  e.preventDefault();
  e.target.value = "";
  e.target.dispatchEvent(new Event("input", { bubbles: true }));
}, true);

// What takes long shows that it does; what fails says so, and can be asked for
// again.
let slow;
const byHand = (e) => e.detail.target?.id === "list" && !refreshes(e.detail.elt);
document.addEventListener("htmx:beforeRequest", (e) => {
  if (!byHand(e)) return;
  clearTimeout(slow);
  slow = setTimeout(() => $("#list")?.setAttribute("aria-busy", "true"), 150);
});
document.addEventListener("htmx:afterRequest", (e) => {
  if (!byHand(e) || late(e.detail.xhr)) return;
  clearTimeout(slow);
  $("#list")?.removeAttribute("aria-busy");
  $("#list-problem").hidden = e.detail.successful || e.detail.xhr?.status === 0 && !e.detail.failed;
});
document.addEventListener("click", (e) => {
  if (e.target.closest("#list-again")) htmx.trigger("#q", "again");
});

// Rows hold still while the pointer is over them and moved lately, the keyboard
// walks them or the list is scrolled: what they say is renewed in place, and what is new
// waits behind a line that says so. Only rows that their agent may see no more go
// at once.
const rowsOf = (within = document) => $$("#rows > .row", within);
const walkFor = 8000, restFor = 60000;
let walked = 0, moved = 0, waiting = null;

const walking = () => Date.now() - walked < walkFor;
const pointing = () => Date.now() - moved < restFor && $("#rows")?.matches(":hover");
document.addEventListener("pointermove", () => { moved = Date.now(); }, { passive: true });
const reading = () => walking() || pointing() || $("#side-scroll").scrollTop > 24 || Boolean($(".pick input:checked"));

/** hold returns the list with what is new in it, and the rows as they stand. */
function hold(fresh) {
  const still = fresh.cloneNode(true), rows = $("#rows", still), named = new Map([...rows.children].map((li) => [li.id, li]));
  rows.replaceChildren(...[...$("#rows").children].map((li) => named.get(li.id) ?? li.cloneNode(true)));
  if (rows.children.length) $("#no-rows", still)?.remove();
  return still;
}

/** behind keeps the rows behind those that were renewed, as they are. */
function behind(fresh) {
  const rows = $("#rows", fresh), more = $("#more", rows), known = new Set([...rows.children].map((li) => li.id));
  const old = [...$("#rows").children], n = rowsOf(fresh).length;
  if (!more || rowsOf().length <= n) return fresh;
  const at = old.findIndex((li) => li === rowsOf()[n]);
  more.remove();
  for (const li of old.slice(at)) if (!known.has(li.id)) rows.append(li.cloneNode(true));
  return fresh;
}

/** news says how many rows are new, and whether others went or changed places. */
function news(fresh) {
  const old = rowsOf().map((li) => li.id), now = rowsOf(fresh).map((li) => li.id), more = $("#more", fresh);
  const above = more ? now.findLastIndex((id) => old.includes(id)) + 1 : now.length; // what fills up below is not new
  const stayed = now.filter((id) => old.includes(id)), stood = more ? old.slice(0, now.length) : old;
  return { added: now.slice(0, above).filter((id) => !old.includes(id)).length, changed: stayed.join() !== stood.join() };
}

function show(fresh) {
  const pill = $("#list-newer"), { added, changed } = fresh ? news(fresh) : { added: 0, changed: false };
  waiting = added || changed ? fresh : null;
  pill.hidden = !waiting;
  pill.textContent = added ? pill.dataset.new.replace("{n}", added) : pill.dataset.changed;
}

function release() {
  if (!waiting) return;
  const fresh = waiting;
  show(null);
  const focused = document.activeElement;
  renew($("#list"), behind(fresh));
  if (focused?.isConnected) focused.focus({ preventScroll: true });
  htmx.process($("#list"));
  document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
}

htmx.defineExtension("list", {
  isInlineSwap: (style) => style === "list",
  handleSwap(style, target, fragment) {
    if (style !== "list") return false;
    const fresh = $("#list", fragment) || fragment.firstElementChild;
    if (!fresh) return [];
    for (const id of fresh.dataset.gone?.split(" ") ?? []) document.getElementById("r-" + id)?.remove();
    const held = reading() && rowsOf().length > 0;
    show(held ? fresh.cloneNode(true) : null);
    renew(target, held ? hold(fresh) : behind(fresh));
    return [target];
  },
});

document.addEventListener("click", (e) => {
  if (!e.target.closest("#list-newer")) return;
  walked = 0;
  $("#side-scroll").scrollTop = 0;
  release();
});

// It goes on by itself as soon as nobody reads.
let leaving;
function settleLater() {
  clearTimeout(leaving);
  leaving = setTimeout(() => {
    if (!waiting) return;
    if (reading()) settleLater();
    else release();
  }, 1500);
}
document.addEventListener("htmx:afterSwap", (e) => { if (e.detail.target?.id === "list") settleLater(); });

function step(by) {
  walked = Date.now();
  const rows = $$(".row a"), at = rows.findIndex((a) => a.getAttribute("aria-current"));
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (!next || next.getAttribute("aria-current")) return;
  for (const a of rows) a.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

bind("/", () => $("#q")?.select());
for (const key of ["j", "arrowdown"]) bind(key, () => step(1));
for (const key of ["k", "arrowup"]) bind(key, () => step(-1));
for (let n = 1; n <= 9; n++) bind(String(n), () => $$("#more-views [data-view]")[n - 1]?.click());
