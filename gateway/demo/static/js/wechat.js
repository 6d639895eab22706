// WeChat: the official account's card and chat, and 微信客服 beside it.
import { $, $$, ask, config, el, t, toast } from "./lib.js";
import { dateTime, listTime, now } from "./time.js";
import { avatar, draw } from "./messages.js";
import { Composer } from "./composer.js";
import { bubbles, Line, Thread } from "./thread.js";
import { unread } from "./seen.js";
import { installed } from "./device.js";

/** hum is what a voice message sounds like, whatever the platform hears in it. */
const hum = async () => (await fetch("/static/voice.amr")).blob();

export class WeChat {
  constructor(device, scanSheet) {
    Object.assign(this, { id: "wechat", sources: ["wechat", "kf"].filter(installed), device, chat: "" });
    this.thread = new Thread($("#messages"));
    this.composer = new Composer($("#composer"), device.sheet, this.actions(scanSheet));
    this.service = new Thread($("#kf-messages"));
    new Line($("#kf-line"), (text) => { this.service.toEnd(); device.act("kf", { action: "say", text }); });
    $("#follow").addEventListener("click", () => this.act("follow"));
    $("#block").addEventListener("change", (e) => this.act("block", { on: e.target.checked }));
    $("#blacklist").addEventListener("change", (e) => this.act("blacklist", { on: e.target.checked }));
    $("#unfollow").addEventListener("click", () => device.sheet.ask(t("tools.unfollow.sure"), t("tools.unfollow"), () => {
      document.body.classList.remove("show-tools");
      this.act("unfollow");
    }));
  }

  actions(scanSheet) {
    const resized = () => this.thread.grown();
    return {
      say: (text) => this.act("say", { text }),
      tap: (choice) => this.act("tap", { id: choice.id }),
      menu: (button) => this.act("menu", { key: button.key || button.url }),
      image: (file) => this.act("image", new Blob([file])),
      file: (file) => this.act(`file?name=${encodeURIComponent(file.name)}`, new Blob([file])),
      voice: async (recognition) => this.act(`voice?recognition=${encodeURIComponent(recognition)}`, await hum()),
      view: (src) => this.device.sheet.picture(src),
      grown: resized, resized, scanSheet,
    };
  }

  /** act does something with the account; the stream shows what came of it. */
  async act(action, body = {}) {
    this.thread.toEnd();
    try {
      await ask("POST", `/_sim/phones/${encodeURIComponent(config.app_id)}/${encodeURIComponent(this.device.id)}/${action}`, body);
    } catch (err) {
      toast(t("chat.failed", { why: err.message }));
    }
  }

  /** scan scans a QR code, which opens the account's chat. */
  async scan(code) {
    if (/^https:\/\/work\.weixin\.qq\.com\/kfid\//.test(code)) {
      if (await this.device.act("kf", { action: "scan", text: code })) this.device.open("wechat", "kf");
      return;
    }
    await this.act("scan", { code });
    this.device.open("wechat", "wechat");
  }

  fresh() {
    this.chat = this.composer.kept = "";
    const area = $("textarea", $("#composer"));
    if (area) area.value = "";
  }

  get screen() {
    return this.device.views.wechat?.screen;
  }

  enter(source) {
    this.chat = source ?? (this.sources.length > 1 ? "" : "wechat");
    this.thread.atEnd = this.service.atEnd = true;
    this.draw();
  }

  visible() {
    return this.chat ? [this.chat] : [];
  }

  back() {
    if (this.sources.length < 2 || !this.chat) return false;
    this.chat = "";
    this.draw();
    return true;
  }

  take(_, changed) {
    if (changed.wechat) this.tools();
    if (this.device.current === this) this.draw();
  }

  draw() {
    if (this.chat === "wechat") this.drawAccount();
    else if (this.chat === "kf") this.drawService();
    else this.drawChats();
  }

  drawAccount() {
    const { screen, device } = this;
    if (!screen) return;
    const name = screen.account || config.account;
    device.show(screen.following ? "chat" : "card", screen.typing ? t("chat.typing") : name);
    for (const e of $$(".account-name")) e.textContent = name;
    this.composer.setMenu(screen.menu);
    this.thread.draw(draw(screen, this.composer.act));
  }

  drawService() {
    const { device } = this;
    const view = device.views.kf ?? { items: [] };
    device.show("kf", view.title || t("app.kf"));
    const face = (i) => (i.mine ? avatar(device.person.name, device.id) : el("span.avatar.service", { ariaHidden: "true" }));
    this.service.draw(bubbles(view.items ?? [], { face, act: (g) => device.act("kf", g) }));
  }

  drawChats() {
    this.device.show("chats", t("wechat"));
    $("#chats").replaceChildren(...this.sources.map((s) => el("li", this.row(s))));
  }

  row(source) {
    const view = this.device.views[source] ?? {};
    const last = (view.items ?? []).findLast((i) => !i.quiet);
    const n = unread(this.device.id, source, view).length;
    const open = () => { this.chat = source; this.enter(source); this.device.looked(); };
    const title = source === "kf" ? view.title || t("app.kf") : this.screen?.account || config.account;
    return el("button.chat-row", { type: "button", onclick: open, data: { chat: source } },
      el(`span.avatar.${source === "kf" ? "service" : "account"}`, n ? el("em.badge", String(n)) : null),
      el("b", title), el("time", last ? listTime(new Date(last.at), now()) : ""),
      el("span.last", last ? (last.title || last.text || "").replace(/<[^>]*>/g, "") : t(source === "kf" ? "kf.none" : "people.left")));
  }

  /** tools are what stands beside the phone about the account. */
  tools() {
    const { screen } = this;
    if (!screen) return;
    $("#wechat-tools").hidden = false;
    $("#meter").parentElement.hidden = !screen.following;
    const most = Math.max(5, screen.credit);
    $("#meter").replaceChildren(...Array.from({ length: most }, (_, i) => el(i < screen.credit ? "i.on" : "i")));
    $("#window").textContent = screen.credit_until
      ? t("tools.left", { n: screen.credit, time: dateTime(new Date(screen.credit_until), now()) })
      : t("tools.closed");
    $("#block").checked = screen.blocked;
    $("#blacklist").checked = screen.blacklisted;
    $("#unfollow").hidden = !screen.following;
  }
}
