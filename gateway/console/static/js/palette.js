// The palette: everything that keys and the rail do, and every candidate, found
// by some letters of it. It opens with Ctrl K.
import { $, $$ } from "./page.js";
import { bind, press } from "./keys.js";

const dialog = () => $("#palette");
const options = () => $$("[role=option]", dialog()).filter((o) => !o.hidden);

function open() {
  if (!dialog() || dialog().open) return;
  const input = $("#palette-words");
  dialog().showModal();
  input.value = "";
  $("#palette-found").replaceChildren();
  sift();
  input.focus();
}

// sift leaves what holds all that is typed, and marks the first of it. Candidates
// that were found by what is no longer typed go until others are found.
function sift() {
  const words = $("#palette-words").value.trim().toLowerCase().split(/\s+/);
  for (const o of $$("[role=option]", dialog())) {
    const text = (o.textContent + " " + (o.dataset.also || "")).toLowerCase();
    o.hidden = !words.every((w) => text.includes(w));
  }
  mark(0);
}

function mark(at) {
  const all = options(), next = all[(at + all.length) % all.length];
  for (const o of $$("[role=option]", dialog())) o.setAttribute("aria-selected", String(o === next));
  $("#palette-none").hidden = all.length > 0;
  if (!next) return $("#palette-words").removeAttribute("aria-activedescendant");
  $("#palette-words").setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

const marked = () => options().findIndex((o) => o.getAttribute("aria-selected") === "true");

function choose(option) {
  dialog().close();
  if (option.dataset.press) press(option.dataset.press);
}

document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
    e.preventDefault();
    open();
    return;
  }
  if (e.target.id !== "palette-words" || e.isComposing) return;
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    e.preventDefault();
    mark(marked() + (e.key === "ArrowDown" ? 1 : -1));
  } else if (e.key === "Enter") {
    e.preventDefault();
    options()[marked()]?.click();
  }
});

document.addEventListener("input", (e) => {
  if (e.target.id === "palette-words") sift();
});

document.addEventListener("click", (e) => {
  const option = e.target.closest("#palette [role=option]");
  if (option) choose(option);
  else if (e.target === dialog()) dialog().close(); // beside it
});

document.addEventListener("htmx:afterSwap", (e) => {
  if (e.target.id === "palette-found") mark(Math.max(marked(), 0));
});

bind("ctrl k", open);
