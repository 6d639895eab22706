// Rows that are chosen: with the pointer, a range of them with shift, or with x.
import { $, $$, onSettle } from "./page.js";
import { bind } from "./keys.js";

const picks = () => $$(".pick input");
let latest = null;

document.addEventListener("click", (e) => {
  const box = e.target.closest(".pick")?.querySelector("input");
  if (!box || e.target !== box) return;
  const all = picks(), from = all.findIndex((b) => b.value === latest), to = all.indexOf(box);
  if (e.shiftKey && from >= 0) {
    for (const b of all.slice(Math.min(from, to), Math.max(from, to) + 1)) b.checked = box.checked;
  }
  latest = box.value;
  tell();
});

document.addEventListener("change", (e) => {
  if (e.target.matches(".pick input, #bulk-all, #selecting")) tell();
});

document.addEventListener("click", (e) => {
  if (!e.target.closest("#bulk-none")) return;
  clear();
  $("#q")?.focus();
});

function clear() {
  for (const b of picks()) b.checked = false;
  for (const id of ["#bulk-all", "#selecting"]) if ($(id)) $(id).checked = false;
  tell();
}

// tell says how many are chosen.
function tell() {
  const out = $("#bulk-count"), n = picks().filter((b) => b.checked).length;
  if (!out) return;
  const all = $("#bulk-all").checked;
  out.textContent = all ? "" : out.dataset.words.replace("{n}", n);
  $("#side").classList.toggle("all-picked", all);
  for (const b of $$(".bulk-bar [name=do]")) b.disabled = n === 0 && !all;
}

onSettle(tell);
bind("x", () => {
  const open = $('.row a[aria-current="true"]')?.closest(".row") ?? $(".row");
  $(".pick input", open ?? document)?.click();
});

// A form that only chooses what is shown is sent as soon as it is changed.
document.addEventListener("change", (e) => e.target.form?.matches("[data-submits]") && e.target.form.requestSubmit());
