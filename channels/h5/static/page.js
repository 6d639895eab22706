// Shows how far an upload is, sends it again by itself when the network fails
// for a moment, and spares the way for files that are too large. Without this
// file the forms work all the same.
"use strict";

const tries = 4;
const stalled = 60_000; // milliseconds without a byte
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** page is the candidate's page, whose forms may have led to /files. */
const page = () => location.pathname.replace(/\/files$/, "");

/** post sends one file; it resolves to the answer, or rejects when none came. */
function post(form, file, progressed) {
  return new Promise((resolve, reject) => {
    const data = new FormData(form);
    data.delete("files");
    data.append("files", file, file.name);
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
async function send(form, file, line, bar) {
  const told = (words) => [{ name: file.name, kept: false, words }];
  if (file.size > Number(form.dataset.most)) return told(form.dataset.large);
  for (let n = 1; ; n++) {
    try {
      const answer = await post(form, file, (part) => (bar.value = part));
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

/** tell says what became of a file; words that were overtaken stay away. */
function tell(box, { name, kept, words }) {
  const p = document.createElement("p");
  p.className = kept ? "good" : "bad";
  const b = document.createElement("b");
  b.textContent = name;
  p.append(b, kept ? box.dataset.kept : words);
  return p;
}

/** refresh shows what the page shows now, and keeps what was told on top. */
async function refresh(told) {
  const answer = await fetch(page());
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  const card = document.createElement("section");
  card.className = "card outcomes";
  card.tabIndex = -1;
  card.setAttribute("role", "status");
  card.append(...told);
  fresh.querySelector(".hello")?.after(card);
  document.querySelector("main").replaceWith(fresh);
  card.focus();
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
    box.replaceChildren(...told, line, bar);
    for (const outcome of await send(form, file, line, bar)) told.push(tell(box, outcome));
    box.replaceChildren(...told);
  }
  button.disabled = false;
  form.reset();
  await refresh(told).catch(() => {}); // what was told stays where it is
}

document.addEventListener("submit", (e) => {
  const form = e.target.closest("form.upload");
  if (!form) return;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (files.length === 0) return; // the server says it in words
  e.preventDefault();
  upload(form, files);
});
