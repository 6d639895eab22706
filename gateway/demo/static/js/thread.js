// A conversation as most apps show it: bubbles, cards, a line to write on.
import { el, icon, t } from "./lib.js";
import { rich } from "./messages.js";
import { now, wechatTime } from "./time.js";

const pause = 5 * 60 * 1000; // a time stands where nobody spoke for this long

/** Thread keeps a list at its end while its reader is there. */
export class Thread {
  constructor(list) {
    Object.assign(this, { list, atEnd: true });
    list.addEventListener("scroll", () => (this.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60), { passive: true });
    addEventListener("resize", () => this.grown());
  }

  draw(nodes) {
    this.list.replaceChildren(...nodes);
    this.grown();
  }

  grown() {
    if (this.atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  toEnd() {
    this.atEnd = true;
    this.grown();
  }
}

/** bubbles are the nodes of a thread. face draws who speaks, or nothing; act
 *  is told of gestures. */
export function bubbles(items, { face = () => null, act }) {
  const nodes = [];
  let last = 0;
  for (const i of items) {
    const at = new Date(i.at);
    if (at - last > pause) nodes.push(el("li.time", wechatTime(at, now())));
    last = at;
    nodes.push(node(i, face, act));
  }
  return nodes;
}

function node(i, face, act) {
  if (i.type === "notice") return el("li.notice", i.text);
  const body = i.type === "card" ? card(i, act) : el("div.bubble", rich(i.text ?? "", { tap: () => {} }), choices(i, act));
  return el(i.mine ? "li.msg.mine" : "li.msg", { data: { item: i.id } }, face(i), body);
}

function card(i, act) {
  const rows = (i.fields ?? []).flatMap((f) => [el("dt", f.label), el("dd", f.value)]);
  const box = el("div.bubble.card", i.title ? el("h3", i.title) : null, i.text ? el("p", rich(i.text, { tap: () => {} })) : null,
    rows.length ? el("dl", rows) : null, choices(i, act));
  if (/^https?:/.test(i.link ?? "")) box.append(el("a.details", { href: i.link, target: "_blank", rel: "noopener noreferrer" }, t("chat.details"), icon("chevron")));
  return box;
}

function choices(i, act) {
  if (i.chosen && !i.choices?.some((c) => c.id === i.chosen)) return el("p.chose", i.chosen); // in the account's words
  if (!i.choices?.length) return null;
  const tap = (c) => act({ action: "tap", item: i.id, choice: c.id });
  return el("div.choices", i.choices.map((c) => el(`button.choice${i.chosen === c.id ? ".chosen" : ""}`,
    { type: "button", disabled: Boolean(i.chosen), onclick: () => tap(c) }, i.chosen === c.id ? icon("check") : null, c.text)));
}

/** Line is where words are written; say is called with them. */
export class Line {
  constructor(form, say) {
    this.area = el("textarea", { rows: 1, ariaLabel: t("chat.message"), enterKeyHint: "send" });
    this.send = el("button.send", { type: "submit", ariaLabel: t("chat.send") }, icon("up"));
    form.replaceChildren(this.area, this.send);
    form.addEventListener("submit", (e) => { e.preventDefault(); this.submit(say); });
    this.area.addEventListener("input", () => this.fit());
    this.area.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); this.submit(say); }
    });
    this.fit();
  }

  fit() {
    this.send.disabled = !this.area.value.trim();
    this.area.style.height = "36px";
    this.area.style.height = `${Math.min(108, this.area.scrollHeight)}px`;
  }

  submit(say) {
    const text = this.area.value.trim();
    if (!text) return;
    this.area.value = "";
    this.fit();
    this.area.focus();
    say(text);
  }
}
