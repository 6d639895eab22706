// The mail: a list, and an open letter with its invitation.
import { $, el, t, toast } from "./lib.js";
import { avatar, rich } from "./messages.js";
import { dateTime, dayName, listTime, now } from "./time.js";

export class Mail {
  constructor(device) {
    Object.assign(this, { id: "mail", sources: ["mail"], device, opened: "", drawn: "" });
  }

  get items() {
    return this.device.views.mail?.items ?? [];
  }

  fresh() {
    this.opened = this.drawn = "";
  }

  enter(_, item) {
    this.opened = item ?? "";
    this.drawn = "";
    this.draw();
  }

  visible() {
    return this.sources;
  }

  back() {
    if (!this.opened) return false;
    this.enter();
    return true;
  }

  take() {
    if (this.device.current === this) this.draw();
  }

  draw() {
    const letter = this.items.find((i) => i.id === this.opened);
    if (letter) this.drawLetter(letter);
    else this.drawList();
  }

  drawList() {
    this.device.show("mail", t("app.mail"));
    const rows = this.items.toReversed().map((i) => el("li", this.row(i)));
    $("#letters").replaceChildren(...(rows.length ? rows : [el("li.nothing", t("mail.none"))]));
  }

  row(i) {
    return el(`button.letter-row${i.mine ? ".mine" : ""}`, { type: "button", onclick: () => this.enter("mail", i.id) },
      el("b", i.mine ? t("mail.to", { who: sender(i.from).name }) : sender(i.from).name), el("time", listTime(new Date(i.at), now())), el("span.subject", i.title), el("span.says", i.text));
  }

  /** drawLetter shows a letter; what it shows stays while it does not change. */
  drawLetter(i) {
    this.device.show("letter", t("app.mail"));
    const next = JSON.stringify(i);
    if (next === this.drawn) return;
    this.drawn = next;
    const { name, address } = sender(i.from);
    const from = el("p.from", avatar(name, address), el("span", el("b", name), el("small", i.mine ? "" : t("mail.tome", { email: this.device.person.email ?? "" }))),
      el("time", dateTime(new Date(i.at), now())));
    const body = i.page ? el("iframe", { src: i.page, title: i.title, sandbox: "allow-popups allow-popups-to-escape-sandbox" }) : el("div.plain", rich(i.text ?? "", { tap: () => {} }));
    $("#letter").replaceChildren(el("h3", i.title), from, i.calendar ? invitation(i.calendar) : "", body);
    if (i.choices?.length) $("#letter").append(el("div.letter-actions", el("button", { type: "button", onclick: () => this.unsubscribe(i) }, t("mail.unsubscribe"))));
  }

  unsubscribe(i) {
    const press = async () => {
      if (await this.device.act("mail", { action: "tap", item: i.id, choice: "unsubscribe" })) toast(t("mail.unsubscribed"));
    };
    this.device.sheet.ask(t("mail.unsubscribe.sure"), t("mail.unsubscribe"), press);
  }
}

/** sender splits a name from its address. */
function sender(from) {
  const m = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/.exec(from ?? "");
  return { name: m?.[1] || m?.[2] || from || "", address: m?.[2] ?? from ?? "" };
}

function invitation(c) {
  const day = new Date(`${c.day}T12:00:00+08:00`);
  return el(`div.invitation${c.cancelled ? ".cancelled" : ""}`,
    el("div.leaf", el("small", c.day.slice(5, 7)), el("b", String(Number(c.day.slice(8))))),
    el("div", el("b", c.title), el("span", dayName(day)), c.place ? el("span", c.place) : null, c.cancelled ? el("em", t("mail.cancelled")) : el("em", t("mail.invitation"))));
}
