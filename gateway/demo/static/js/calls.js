// The telephone: the calls there were, and the one that is ringing, which
// covers everything.
import { $, el, icon, t } from "./lib.js";
import { hm, listTime, now } from "./time.js";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

export class Calls {
  constructor(device) {
    Object.assign(this, { id: "calls", sources: ["calls"], device, drawn: "" });
  }

  get items() {
    return this.device.views.calls?.items ?? [];
  }

  fresh() {
    this.drawn = "";
    $("#call").hidden = true;
  }

  enter() {
    this.draw();
  }

  visible() {
    return this.sources;
  }

  take() {
    this.ring(this.items.find((i) => i.status === "ringing" || i.status === "talking"));
    if (this.device.current === this) this.draw();
  }

  draw() {
    this.device.show("calls", t("app.calls"));
    const rows = this.items.toReversed().map((i) => el("li", this.row(i)));
    $("#calls").replaceChildren(...(rows.length ? rows : [el("li.nothing", t("calls.none"))]));
  }

  row(i) {
    const missed = i.status === "missed" || i.status === "rejected";
    const pressed = i.chosen ? el("em", t("call.pressed", { key: i.chosen })) : null;
    return el(`details.call-row${missed ? ".missed" : ""}`,
      el("summary", icon(missed ? "missed" : "incoming"), el("b", i.from), el("span", t(`call.${i.status}`)), el("time", listTime(new Date(i.at), now()))),
      el("p", i.text), pressed);
  }

  /** ring shows a call over everything else, or puts it away. */
  ring(i) {
    const next = i ? JSON.stringify(i) : "";
    if (next === this.drawn) return;
    this.drawn = next;
    $("#call").hidden = !i;
    if (!i) return;
    const act = (action, choice) => this.device.act("calls", { action, item: i.id, choice });
    const button = (kind, glyph, label, action) => el(`button.${kind}`, { type: "button", onclick: () => act(action) }, el("span", icon(glyph)), label);
    const who = el("header", el("small", t(i.status === "ringing" ? "call.incoming" : "call.talking")), el("h3", i.from), el("small", hm(new Date(i.at))));
    if (i.status === "ringing") {
      $("#call").replaceChildren(who, el("div.call-actions", button("reject", "hangup", t("call.reject"), "end"), button("accept", "call", t("call.accept"), "answer")));
      return;
    }
    const offered = (k) => (i.choices ?? []).some((c) => c.id === k);
    const pad = el("div.keypad", keys.map((k) => el(`button${offered(k) ? ".offered" : ""}`, { type: "button", onclick: () => act("key", k) }, k)));
    const pressed = i.chosen ? el("p.pressed", t("call.pressed", { key: i.chosen })) : null;
    $("#call").replaceChildren(who, el("p.spoken", { ariaLive: "polite" }, i.text), pressed ?? "", pad, el("div.call-actions", button("reject", "hangup", t("call.hangup"), "end")));
  }
}
