// The open conversation: its name in the title, and what has been seen of it.
import { $, onSettle } from "./page.js";
import { numbered } from "./place.js";

function name() {
  const unread = Number($("#list")?.dataset.unread || 0), shown = $("#thread, #main[data-title]"), page = document.body.dataset;
  if (shown) page.title = shown.dataset.title + page.title.slice(page.title.lastIndexOf(" · "));
  document.title = (unread ? `(${unread}) ` : "") + page.title;
}

function makeRoom() {
  const desk = $("#desk");
  if (desk) $(".talk").style.setProperty("--desk", desk.offsetHeight + "px");
}

// look tells the server that the candidate's words have been seen. The form may
// have come a moment ago and not be able to yet: then it is asked again.
let looked;
const upTo = (seen) => seen.action + numbered($("#messages")).at(-1)?.id;
function look() {
  const seen = $("#seen");
  if (seen && looked !== upTo(seen) && document.visibilityState === "visible" && document.hasFocus() && $("#scroll").scrollTop > -60) {
    htmx.trigger(seen, "submit");
  }
}
document.addEventListener("htmx:configRequest", ({ detail: { elt } }) => {
  if (elt.id === "seen") looked = upTo(elt);
});

onSettle(name);
onSettle(makeRoom);
onSettle(look);
document.addEventListener("visibilitychange", look);
addEventListener("focus", look);

document.addEventListener("scroll", (e) => {
  if (e.target.id !== "scroll" || e.target.scrollTop <= -60) return;
  $("#newer").hidden = true;
  look();
}, true);

document.addEventListener("click", (e) => {
  if (e.target.closest("#newer")) $("#scroll").scrollTo({ top: 0, behavior: "smooth" });
  for (const open of document.querySelectorAll(".ask details[open]")) if (!open.contains(e.target)) open.open = false;
});
