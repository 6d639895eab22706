// The browser: the links that the phone's owner got, newest first. Pages open
// in a tab of their own, since the bank's may stand in nobody's frame.
import { $, el, t } from "./lib.js";
import { listTime, now } from "./time.js";
import { appIcon } from "./device.js";

const address = /https?:\/\/[^\s<>"'，。；）]+/g;

export class Links {
  constructor(device) {
    Object.assign(this, { id: "links", sources: [], device });
  }

  enter() {
    this.draw();
  }

  take() {
    if (this.device.current === this) this.draw();
  }

  draw() {
    this.device.show("links", t("app.links"));
    const found = this.found();
    $("#links").replaceChildren(...(found.length ? found.map((f) => el("li", this.row(f))) : [el("li.nothing", t("links.none"))]));
  }

  found() {
    const list = [];
    for (const app of this.device.apps) {
      for (const source of app.sources) {
        for (const item of this.device.views[source]?.items ?? []) {
          if (item.mine) continue;
          for (const href of new Set([item.link ?? "", ...((item.text ?? "").match(address) ?? [])])) {
            if (/^https?:/.test(href)) list.push({ app, item, href });
          }
        }
      }
    }
    return list.sort((a, b) => b.item.at.localeCompare(a.item.at));
  }

  row({ app, item, href }) {
    const u = new URL(href);
    return el("a.link-row", { href, target: "_blank", rel: "noopener noreferrer" },
      appIcon(app.id), el("b", u.host), el("time", listTime(new Date(item.at), now())), el("span", u.pathname));
  }
}
