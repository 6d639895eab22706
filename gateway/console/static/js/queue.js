// The queues of work: one line at a time has the keys, and what HR decides of a
// request waits some seconds in which it can be taken back.
import { $, $$, onSettle } from "./page.js";
import { bind } from "./keys.js";
import { now } from "./clock.js";

const queue = () => $("#queue");
const rows = () => $$("#queue [data-row]");
let chosen; // id of the line that has the keys

function choose(row, quietly) {
  if (!row) return;
  chosen = row.id;
  for (const other of rows()) other.classList.toggle("chosen", other === row);
  if (!quietly) row.scrollIntoView({ block: "nearest" });
}

const current = () => rows().find((row) => row.id === chosen);

function step(by) {
  const all = rows(), at = all.findIndex((row) => row.id === chosen);
  choose(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

// away is the next line that nothing was decided about yet.
function away() {
  const all = rows(), at = all.findIndex((row) => row.id === chosen);
  choose([...all.slice(at + 1), ...all.slice(0, at)].find((row) => !going.has(row.id)));
}

// What was decided and waits: by line, the form, when it goes and its timer.
const going = new Map();

function hold(form) {
  const row = form.closest("[data-row]"), grace = Number(queue().dataset.grace) * 1000;
  const body = new URLSearchParams(new FormData(form));
  going.set(row.id, { body, url: form.action, says: form.dataset.says, at: now() + grace, timer: setTimeout(() => go(row.id), grace) });
  show();
  if (row.id === chosen) away();
}

function takeBack(id) {
  clearTimeout(going.get(id)?.timer);
  going.delete(id);
  show();
}

let gone = Promise.resolve();

// go has a decision leave, after those before it: htmx lets but the last one wait.
function go(id) {
  const { body, url } = going.get(id);
  gone = gone.catch(() => {}).then(() => htmx.ajax("POST", url, { target: "#queue", swap: "morph", values: Object.fromEntries(body) })).finally(() => {
    going.delete(id);
    show();
  });
}

// show says of each line what is about to happen to it.
function show() {
  for (const row of rows()) {
    const wait = going.get(row.id), line = $(".going", row);
    row.classList.toggle("leaving", Boolean(wait));
    row.classList.toggle("chosen", row.id === chosen);
    if (!line) continue;
    line.hidden = !wait;
    if (wait) {
      const left = Math.max(0, Math.ceil((wait.at - now()) / 1000));
      $("span", line).textContent = wait.says + " · " + queue().dataset.going.replace("{n}", left);
    }
  }
}

// Who leaves the page has decided.
addEventListener("pagehide", () => {
  for (const [id, { body, url, timer }] of going) {
    clearTimeout(timer);
    fetch(url, { method: "POST", body, keepalive: true, redirect: "manual" });
    going.delete(id);
  }
});

// sure says whether a thing that is not lightly done was asked for twice.
let asked;
function sure(el) {
  if (!el.hasAttribute("data-careful") || asked === el) return true;
  asked = el;
  const button = el.matches("button") ? el : $("button", el), words = button.textContent;
  button.textContent = queue().dataset.sure;
  setTimeout(() => {
    button.textContent = words;
    if (asked === el) asked = null;
  }, 3000);
  return false;
}

document.addEventListener("submit", (e) => {
  const form = e.target;
  if (!form.matches("#queue [data-decide]")) return;
  e.preventDefault();
  if (form.closest("details")) form.closest("details").open = false;
  if (sure(form)) hold(form);
}, true);

document.addEventListener("click", (e) => {
  const careful = e.target.closest("#queue button[data-careful]");
  if (careful && !sure(careful)) {
    e.preventDefault();
    e.stopPropagation();
  }
}, true);

document.addEventListener("click", (e) => {
  const row = e.target.closest("#queue [data-row]");
  if (row) choose(row, true);
  if (e.target.closest("[data-take-back]")) takeBack(row.id);
  const picked = $("#many");
  if (picked) picked.classList.toggle("some", Boolean($("#queue input[name=pick]:checked")));
});

onSettle(() => {
  if (!rows().length) return;
  if (!current()) choose(rows().find((row) => !going.has(row.id)), true);
  show();
});

// A desk that has gone on is renewed as it is: neither as the page began, nor as
// it was when an answer was asked for that comes late.
const renewal = (e) => queue()?.dataset.here && (e.detail.requestConfig?.elt ?? e.detail.elt).matches("[data-renew]");
document.addEventListener("htmx:configRequest", (e) => {
  if (renewal(e)) e.detail.path = queue().dataset.here;
});
document.addEventListener("htmx:beforeSwap", (e) => {
  if (!renewal(e) || e.detail.requestConfig.path === queue().dataset.here) return;
  e.detail.shouldSwap = false;
  htmx.trigger(e.detail.requestConfig.elt, "sse:sync");
});

/** press works the control of that key: of the chosen line, or of the desk. */
export function press(key) {
  const el = $(`[data-key="${key}"]`, current() ?? queue());
  if (!el) return;
  if (el.matches("form")) el.requestSubmit();
  else el.click();
  if (el.matches("summary")) $("input:not([type=hidden])", el.parentElement)?.focus();
}

function decide(key) {
  const form = current() && $(`[data-decide="${key}"]`, current());
  if (form && !going.has(current().id)) form.requestSubmit();
}

const at = $("[data-queue]")?.dataset.queue;
const list = ["requests", "calls", "failed"].includes(at);
if (list) {
  setInterval(() => going.size && show(), 500);
  for (const key of ["j", "arrowdown"]) bind(key, () => step(1));
  for (const key of ["k", "arrowup"]) bind(key, () => step(-1));
  for (const key of ["o", "enter"]) bind(key, () => current() && $("[data-open-thread]", current())?.click());
}
if (at === "requests") {
  for (const key of ["a", "r", "c"]) bind(key, () => decide(key));
  bind("x", () => current() && $("input[name=pick]", current())?.click());
  bind("u", () => {
    const last = [...going.keys()].at(-1);
    if (!last) return;
    takeBack(last);
    choose(document.getElementById(last));
  });
}
if (at === "calls") for (const key of ["n", "1", "2", "3", "4"]) bind(key, () => press(key));
if (at === "failed") for (const key of ["t", "d"]) bind(key, () => press(key));
