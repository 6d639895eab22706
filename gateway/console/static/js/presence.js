// Colleagues, and the candidate, are told that somebody writes a reply: at once,
// every few seconds while keys are pressed, and once when they are no more. Nobody
// is said to look at a page that is hidden; that it was closed the end of its
// stream tells.
import { $ } from "./page.js";

const pause = 5000; // milliseconds without a key, after which nobody writes any more
let pressed = 0, told = 0, rests;

document.addEventListener("input", (e) => {
  if (e.target.id !== "words" || $("#as-remark")?.checked) return;
  pressed = Date.now();
  clearTimeout(rests);
  rests = setTimeout(() => { if ($("#others")) htmx.trigger($("#others"), "typing"); }, pause + 100);
  const others = $("#others");
  if (others && pressed - told >= 3000) htmx.trigger(others, "typing");
});

document.addEventListener("visibilitychange", () => {
  const others = $("#others");
  if (others && !document.hidden) htmx.trigger(others, "seen");
});

document.addEventListener("htmx:configRequest", (e) => {
  if (!e.detail.elt.closest("#others")) return;
  if (document.hidden) return e.preventDefault();
  const writes = $("#words")?.value && Date.now() - pressed < pause;
  e.detail.parameters.typing = writes ? "yes" : "";
  if (writes) told = Date.now();
});
