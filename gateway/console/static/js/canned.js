// Replies kept ready: a slash at the start of the composer looks for one, and
// variables are put where the cursor is.
import { $, $$ } from "./page.js";
import { bind } from "./keys.js";

const query = (words) => words.value.match(/^\/(\S*)$/)?.[1].toLowerCase();
const shown = () => $$("#canned-list button:not([hidden])");

function look(words) {
  const menu = $("#canned"), asked = query(words);
  if (!menu) return;
  if (asked === undefined) {
    if (menu.dataset.by === "slash") menu.open = false;
    delete menu.dataset.by;
  } else if (!menu.open) {
    menu.open = true;
    menu.dataset.by = "slash";
  }
  for (const b of $$("button", menu)) b.hidden = !!asked && !(b.dataset.name + b.textContent).toLowerCase().includes(asked);
  mark(shown()[0]);
}

function mark(button) {
  for (const b of $$("#canned-list button")) b.classList.toggle("first", b === button);
  button?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("input", (e) => {
  if (e.target.id === "words") look(e.target);
});

document.addEventListener("keydown", (e) => {
  const menu = $("#canned");
  if (e.target.id !== "words" || !menu?.open || e.isComposing || query(e.target) === undefined) return;
  const all = shown(), at = all.findIndex((b) => b.classList.contains("first"));
  if (e.key === "Enter" && all[at]) all[at].click();
  else if (e.key === "ArrowDown") mark(all[Math.min(at + 1, all.length - 1)]);
  else if (e.key === "ArrowUp") mark(all[Math.max(at - 1, 0)]);
  else return;
  e.preventDefault();
  e.stopPropagation();
}, true);

document.addEventListener("click", (e) => {
  const insert = e.target.closest("[data-insert]");
  if (!insert) return;
  const field = document.getElementById(insert.dataset.into);
  field.setRangeText(insert.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});

bind("c", () => {
  const menu = $("#canned");
  if (!menu) return;
  menu.open = true;
  $("button", menu)?.focus();
});
