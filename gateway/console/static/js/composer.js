// The composer: drafts that stay, the length that fits, and when words leave.
import { $, onSettle } from "./page.js";
import { bind } from "./keys.js";
import { answered } from "./notice.js";

const draftOf = (form) => "draft:" + form.dataset.draft;
const restored = new WeakSet();

onSettle(() => {
  const form = $("#composer"), words = form && $("#words", form);
  if (!words || restored.has(form)) return;
  restored.add(form);
  if (!words.value) words.value = localStorage.getItem(draftOf(form)) || "";
  measure(words);
});

function keep(form, draft) {
  if (draft) localStorage.setItem(draftOf(form), draft);
  else localStorage.removeItem(draftOf(form));
}

function measure(words) {
  const max = Number(words.dataset.max), count = [...words.value.trim()].length, el = $("#length");
  if (!max || !el) return;
  el.textContent = count > max * 0.8 ? `${count} / ${max}` : "";
  el.classList.toggle("over", count > max);
}

document.addEventListener("input", (e) => {
  if (e.target.id !== "words") return;
  keep(e.target.form, e.target.value);
  measure(e.target);
});

// later has the next words leave at once: the time was that of those before.
function later(form) {
  const menu = $("#later", form);
  if (!menu) return;
  menu.open = false;
  $("input", menu).value = "";
  foretell();
}

// foretell says what becomes of the words: who reads them, and when they leave
// if not at once.
function foretell() {
  const form = $("#composer");
  if (!form) return;
  const words = $("#words", form), hint = $("#hint", form), at = $("#later input", form)?.value || "";
  words.placeholder = $("#as-remark", form).checked ? words.dataset.remark : words.dataset.reply;
  form.classList.toggle("timed", at !== "");
  hint.textContent = at && hint.dataset.words.replace("{time}", moment(at));
}
onSettle(foretell);

function moment(at) {
  const lang = document.documentElement.lang;
  return new Date(at).toLocaleString(lang === "en" ? "en-GB" : lang, { month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });
}

document.addEventListener("input", (e) => {
  if (e.target.matches("#later input, .compose-as input")) foretell();
});
document.addEventListener("click", (e) => {
  const menu = $("#later");
  if (!menu) return;
  if (e.target.id === "later-none") {
    later(e.target.form);
    $("#words").focus();
  } else if (menu.open && !menu.contains(e.target)) {
    menu.open = false;
  }
});

// Words that left are no draft any more, whichever conversation is open by then;
// what was typed after them is.
document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig: { elt: sent, parameters }, xhr } }) => {
  if (sent.id === "composer") xhr.addEventListener("load", () => left(sent, parameters.text, answered(xhr).replied));
});

function left(sent, text, replied) {
  if (!replied) return;
  const form = $("#composer"), words = $("#words"), here = form?.dataset.draft === sent.dataset.draft;
  const typed = here ? words.value : localStorage.getItem(draftOf(sent)) || "";
  const rest = typed.startsWith(text) ? typed.slice(text.length).trimStart() : typed;
  keep(sent, rest);
  if (!here) return;
  words.value = rest;
  if (form === sent) form.elements.key.value = replied.key;
  later(form);
  measure(words);
  words.focus();
}

document.addEventListener("submit", (e) => {
  if (e.target.action.endsWith("/signout")) localStorage.clear();
});

document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key === "Enter" && e.target.id === "words" && !e.isComposing) {
    e.preventDefault();
    e.target.form.requestSubmit();
  }
});

bind("r", () => $("#words")?.focus());
