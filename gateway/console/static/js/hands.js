// Menus of the conversation close when something was chosen or pressed beside
// them, and a window that ends is looked at again.
import { $, $$, onSettle } from "./page.js";
import { now, span } from "./clock.js";

document.addEventListener("click", (e) => {
  for (const open of $$(".menu[open]")) if (!open.contains(e.target)) open.open = false;
  if (e.target.closest("[data-print]")) print();
});
document.addEventListener("htmx:afterRequest", (e) => {
  const menu = e.target.closest?.(".menu");
  if (menu && e.detail.successful) menu.open = false;
});

function tick() {
  for (const el of $$("[data-until][data-words]")) {
    const left = Number(el.dataset.until) - now(), words = el.dataset.words.replace("{span}", span(left));
    if (el.textContent !== words) el.textContent = words;
    el.classList.toggle("soon", left < 2 * 3600000);
    if (left > 0 || el.dataset.over) continue;
    el.dataset.over = "yes";
    const live = $("#main > [hx-get]");
    if (live) htmx.trigger(live, "sse:sync");
  }
}
onSettle(tick);
setInterval(tick, 5000);

// The message that the address asks for is shown once, and stays in sight while
// pictures come, until somebody goes elsewhere.
let shown, held;
const center = () => held && $(".message.found")?.scrollIntoView({ block: "center" });
onSettle(() => {
  if (!$(".message.found") || shown === location.href) return;
  [shown, held] = [location.href, true];
  center();
});
document.addEventListener("load", (e) => e.target.closest?.("#messages") && center(), true);
for (const going of ["wheel", "touchstart", "pointerdown", "keydown"]) {
  document.addEventListener(going, () => { held = false; }, { capture: true, passive: true });
}
