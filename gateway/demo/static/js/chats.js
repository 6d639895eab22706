// Apps that are one conversation: 企业微信, the bank's own app; and text
// messages, which go by sender.
import { $, el, t } from "./lib.js";
import { avatar } from "./messages.js";
import { bubbles, Line, Thread } from "./thread.js";

/** Chat is an app with one conversation, of the source by its name. */
export class Chat {
  constructor(device, id, source = id) {
    Object.assign(this, { id, source, sources: [source], device, thread: new Thread($(`#${id}-messages`)) });
    new Line($(`#${id}-line`), (text) => this.act({ action: "say", text }));
  }

  act(gesture) {
    this.thread.toEnd();
    return this.device.act(this.source, gesture);
  }

  enter() {
    this.thread.atEnd = true;
    this.draw();
  }

  visible() {
    return this.sources;
  }

  take() {
    if (this.device.current === this) this.draw();
  }

  draw() {
    const view = this.device.views[this.source] ?? {};
    const items = this.items();
    this.device.show(this.id, view.title || t(`app.${this.id}`));
    $(`#${this.id}-line`).hidden = Boolean(view.closed);
    this.thread.draw(items.length ? bubbles(items, { face: (i) => this.face(i), act: (g) => this.act(g) }) : [el("li.nothing", t(`${this.id}.none`))]);
  }

  items() {
    return this.device.views[this.source]?.items ?? [];
  }

  face(i) {
    return i.mine ? avatar(this.device.person.name, this.device.id) : el(`span.avatar.${this.id}-face`, { ariaHidden: "true" });
  }
}

/** Bank is the bank's own app: a banner leads into the conversation, and what is
 *  on the screen was read. */
export class Bank extends Chat {
  constructor(device) {
    super(device, "bank");
  }

  enter(_, item) {
    super.enter();
    const banner = (this.device.views.bank?.items ?? []).find((i) => i.type === "push" && !i.quiet && (!item || i.id === item));
    if (banner) this.device.act("bank", { action: "open", item: banner.id });
  }

  items() {
    return super.items().filter((i) => i.type !== "push");
  }

  draw() {
    super.draw();
    const unread = this.items().filter((i) => i.status === "unread").map((i) => i.id).join();
    if (document.hidden || !unread || unread === this.told) return;
    this.told = unread;
    this.device.act("bank", { action: "open" });
  }
}

/** Texts shows no faces, and who sends. */
export class Texts extends Chat {
  constructor(device) {
    super(device, "sms");
  }

  face() {
    return null;
  }
}
