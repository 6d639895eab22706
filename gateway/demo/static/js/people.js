// The candidates' phones, and the invitations that they can scan.
import { $, $$, ask, el, known, t, toast } from "./lib.js";
import { listTime, now } from "./time.js";
import { avatar } from "./messages.js";
import { lookedAt } from "./seen.js";

/** People lists the phones; choose is called with a person's id. */
export class People {
  constructor(choose) {
    this.choose = choose;
    this.current = "";
    $("#add-person").addEventListener("submit", (e) => { e.preventDefault(); this.add(e.target); });
    setInterval(() => document.hidden || this.load(), 3000);
  }

  async add(form) {
    const name = form.elements.name.value.trim();
    if (!name) return;
    try {
      const made = await ask("POST", "/phone/people", { name });
      form.reset();
      await this.load();
      this.choose(made.id);
    } catch (err) {
      toast(err.message);
    }
  }

  async load() {
    try {
      this.list = await ask("GET", "/phone/people");
    } catch {
      return; // the next look comes soon
    }
    this.list.sort((a, b) => (b.last_at ?? "").localeCompare(a.last_at ?? "") || a.name.localeCompare(b.name));
    this.draw();
  }

  mark(id) {
    this.current = id;
    this.draw();
  }

  draw() {
    if (!this.list) return;
    $("#people-empty").hidden = this.list.length > 0;
    $("#people-list").hidden = this.list.length === 0;
    $("#people-list").replaceChildren(...this.list.map((p) => this.row(p)));
  }

  row(p) {
    const open = p.id === this.current;
    const face = avatar(p.name, p.id);
    const held = lookedAt(p.id);
    if (!open && p.news_at && (held ? p.news_at > held : p.unheard)) face.classList.add("unread");
    const when = p.last_at ? listTime(new Date(p.last_at), now()) : "";
    const where = p.app && p.app !== "wechat" && known(`app.${p.app}`) ? `${t(`app.${p.app}`)} · ` : "";
    const says = p.last.replace(/<[^>]*>/g, "") || (p.app === "calls" ? t("call.missed") : "");
    const last = p.last_at ? where + says : t("people.fresh");
    return el("li", el("button", { type: "button", ariaCurrent: open ? "true" : null, onclick: () => this.choose(p.id) },
      face, el("b", p.name), el("time", when), el("span.last", last)));
  }
}

/** Invitations keeps every list of invitations on the page up to date; scan is
 *  called with what a QR code says. */
export class Invitations {
  constructor(scan) {
    this.scan = scan;
    this.list = [];
    this.draw();
    setInterval(() => document.hidden || this.load(), 4000);
    $("#paste").addEventListener("submit", (e) => {
      e.preventDefault();
      const code = e.target.elements.code.value.trim();
      if (code) { e.target.reset(); scan(code); }
    });
  }

  async load() {
    try {
      this.list = await ask("GET", "/phone/invitations");
    } catch {
      return;
    }
    this.draw();
  }

  /** hold puts the invitation of whoever holds the phone first. */
  hold(candidate) {
    if (candidate === this.holder) return;
    this.holder = candidate;
    this.draw();
  }

  draw() {
    const next = JSON.stringify([this.holder, this.list]);
    for (const ul of $$("ul.invites")) {
      if (ul.dataset.drawn === next) continue;
      ul.dataset.drawn = next;
      ul.replaceChildren(...this.rows());
    }
  }

  rows() {
    if (!this.list.length) return [el("li.none", t("scan.none"))];
    const own = (i) => Boolean(this.holder) && i.candidate_id === this.holder;
    const sorted = [...this.list.filter(own), ...this.list.filter((i) => !own(i))];
    return sorted.map((i) => el("li",
      el("img", { src: i.qr, alt: "", width: 54, height: 54 }),
      el("div", el("b", i.name), el("small", i.position), el("small", t("scan.code", { code: i.code }))),
      el("button", { type: "button", onclick: () => this.scan(i.link) }, t("scan.follow"))));
  }
}
