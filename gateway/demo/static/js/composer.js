// The bar below the chat: the account's menu and the keyboard, its drawers,
// photos, files and voice.
import { $, config, el, icon, t } from "./lib.js";

const emoji = "😊😂🙏👍🎉❤️😄😅🤝👌💪🌹😭🤔😳👏☕️🙂😉🥰😎😢😴🐟".match(/\p{Extended_Pictographic}\uFE0F?/gu);

/** Composer draws into form and tells act what the candidate does. */
export class Composer {
  constructor(form, sheet, act) {
    Object.assign(this, { form, sheet, act, mode: "menu", drawer: "", voice: false, buttons: [] });
    form.addEventListener("submit", (e) => { e.preventDefault(); this.submit(); });
    document.addEventListener("click", (e) => { if (!e.target.closest(".menu")) this.closeMenus(); });
    this.draw();
  }

  /** setMenu takes the account's menu; without one there is the keyboard only. */
  setMenu(buttons) {
    const next = JSON.stringify(buttons ?? []);
    if (next === this.drawnMenu) return;
    this.drawnMenu = next;
    this.buttons = buttons ?? [];
    this.draw();
  }

  draw() {
    const hasMenu = this.buttons.length > 0;
    const asMenu = hasMenu && this.mode === "menu";
    const text = $("textarea", this.form)?.value ?? this.kept ?? "";
    this.kept = text;
    this.form.replaceChildren(asMenu ? this.menuRow() : this.keyboardRow(hasMenu, text), ...(asMenu ? [] : this.drawers()));
    this.grow();
  }

  toggle(name, glyph, label, change) {
    return el(`button.tool.${name}`, { type: "button", ariaLabel: label, onclick: () => { change(); this.draw(); this.act.resized(); } }, icon(glyph));
  }

  menuRow() {
    const entries = this.buttons.map((b) => (b.sub_button?.length ? this.subMenu(b) : el("div", this.menuButton(b))));
    return el("div.row", this.toggle("toggle", "keyboard", t("chat.keyboard"), () => (this.mode = "text")), el("div.menu", entries));
  }

  menuButton(b) {
    return el("button", { type: "button", onclick: () => { this.closeMenus(); this.act.menu(b); } }, b.name);
  }

  subMenu(b) {
    const box = el("div");
    const open = () => { const was = box.classList.contains("open"); this.closeMenus(); box.classList.toggle("open", !was); };
    box.append(el("button", { type: "button", onclick: open }, icon("menu"), b.name), el("div.sub", b.sub_button.map((s) => this.menuButton(s))));
    return box;
  }

  closeMenus() {
    for (const box of this.form.querySelectorAll(".open")) box.classList.remove("open");
  }

  keyboardRow(hasMenu, text) {
    const row = el("div.row");
    if (hasMenu) row.append(this.toggle("toggle", "menu", t("chat.menu"), () => { this.mode = "menu"; this.drawer = ""; }));
    row.append(this.toggle("speak", this.voice ? "keyboard" : "voice", t(this.voice ? "chat.keyboard" : "chat.voice"), () => { this.voice = !this.voice; this.drawer = ""; }));
    row.append(this.voice ? el("button.hold", { type: "button", onclick: () => this.askVoice() }, t("chat.holdtotalk")) : this.field(text));
    row.append(this.toggle("smile", "smile", "emoji", () => { this.drawer = this.drawer === "emoji" ? "" : "emoji"; this.voice = false; }));
    row.append(
      this.toggle("plus", "plus", t("chat.plus"), () => (this.drawer = this.drawer === "plus" ? "" : "plus")),
      el("button.send", { type: "submit" }, t("chat.send")),
    );
    return row;
  }

  field(text) {
    const area = el("textarea", { rows: 1, value: text, ariaLabel: t("chat.message"), enterKeyHint: "send" });
    area.addEventListener("input", () => this.grow());
    area.addEventListener("focus", () => this.act.resized());
    area.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); this.submit(); }
    });
    return area;
  }

  /** grow fits the field to its text and shows the right button. */
  grow() {
    const area = $("textarea", this.form);
    const typed = Boolean(area?.value.trim());
    const [plus, send] = [$(".plus", this.form), $(".send", this.form)];
    if (plus && send) { plus.hidden = typed; send.hidden = !typed; }
    if (!area) return;
    area.style.height = "38px";
    area.style.height = `${Math.min(116, area.scrollHeight)}px`;
    this.act.resized();
  }

  submit() {
    const area = $("textarea", this.form);
    const text = area?.value.trim();
    if (!text) return;
    area.value = this.kept = "";
    this.grow();
    area.focus();
    this.act.say(text);
  }

  drawers() {
    if (this.drawer === "plus") return [this.functions()];
    if (this.drawer === "emoji") return [this.emojis()];
    return [];
  }

  emojis() {
    const put = (e) => { const a = $("textarea", this.form); a.setRangeText(e, a.selectionStart, a.selectionEnd, "end"); this.grow(); };
    return el("div.drawer.emoji", emoji.map((e) => el("button", { type: "button", onclick: () => put(e) }, e)));
  }

  functions() {
    const entry = (glyph, label, onclick) => el("button", { type: "button", onclick }, el("span", icon(glyph)), label);
    return el("div.drawer.functions",
      entry("album", t("plus.album"), () => this.pick("image/png,image/jpeg,image/gif", (f) => this.act.image(f))),
      entry("sample", t("plus.sample"), () => this.samples()),
      entry("file", t("plus.file"), () => this.pick("", (f) => this.act.file(f))),
      entry("mic", t("plus.voice"), () => this.askVoice()),
      entry("scan", t("plus.scan"), () => this.act.scanSheet()),
    );
  }

  pick(accept, done) {
    const input = el("input", { type: "file", accept });
    input.addEventListener("change", () => { if (input.files[0]) this.finish(() => done(input.files[0])); });
    input.click();
  }

  /** finish closes the drawer and the sheet, and then acts. */
  finish(then) {
    this.drawer = "";
    this.sheet.close();
    this.draw();
    then();
  }

  samples() {
    const send = (p) => this.finish(async () => this.act.image(await (await fetch(p.url)).blob()));
    const grid = config.photos.map((p) => el("button", { type: "button", onclick: () => send(p) }, el("img", { src: p.url, alt: "" }), p.name));
    this.sheet.open(el("h3", t("samples.title")), el("div.sample-grid", grid), this.sheet.cancel());
  }

  askVoice() {
    const area = el("textarea", { rows: 3, ariaLabel: t("voice.title") });
    const send = () => this.finish(() => this.act.voice(area.value.trim()));
    this.sheet.open(el("h3", t("voice.title")), el("p", t("voice.hint")), area,
      el("button.wide.green", { type: "button", onclick: send }, t("voice.send")), this.sheet.cancel());
    area.focus();
  }
}
