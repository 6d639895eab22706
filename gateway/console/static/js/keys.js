// The keyboard. Keys of one letter, and g with a letter after it, work wherever
// nobody types. A key that nothing is bound to presses what the page marks with
// it: data-key="e".
import { $, $$, fold } from "./page.js";

const keys = new Map();
const patience = 1200; // milliseconds between g and the letter after it

/** bind has f called when the key is pressed, in lower case, and nobody types. */
export const bind = (key, f) => keys.set(key, f);

/** bound are all keys that something is bound to. */
export const bound = () => [...keys.keys()];

// What stands in a menu can be pressed while the menu is closed.
const there = (el) => !el.disabled && (el.closest("details:not([open])") ?? el).checkVisibility();

/** press does what a key does, and says whether it does anything here. */
export function press(key) {
  const marked = $$(`[data-key="${CSS.escape(key)}"]`).find(there);
  if (!keys.has(key) && !marked) return false;
  if (keys.has(key)) keys.get(key)();
  else marked.click();
  return true;
}

let first = "", since = 0;

document.addEventListener("keydown", (e) => {
  const typing = e.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]");
  if (e.key === "Escape") {
    $$(".ask details[open], .account[open], .menu[open], .later[open]").forEach(fold);
    if (typing && !typing.matches("dialog")) e.target.blur();
    return;
  }
  if (typing || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  const key = e.key.toLowerCase(), two = first && e.timeStamp - since < patience ? first + " " + key : "";
  first = "";
  if ((two && press(two)) || press(key)) {
    e.preventDefault();
  } else if (key === "g") {
    [first, since] = [key, e.timeStamp];
  }
});

bind("?", () => $("#keys")?.showModal());
bind("i", () => {
  if ($("#panel")) location.hash = location.hash === "#panel" ? "#thread" : "#panel";
});
