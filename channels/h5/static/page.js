// Shows how far an upload is, sends it again by itself when the network fails
// for a moment, and spares the way for files that are too large; keeps the
// conversation up to date. Without this file the forms work all the same.
"use strict";

const tries = 6;
const stalled = 60_000; // milliseconds without a byte
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** page is where the files of this candidate are, and parts where large ones arrive. */
const link = `/c/${location.pathname.split("/")[2]}`;
const page = `${link}/files`;
const parts = `${link}/parts`;

/** post resolves to the answer, or rejects when none came. */
function post(url, body, progressed) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let patience;
    const alive = () => {
      clearTimeout(patience);
      patience = setTimeout(() => request.abort(), stalled);
    };
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (e) => {
      alive();
      if (e.lengthComputable) progressed?.(e.loaded, e.total);
    };
    request.onload = () => {
      if (request.status === 403) location.replace(page); // to prove once more who is there
      const answer = request.response;
      answer && request.status !== 503 && request.status !== 500 ? resolve(answer) : reject(new Error(answer?.problem ?? "no answer"));
    };
    request.onerror = request.onabort = () => reject(new Error("no network"));
    request.onloadend = () => clearTimeout(patience);
    alive();
    request.send(body);
  });
}

/** again tries until it succeeds, or has failed too often without getting on; network gives hope at once. */
async function again(form, line, task) {
  const state = { failed: 0 };
  for (;;) {
    try {
      return await task(state);
    } catch (e) {
      if (++state.failed >= tries) throw e;
      line.textContent = form.dataset.again;
      const online = new Promise((done) => addEventListener("online", done, { once: true }));
      await Promise.race([wait(1000 * state.failed * state.failed), online]);
    }
  }
}

/** whole sends a file in one form, and whether more follow, so that the chat tells of all at once. */
async function whole(form, file, more, progressed, state) {
  const data = new FormData(form);
  data.delete("files");
  data.append("files", file, file.name);
  if (more) data.append("more", "1");
  const answer = await post(form.action, data, (sent, all) => progressed(sent / all));
  // What arrived before its answer was lost is told of as a duplicate.
  answer.files?.forEach((f) => (f.kept ||= state.failed > 0 && !!f.again));
  return answer;
}

/** Uploads that were begun are remembered, so that they go on after the page was loaded anew. */
const memory = {
  name: (file) => `jiebao:${link}:${file.name}:${file.size}:${file.lastModified}`,
  get: (file) => { try { return localStorage.getItem(memory.name(file)); } catch { return null; } },
  set: (file, upload) => { try { localStorage.setItem(memory.name(file), upload); } catch {} },
  drop: (file) => { try { localStorage.removeItem(memory.name(file)); } catch {} },
  names: () => { try { return Object.keys(localStorage).filter((k) => k.startsWith(`jiebao:${link}:`)).map((k) => k.split(":").slice(2, -2).join(":")); } catch { return []; } },
};

/** inPieces sends a large file from where it has got to. */
async function inPieces(form, file, more, progressed, state) {
  const begun = await post(parts, new URLSearchParams({ size: file.size, upload: memory.get(file) ?? "" }));
  if (begun.problem) return begun;
  memory.set(file, begun.upload);
  let at = begun.offset;
  while (at < file.size) {
    const piece = file.slice(at, at + begun.piece);
    const answer = await post(`${parts}/${begun.upload}?offset=${at}`, piece, (sent) => progressed((at + sent) / file.size));
    if (answer.problem) return answer;
    if (answer.offset > at) state.failed = 0;
    else if (++state.failed >= tries) throw new Error("no progress");
    at = answer.offset;
  }
  const data = new URLSearchParams({ item: form.elements.item.value, name: file.name });
  if (more) data.append("more", "1");
  const answer = await post(`${parts}/${begun.upload}/done`, data);
  if (!answer.files) throw new Error(answer.problem ?? "not whole");
  memory.drop(file);
  return answer;
}

/** send resolves to what became of a file, in words. */
async function send(form, file, more, line, bar) {
  const told = (words) => [{ name: file.name, kept: false, words }];
  if (file.size > Number(form.dataset.most)) return told(form.dataset.large);
  const way = file.size > Number(form.dataset.piece) ? inPieces : whole;
  const progressed = (part) => {
    bar.value = part;
    line.textContent = `${form.dataset.sending} ${file.name}`;
  };
  try {
    const answer = await again(form, line, (state) => way(form, file, more, progressed, state));
    return answer.files ?? told(answer.problem ?? form.dataset.failed);
  } catch {
    return told(form.dataset.failed);
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
  const answer = await fetch(page);
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
  source.onopen = () => {
    document.documentElement.classList.add("live");
    look(); // for whatever was missed
  };
  document.addEventListener("visibilitychange", () => stale && look());
}

async function say(form, button) {
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.append(button.name, button.value);
  const field = form.querySelector("textarea");
  const typed = field?.value ?? "";
  if (field) field.value = "";
  form.querySelectorAll("button").forEach((b) => (b.disabled = true));
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    await show(answer);
    toEnd();
  } catch {
    form.querySelectorAll("button").forEach((b) => (b.disabled = false)); // the same key once more is one message
    if (field) (chat().querySelector("textarea") ?? field).value ||= typed;
  }
}

if (chat()?.querySelector(".say")) {
  toEnd();
  if (window.EventSource) listen();
}

/** Whoever comes back is told what they can go on with. */
const left = document.querySelector("form.upload") ? memory.names() : [];
if (left.length > 0) {
  const form = document.querySelector("details[open] form.upload") ?? document.querySelector("form.upload");
  form.querySelector(".progress").textContent = form.dataset.left.replace("{}", left.join("、"));
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
