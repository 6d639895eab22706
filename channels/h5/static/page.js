// Shows how far an upload is, sends it again by itself when the network fails
// for a moment, and spares the way for files that are too large; keeps the
// conversation up to date. Without this file the forms work all the same.
"use strict";

const tries = 4;
const stalled = 60_000; // milliseconds without a byte
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** page is where the files of this candidate are. */
const page = () => `/c/${location.pathname.split("/")[2]}/files`;

/**
 * post sends one file, and whether more follow, so that the chat tells of all
 * at once; it resolves to the answer, or rejects when none came.
 */
function post(form, file, more, progressed) {
  return new Promise((resolve, reject) => {
    const data = new FormData(form);
    data.delete("files");
    data.append("files", file, file.name);
    if (more) data.append("more", "1");
    const request = new XMLHttpRequest();
    let patience;
    const alive = () => {
      clearTimeout(patience);
      patience = setTimeout(() => request.abort(), stalled);
    };
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (e) => {
      alive();
      if (e.lengthComputable) progressed(e.loaded / e.total);
    };
    request.onload = () => (request.response ? resolve({ status: request.status, ...request.response }) : reject(new Error("no answer")));
    request.onerror = request.onabort = () => reject(new Error("no network"));
    request.onloadend = () => clearTimeout(patience);
    alive();
    request.send(data);
  });
}

/** send resolves to what became of a file, in words. */
async function send(form, file, more, line, bar) {
  const told = (words) => [{ name: file.name, kept: false, words }];
  if (file.size > Number(form.dataset.most)) return told(form.dataset.large);
  for (let n = 1; ; n++) {
    try {
      const answer = await post(form, file, more, (part) => (bar.value = part));
      if (answer.status === 403) location.replace(page()); // to prove once more who is there
      if (answer.status !== 503 || n === tries) {
        // What arrived before its answer was lost is told of as a duplicate.
        return answer.files?.map((f) => ({ ...f, kept: f.kept || (n > 1 && !!f.again) })) ?? told(answer.problem ?? form.dataset.failed);
      }
    } catch {
      if (n === tries) return told(form.dataset.failed);
    }
    line.textContent = form.dataset.again;
    await wait(1000 * n * n);
  }
}

/** copy returns the element that a template of the page holds. */
const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** tell says what became of a file. One that is kept says so by itself. */
function tell({ name, kept, words }) {
  const line = copy(kept ? "kept" : "refused");
  line.querySelector("b").textContent = name;
  if (!kept) line.querySelector("i").textContent = words;
  return line;
}

/** report is the card of all that was told. */
function report(told) {
  const card = copy("told");
  const title = card.querySelector("h2");
  if (!told.some((line) => line.matches(".good"))) title.textContent = title.dataset.none;
  card.querySelector("ul").append(...told);
  return card;
}

/** refresh shows what the page shows now, below what was told. */
async function refresh(card) {
  const answer = await fetch(page());
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  document.querySelector("main").replaceWith(fresh);
  fresh.querySelector(".hello")?.after(card);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "start" });
}

async function upload(form, files) {
  const box = form.querySelector(".progress");
  const button = form.querySelector("button");
  const told = [];
  button.disabled = true;
  for (const file of files) {
    const line = document.createElement("span");
    const bar = document.createElement("progress");
    line.textContent = `${form.dataset.sending} ${file.name}`;
    box.replaceChildren(line, bar);
    told.push(...(await send(form, file, file !== files.at(-1), line, bar)).map(tell));
  }
  const card = report(told);
  box.replaceChildren(card); // which stays there when the page cannot be fetched
  button.disabled = false;
  form.reset();
  await refresh(card).catch(() => {});
}

/** The conversation: what changes is fetched and put in place of what is shown. */
const chat = () => document.getElementById("chat");
const atEnd = () => scrollY + innerHeight > document.documentElement.scrollHeight - 160;
const toEnd = () => scrollTo(0, document.documentElement.scrollHeight);

/** show puts a fetched conversation in the place of the one shown, and keeps what is being typed. */
async function show(answer) {
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("chat");
  if (!fresh) return location.reload(); // the door: to prove once more who is there
  const field = chat().querySelector("textarea");
  const stay = !atEnd();
  if (!field) return; // an older page
  const now = fresh.querySelector("textarea");
  if (!now.value) now.value = field.value;
  const typing = document.activeElement === field;
  chat().replaceWith(fresh);
  if (typing) now.focus({ preventScroll: true });
  if (!stay) toEnd();
}

/** look fetches the conversation, once more if it changed while it did. Nobody reads a page in the background. */
let looking = false;
let stale = false;
async function look() {
  stale = true;
  if (looking || document.hidden) return;
  looking = true;
  while (stale) {
    stale = false;
    await fetch(location.pathname).then(show).catch(() => {});
  }
  looking = false;
}

function listen() {
  const source = new EventSource(chat().dataset.events);
  source.addEventListener("changed", look);
  source.onopen = look; // for whatever was missed
  document.addEventListener("visibilitychange", () => stale && look());
}

async function say(form, button) {
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.append(button.name, button.value);
  form.querySelectorAll("button").forEach((b) => (b.disabled = true));
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    if (answer.ok && form.matches(".say")) form.querySelector("textarea").value = "";
    await show(answer);
    toEnd();
  } catch {
    form.querySelectorAll("button").forEach((b) => (b.disabled = false)); // the same key once more is one message
  }
}

if (chat()?.querySelector(".say")) {
  toEnd();
  if (window.EventSource) listen();
}

document.addEventListener("keydown", (e) => {
  const form = e.target.closest(".say");
  if (form?.requestSubmit && e.key === "Enter" && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("submit", (e) => {
  if (e.target.matches(".say, .choices")) {
    e.preventDefault();
    say(e.target, e.submitter);
    return;
  }
  const form = e.target.closest("form.upload");
  if (!form) return;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (files.length === 0) return; // the server says it in words
  e.preventDefault();
  upload(form, files);
});
