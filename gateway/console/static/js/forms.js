// What forms on any page do: count what is typed, name the weekday of a date,
// keep the return key from a form's first button, copy, open what stands
// beside, and come back to where they were.
import { $, $$ } from "./page.js";
import { say } from "./notice.js";

document.addEventListener("input", (e) => {
  if (e.target.dataset.weekday) weekday(e.target);
  if (e.target.dataset.count) tally(e.target);
});

// What was typed before the scripts were there counts as typed now.
document.addEventListener("htmx:load", (e) => {
  if (e.target !== document.body) return;
  for (const field of $$("[data-count]")) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// tally counts what is typed against what fits, in characters.
function tally(field) {
  const out = document.getElementById(field.dataset.count), max = Number(out.dataset.max), count = [...field.value.trim()].length;
  out.textContent = `${count} / ${max}`;
  out.classList.toggle("over", count > max);
}

function weekday(input) {
  const out = document.getElementById(input.dataset.weekday), day = input.valueAsDate?.getUTCDay();
  out.textContent = day === undefined ? "" : document.body.dataset.weekdays.split(" ")[day];
  out.classList.toggle("weekend", day === 0 || day === 6);
}

// The return key in a field presses the form's button of the value that the
// field names, or none.
document.addEventListener("keydown", (e) => {
  const own = e.target.dataset?.enter;
  if (e.key !== "Enter" || own === undefined || e.isComposing) return;
  e.preventDefault();
  if (own) $(`button[value="${own}"]`, e.target.form).click();
});

document.addEventListener("submit", (e) => {
  const back = e.target.elements?.back;
  if (back && location.pathname !== "/signin") back.value = location.pathname + location.search;
});

document.addEventListener("click", (e) => {
  const opener = e.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
  const copy = e.target.closest("[data-copy]");
  if (copy) {
    const input = document.getElementById(copy.dataset.copy);
    input.select();
    navigator.clipboard?.writeText(input.value).then(() => say(document.body.dataset.copied));
  }
  for (const open of $$(".account[open]")) if (!open.contains(e.target)) open.open = false;
  if (e.target.closest(".account [data-open]")) $(".account").open = false;
});
