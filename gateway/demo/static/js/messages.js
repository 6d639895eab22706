// Draws messages the way WeChat does.
import { el, icon, t } from "./lib.js";
import { date, now as today, wechatTime } from "./time.js";

const pause = 5 * 60 * 1000; // a time stands where nobody spoke for this long

/** avatar is a coloured square with the last character of a name. */
export function avatar(name, id) {
  let sum = 0;
  for (const c of id) sum = (sum * 31 + c.codePointAt(0)) % 8;
  return el(`span.avatar.tint${sum}`, { ariaHidden: "true" }, initial(name));
}

function initial(name) {
  const chars = [...name.trim()];
  return /^[\x20-\x7e]+$/.test(name) ? (chars[0] ?? "?").toUpperCase() : chars.at(-1);
}

/** draw returns the list items of a screen. act is told of taps. */
export function draw(screen, act) {
  const now = today();
  const items = [];
  let last = 0;
  for (const m of screen.messages) {
    const at = new Date(m.at);
    if (at - last > pause) items.push(el("li.time", wechatTime(at, now)));
    last = at;
    items.push(...one(m, screen, act, now));
  }
  return items;
}

function one(m, screen, act, now) {
  switch (m.type) {
    case "event":
      return [el("li.tip", m.text)];
    case "notice":
      return [el("li.notice", m.text)];
    case "template":
      return [template(m, now)];
    case "news":
      return (m.articles ?? []).map(article);
  }
  const mine = m.from === "candidate";
  const face = mine ? avatar(screen.name, screen.open_id) : el("span.avatar.account", { ariaHidden: "true" });
  const items = [el(mine ? "li.msg.mine" : "li.msg", face, content(m, act))];
  if (m.type === "voice" && m.text) items.push(el("li.heard", m.text));
  return items;
}

function content(m, act) {
  switch (m.type) {
    case "image":
      return picture(m, act);
    case "voice":
      return el("div.bubble.voice", icon("wave"), `${Math.min(60, Math.max(2, Math.ceil((m.text ?? "").length / 4)))}″`);
    case "file":
      return el("div.bubble.file", el("span", m.title || t("chat.filehint")), icon("file"));
    case "msgmenu":
      return menu(m, act);
  }
  return el("div.bubble", rich(m.text ?? "", act));
}

function picture(m, act) {
  const path = new URL(m.media_url, location.href).pathname;
  const img = el("img.picture", { src: path, alt: t("chat.image"), loading: "lazy", onclick: () => act.view(path) });
  img.addEventListener("error", () => img.replaceWith(el("span.picture-gone", t("chat.expired"))));
  img.addEventListener("load", () => act.grown());
  return img;
}

function menu(m, act) {
  const choices = (m.choices ?? []).map((c) => el("button.choice", { type: "button", onclick: () => act.tap(c) }, c.content));
  return el("div.bubble", rich(m.text ?? "", act), el("div.choices", choices), m.tail ? el("div.tail", rich(m.tail, act)) : null);
}

function template(m, now) {
  const rows = (m.fields ?? []).flatMap((f) => [el("dt", f.label), el("dd", f.value)]);
  const card = el("li.template", el("h3", m.title), el("time", date(new Date(m.at), now)), el("dl", rows));
  if (m.url && /^https?:/.test(m.url)) {
    card.append(el("a.details", { href: m.url, target: "_blank", rel: "noopener noreferrer" }, t("chat.details"), icon("chevron")));
  }
  return card;
}

function article(a) {
  const safe = /^https?:/.test(a.url) ? { href: a.url, target: "_blank", rel: "noopener noreferrer" } : {};
  return el("li", el("a.article", safe, el("h3", a.title), el("p", a.description)));
}

const marks = /<a\s+href=["']([^"']*)["'][^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"，。；）]+)|(?<![\d-])((?:\+\d{2,3}[ -]?)?(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}))(?!\d)/g;

/** rich turns links, menu links and telephone numbers of a text into links;
 *  everything else stays text. */
export function rich(text, act) {
  const parts = [];
  let from = 0;
  for (const m of text.matchAll(marks)) {
    parts.push(text.slice(from, m.index), link(m, act));
    from = m.index + m[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

function link([all, href, label, plain, phone], act) {
  if (phone) return el("a", { href: `tel:${phone.replace(/[ -]/g, "")}` }, phone);
  if (plain) return el("a", { href: plain, target: "_blank", rel: "noopener noreferrer" }, plain);
  if (href.startsWith("weixin://bizmsgmenu?")) {
    const q = new URLSearchParams(href.slice(href.indexOf("?")).replaceAll("&amp;", "&"));
    const choice = { id: q.get("msgmenuid") ?? "", content: q.get("msgmenucontent") ?? label };
    return el("button.inline-choice", { type: "button", onclick: () => act.tap(choice) }, label);
  }
  if (/^https?:/.test(href)) return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
  return label || all;
}
