// Shows how far an upload is, and sends it again by itself when the network
// fails for a moment. Without this file the forms work all the same.
"use strict";

const tries = 4;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** post sends one file; it resolves to the answer, or rejects when none came. */
function post(form, file, progressed) {
  return new Promise((resolve, reject) => {
    const data = new FormData(form);
    data.delete("files");
    data.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (e) => e.lengthComputable && progressed(e.loaded / e.total);
    request.onload = () => (request.response ? resolve(request.response) : reject(new Error("no answer")));
    request.onerror = request.ontimeout = () => reject(new Error("no network"));
    request.send(data);
  });
}

async function send(form, file, line, bar) {
  for (let n = 1; ; n++) {
    try {
      const answer = await post(form, file, (part) => (bar.value = part));
      return answer.files ?? [{ name: file.name, kept: false, words: answer.problem ?? form.dataset.failed }];
    } catch {
      if (n === tries) return [{ name: file.name, kept: false, words: form.dataset.failed }];
      line.textContent = form.dataset.again;
      await wait(1000 * n * n);
    }
  }
}

async function upload(form, files) {
  const box = form.querySelector(".progress");
  const button = form.querySelector("button");
  button.disabled = true;
  let refused = false;
  const told = [];
  for (const file of files) {
    const line = document.createElement("span");
    const bar = document.createElement("progress");
    line.textContent = `${form.dataset.sending} ${file.name}`;
    box.replaceChildren(...told, line, bar);
    for (const o of await send(form, file, line, bar)) {
      refused ||= !o.kept;
      const p = document.createElement("p");
      p.className = o.kept ? "good" : "bad";
      p.textContent = `${o.name} ${o.words}`;
      told.push(p);
    }
    box.replaceChildren(...told);
  }
  button.disabled = false;
  form.reset();
  if (!refused) location.replace(location.pathname.replace(/\/files$/, ""));
}

document.addEventListener("submit", (e) => {
  const form = e.target.closest("form.upload");
  if (!form) return;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (files.length === 0) return; // the server says it in words
  e.preventDefault();
  upload(form, files);
});
