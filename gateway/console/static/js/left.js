// A conversation that its agent may read no more leaves the page, and the list, at
// once. What they typed to the candidate is their own: it stays to be copied.
import { $, $$, onSettle } from "./page.js";

const about = (path) => path.split(/[/?]/)[2]; // /inbox/<id>/…
const typed = () => $$("#thread :is(textarea, input:not([type]), input[type=text])")
  .filter((field) => field.value !== field.defaultValue).map((field) => field.value.trim()).filter(Boolean).join("\n\n");
let kept = "", held = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, requestConfig: { elt, path } } = detail;
  if (xhr.status !== 410) return;
  const id = about(path), open = $("#main").dataset.conversation === id;
  if (!open && !elt.isConnected) { // another one is open by then
    detail.shouldSwap = false;
    return;
  }
  kept = open && typed() || localStorage.getItem("draft:" + id) || "";
  held = $("#main").contains(document.activeElement);
  document.getElementById("r-" + id)?.remove();
});

onSettle(() => {
  const field = $("#typed");
  if (!field || !field.parentElement.hidden) return;
  if (held) $("#left").focus();
  held = false;
  field.value = kept;
  field.parentElement.hidden = !kept;
});
