// What comes up from the bottom of the phone's screen, and pictures in full.
import { el, t } from "./lib.js";

export class Sheet {
  constructor(box) {
    this.box = box;
    box.addEventListener("click", (e) => { if (e.target === box || box.classList.contains("full")) this.close(); });
    document.addEventListener("keydown", (e) => { if (e.key === "Escape") this.close(); });
  }

  open(...children) {
    this.box.className = "sheet";
    this.box.replaceChildren(el("div.sheet-body", { role: "dialog" }, children));
    this.box.hidden = false;
  }

  picture(src) {
    this.box.className = "sheet full";
    this.box.replaceChildren(el("img", { src, alt: t("chat.image") }));
    this.box.hidden = false;
  }

  /** ask shows a question; yes is called if it is confirmed. */
  ask(question, label, yes) {
    const go = () => { this.close(); yes(); };
    this.open(el("p", question), el("button.wide.red", { type: "button", onclick: go }, label), this.cancel());
  }

  cancel() {
    return el("button.wide", { type: "button", onclick: () => this.close() }, t("cancel"));
  }

  close() {
    this.box.hidden = true;
    this.box.replaceChildren();
  }
}
