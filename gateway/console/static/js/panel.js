// The panel: which of its sections are open is remembered, for every candidate
// alike, and what is long is asked for once it is looked at.
import { $$, onSettle } from "./page.js";

const cookie = "jiebao_panel";
const year = 365 * 24 * 3600;

function remembered() {
  const found = document.cookie.split("; ").find((c) => c.startsWith(cookie + "="));
  return new Map((found ? found.slice(cookie.length + 1) : "").split("-").filter(Boolean)
    .map((name) => name.startsWith(".") ? [name.slice(1), false] : [name, true]));
}

function remember(name, open) {
  const all = remembered();
  if (all.get(name) === open) return;
  all.set(name, open);
  const value = [...all].map(([n, o]) => (o ? n : "." + n)).join("-");
  document.cookie = `${cookie}=${value}; path=/; max-age=${year}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}

// fill asks for what an open section is to show.
function fill() {
  for (const later of $$(".fold[open] [data-later]")) {
    later.removeAttribute("data-later");
    htmx.trigger(later, "unfold");
  }
}

document.addEventListener("click", (e) => {
  const summary = e.target.closest(".fold > summary");
  if (!summary) return;
  const fold = summary.parentElement;
  setTimeout(() => {
    remember(fold.dataset.fold, fold.open);
    fill();
  });
});

// A link to a section opens it.
document.addEventListener("click", (e) => {
  const target = e.target.closest('a[href^="#"]')?.hash.slice(1);
  const fold = target && document.getElementById(target);
  if (fold?.matches(".fold")) fold.open = true;
});

onSettle(fill);
