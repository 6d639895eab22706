// The seconds in which words may be taken back, and words that come back to
// the composer.
import { $, $$, onSettle } from "./page.js";
import { bind } from "./keys.js";
import { now } from "./clock.js";

function count() {
  for (const form of $$(".undo")) {
    const left = Math.ceil((Number(form.dataset.ends) - now()) / 1000);
    form.hidden = left <= 0;
    $(".seconds", form).textContent = left > 0 ? left : "";
  }
}
onSettle(count);
setInterval(count, 250);

bind("z", () => $$(".undo:not([hidden]) button").at(-1)?.click());

// Words that the server gives back stand before what was typed since: as soon as
// they are there, for the next refresh of the page does not have them.
function restore() {
  const back = $("#returned"), words = $("#words");
  if (!back || !words) return;
  const typed = /^\/\S*$/.test(words.value) ? "" : words.value;
  words.value = [back.value, typed].filter(Boolean).join("\n");
  back.remove();
  words.dispatchEvent(new Event("input", { bubbles: true }));
  words.focus();
}
document.addEventListener("htmx:afterSwap", restore);
document.addEventListener("DOMContentLoaded", restore);
