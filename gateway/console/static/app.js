// What pages do beyond links and forms: they stay current without losing the
// place or what was typed, keep drafts, and answer to the keyboard.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.add("js");

  // ── Renewing in place ────────────────────────────────────────────────────
  // Elements are matched by id, or by place and kind. What is equal is not
  // touched; what the reader opened, typed or chose stays. An element with
  // data-keep is left alone, and a log only grows.

  function renew(old, fresh) {
    if (old.isEqualNode(fresh) || kept(old, fresh)) return;
    for (const { name } of [...old.attributes]) {
      if (name !== "open" && name !== "aria-current" && !fresh.hasAttribute(name)) old.removeAttribute(name);
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
      else old.insertBefore(have, at);
      if (have.nodeType === Node.ELEMENT_NODE) renew(have, want);
      else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  const n = (item) => Number(item?.dataset.n);
  const numbered = (list) => [...list.children].filter((c) => c.dataset.n);

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
      renew(target, fresh);
      if (scroll && target.id === "thread") stay(scroll, place);
      return [target];
    },
  });

  // ── The place in a conversation ──────────────────────────────────────────
  // The list is laid out from its end, so that scrollTop is 0 at the newest
  // message and negative above.

  const whereIn = (el) => ({ atEnd: el.scrollTop > -60, top: el.scrollTop, height: el.scrollHeight, last: n(numbered($("#messages")).at(-1)) });

  function stay(el, was) {
    const fresh = numbered($("#messages")).filter((m) => n(m) > was.last);
    if (was.atEnd || fresh.some((m) => m.classList.contains("mine"))) {
      el.scrollTop = 0;
    } else {
      el.scrollTop = was.top - (el.scrollHeight - was.height);
      if (fresh.some((m) => m.classList.contains("theirs"))) $("#newer").hidden = false;
    }
  }

  document.addEventListener("scroll", (e) => {
    if (e.target.id !== "scroll" || e.target.scrollTop <= -60) return;
    $("#newer").hidden = true;
    look();
  }, true);

  // ── One stream of events, and none for a tab nobody looks at ─────────────
  // Browsers allow a server six connections; hidden tabs let go of theirs.

  class Stream {
    constructor(url) {
      this.url = url;
      this.listeners = [];
      this.closed = false;
      this.open();
      document.addEventListener("visibilitychange", () => {
        clearTimeout(this.timer);
        if (document.hidden) this.timer = setTimeout(() => this.source.close(), 30000);
        else if (!this.closed && this.source.readyState === EventSource.CLOSED) this.open();
      });
    }
    open() {
      this.source = new EventSource(this.url);
      this.source.onopen = (e) => this.onopen?.(e);
      this.source.onerror = (e) => this.onerror?.(e);
      for (const [name, listener] of this.listeners) this.source.addEventListener(name, listener);
    }
    get readyState() { return this.source.readyState; }
    addEventListener(name, listener) {
      this.listeners.push([name, listener]);
      this.source.addEventListener(name, listener);
    }
    removeEventListener(name, listener) {
      this.listeners = this.listeners.filter(([a, b]) => a !== name || b !== listener);
      this.source.removeEventListener(name, listener);
    }
    close() { this.closed = true; this.source.close(); }
  }
  htmx.createEventSource = (url) => new Stream(url);

  // ── After every change of the page ───────────────────────────────────────

  function settle() {
    const open = $("#main")?.dataset.conversation;
    for (const a of $$(".row a")) {
      if (a.dataset.id === open) a.setAttribute("aria-current", "true");
      else a.removeAttribute("aria-current");
    }
    const waiting = $("#waiting");
    if (waiting) waiting.textContent = $("#list").dataset.waiting;
    const unread = Number($("#list")?.dataset.unread || 0), name = $("#thread")?.dataset.title;
    const title = name ? name + document.body.dataset.title.slice(document.body.dataset.title.lastIndexOf(" · ")) : document.body.dataset.title;
    document.title = (unread ? `(${unread}) ` : "") + title;
    const desk = $("#desk");
    if (desk) $(".talk").style.setProperty("--desk", desk.offsetHeight + "px");
    restoreDraft();
    look();
    tick();
  }

  // look tells the server that the candidate's words have been seen.
  let looked;
  function look() {
    const seen = $("#seen"), upTo = seen && seen.action + numbered($("#messages")).at(-1)?.id;
    if (seen && looked !== upTo && document.visibilityState === "visible" && document.hasFocus() && $("#scroll").scrollTop > -60) {
      looked = upTo;
      htmx.trigger(seen, "submit");
    }
  }
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);

  // Waits are counted by the server's clock, not by that of this machine.
  const ahead = Number(document.body.dataset.clock) - Date.now();

  function tick() {
    const now = Date.now() + ahead, words = document.body.dataset;
    for (const el of $$("[data-since]")) {
      const minutes = Math.max(0, Math.floor((now - Number(el.dataset.since)) / 60000));
      const text =
        minutes < 1 ? words.now
        : minutes < 60 ? words.minutes.replace("{n}", minutes)
        : minutes < 48 * 60 ? words.hours.replace("{n}", Math.floor(minutes / 60))
        : words.days.replace("{n}", Math.floor(minutes / 1440));
      if (el.textContent.trim() !== text) el.textContent = text;
      el.classList.toggle("red", minutes >= 30);
      el.classList.toggle("amber", minutes >= 10 && minutes < 30);
      el.classList.toggle("calm", minutes < 10);
    }
  }
  setInterval(tick, 15000);

  // ── Talking to the server ────────────────────────────────────────────────

  document.addEventListener("htmx:configRequest", (e) => {
    if (e.detail.elt.matches("[data-refresh]")) e.detail.parameters.limit = String($$("#rows > .row").length);
  });
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("htmx:responseError", (e) => {
    if (!e.detail.xhr.getResponseHeader("HX-Trigger")) say(document.body.dataset.failed, true);
  });
  document.addEventListener("htmx:sendError", (e) => {
    if (e.detail.requestConfig?.triggeringEvent?.type?.startsWith("sse:")) return;
    say(document.body.dataset.failed, true);
  });
  document.addEventListener("notice", (e) => say(e.detail.words, e.detail.bad));

  let quiet;
  function say(words, bad) {
    const el = $("#notice");
    el.textContent = words;
    el.className = bad ? "on bad" : "on";
    clearTimeout(quiet);
    quiet = setTimeout(() => { el.className = bad ? "bad" : ""; }, 6000);
  }

  // ── The composer ─────────────────────────────────────────────────────────

  const draftOf = (form) => "draft:" + form.dataset.draft;
  const restored = new WeakSet();

  function restoreDraft() {
    const form = $("#composer"), words = form && $("#words", form);
    if (!words || restored.has(form)) return;
    restored.add(form);
    if (!words.value) words.value = localStorage.getItem(draftOf(form)) || "";
    measure(words);
  }

  function measure(words) {
    const max = Number(words.dataset.max), count = [...words.value.trim()].length, el = $("#length");
    if (!max || !el) return;
    el.textContent = count > max * 0.8 ? `${count} / ${max}` : "";
    el.classList.toggle("over", count > max);
  }

  document.addEventListener("input", (e) => {
    if (e.target.id === "words") {
      const form = e.target.form;
      if (e.target.value) localStorage.setItem(draftOf(form), e.target.value);
      else localStorage.removeItem(draftOf(form));
      measure(e.target);
    }
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

  document.addEventListener("replied", (e) => {
    const form = $("#composer"), words = $("#words");
    if (!form) return;
    localStorage.removeItem(draftOf(form));
    words.value = "";
    form.elements.key.value = e.detail.key;
    measure(words);
    words.focus();
  });

  document.addEventListener("submit", (e) => {
    if (e.target.id === "list-form") e.preventDefault();
    if (e.target.action.endsWith("/signout")) localStorage.clear();
    const back = e.target.elements?.back;
    if (back && location.pathname !== "/signin") back.value = location.pathname + location.search;
  });

  // ── Clicks ───────────────────────────────────────────────────────────────

  document.addEventListener("click", (e) => {
    const tab = e.target.closest("[data-filter]");
    if (tab && !e.metaKey && !e.ctrlKey && !e.shiftKey && e.button === 0) {
      e.preventDefault();
      pick(tab);
    }
    if (e.target.closest("#newer")) $("#scroll").scrollTo({ top: 0, behavior: "smooth" });
    const opener = e.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    const copy = e.target.closest("[data-copy]");
    if (copy) {
      const input = document.getElementById(copy.dataset.copy);
      input.select();
      navigator.clipboard?.writeText(input.value).then(() => say(document.body.dataset.copied));
    }
    for (const open of $$(".ask details[open]")) if (!open.contains(e.target)) open.open = false;
  });

  function pick(tab) {
    const form = $("#list-form");
    form.elements.filter.value = tab.dataset.filter;
    htmx.ajax("POST", "/inbox/list", { source: form, target: "#list", swap: "morph", values: { limit: "" } })
      .then(() => { $("#side-scroll").scrollTop = 0; });
    const here = new URL(location.href);
    if (tab.dataset.filter) here.searchParams.set("filter", tab.dataset.filter);
    else here.searchParams.delete("filter");
    history.replaceState(history.state, "", here);
  }

  // ── Keys ─────────────────────────────────────────────────────────────────

  document.addEventListener("keydown", (e) => {
    const typing = e.target.closest?.("input, textarea, select, dialog");
    if ((e.ctrlKey || e.metaKey) && e.key === "Enter" && e.target.id === "words" && !e.isComposing) {
      e.preventDefault();
      e.target.form.requestSubmit();
      return;
    }
    if (e.key === "Escape") {
      for (const open of $$(".ask details[open]")) open.open = false;
      if (typing) e.target.blur();
      return;
    }
    if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
    const act = keys[e.key.toLowerCase()];
    if (act) {
      e.preventDefault();
      act();
    } else if (/^[1-5]$/.test(e.key)) {
      const tab = $$("[data-filter]")[Number(e.key) - 1];
      if (tab) pick(tab);
    }
  });

  const keys = {
    "/": () => $("#q")?.select(),
    "r": () => $("#words")?.focus(),
    "?": () => $("#keys")?.showModal(),
    "i": () => { if ($("#panel")) location.hash = location.hash === "#panel" ? "#thread" : "#panel"; },
    "j": () => step(1),
    "k": () => step(-1),
    "arrowdown": () => step(1),
    "arrowup": () => step(-1),
  };

  function step(by) {
    const rows = $$(".row a"), at = rows.findIndex((a) => a.getAttribute("aria-current"));
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (!next || next.getAttribute("aria-current")) return;
    for (const a of rows) a.removeAttribute("aria-current");
    next.setAttribute("aria-current", "true");
    next.scrollIntoView({ block: "nearest" });
    next.click();
  }

  document.addEventListener("DOMContentLoaded", settle);
})();
