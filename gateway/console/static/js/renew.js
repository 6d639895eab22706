// Renewing in place. Elements are matched by id, or by place and kind. What is
// equal is not touched; what the reader opened, typed or chose stays, and so do
// the marks of the open conversation and of the message that was asked for. An element with data-keep is left alone,
// and a log only grows.
import { $ } from "./page.js";
import { n, numbered, stay, whereIn } from "./place.js";

/** renew makes old as fresh is; fresh is used up. */
export function renew(old, fresh) {
  if (!old.isEqualNode(fresh) && !kept(old, fresh)) make(old, fresh);
}

function make(old, fresh) {
  if (old.matches(".message.found")) fresh.classList.add("found");
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !(name === "aria-current" && old.dataset.id) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.dataset.morph === "log") grow(old, fresh);
  else renewChildren(old, fresh);
}

const kept = (old, fresh) => old.hasAttribute("data-keep") && old.dataset.keep === (fresh.dataset.keep ?? old.dataset.keep);

const alike = (a, b) =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.nodeType !== Node.ELEMENT_NODE || a.id === b.id);

function renewChildren(old, fresh) {
  const named = new Map([...old.children].filter((c) => c.id).map((c) => [c.id, c]));
  let at = old.firstChild;
  for (const want of [...fresh.childNodes]) {
    let have = want.id ? named.get(want.id) : null;
    if (have && have.nodeName !== want.nodeName && !have.hasAttribute("data-keep")) have = null;
    if (!have && !want.id) {
      have = at;
      while (have && !alike(have, want)) have = have.nextSibling;
    }
    if (!have) {
      old.insertBefore(want, at);
      continue;
    }
    if (have === at) at = at.nextSibling;
    else put(old, have, at);
    if (have.nodeType === Node.ELEMENT_NODE) renew(have, want);
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// put moves an element before a sibling that it follows. Whoever writes in it goes
// on writing, which nobody can in what is moved: then the siblings move behind it.
function put(old, have, at) {
  if (!have.contains(document.activeElement)) return old.insertBefore(have, at);
  const behind = have.nextSibling;
  for (let next; at && at !== have; at = next) {
    next = at.nextSibling;
    old.insertBefore(at, behind);
  }
}

// grow adds what is new to the messages; those loaded before stay, unless
// there is a gap between them and the new ones.
function grow(old, fresh) {
  const have = numbered(old), want = numbered(fresh);
  if (!have.length || !want.length || n(want[0]) > n(have.at(-1)) + 1) return renewChildren(old, fresh);
  for (const item of want) {
    const same = document.getElementById(item.id);
    if (same) renew(same, item);
    else if (n(item) > n(have.at(-1))) old.append(item);
  }
}

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap(style, target, fragment) {
    if (style !== "morph") return false;
    const fresh = $("#" + target.id, fragment) || fragment.firstElementChild;
    if (!fresh) return true;
    const scroll = $("#scroll"), place = scroll && whereIn(scroll);
    make(target, fresh); // also what is left alone otherwise, and asks for itself
    if (scroll && target.id === "thread") stay(scroll, place);
    return [...target.children]; // a target that htmx took up again would forget to ask once more
  },
});
