// The home screen: what is new, the apps with their badges; and the banner
// that comes down over any app.
import { $, el, t } from "./lib.js";
import { dayName, listTime, now } from "./time.js";
import { unread } from "./seen.js";
import { appIcon } from "./device.js";

const most = 4; // notices on the screen at once
const stays = 6000; // ms that a banner can be seen

export class Home {
  constructor(device) {
    Object.assign(this, { device, timer: 0 });
    document.addEventListener("phone-changed", (e) => { if (this.device.view === "home") this.dismiss(); this.draw(); this.announce(e.detail); });
  }

  draw() {
    if (!this.device.person) return;
    $("#home-date").textContent = dayName(now());
    const news = this.news();
    $("#notices").replaceChildren(...news.slice(0, most).map((n) => el("li", this.notice(n))));
    $("#notices-more").hidden = news.length <= most;
    $("#notices-more").textContent = t("home.more", { n: news.length - most });
    const there = this.device.apps.filter((a) => a.id !== "bank" || !this.device.views.bank?.closed);
    $("#launchers").replaceChildren(...there.map((a) => this.launcher(a)));
  }

  news() {
    const { device } = this;
    return device.apps
      .flatMap((a) => a.sources.flatMap((source) => unread(device.id, source, device.views[source]).map((item) => ({ app: a, source, item }))))
      .sort((x, y) => y.item.at.localeCompare(x.item.at));
  }

  notice({ app, source, item }) {
    const open = () => { this.dismiss(); this.device.open(app.id, source, item.id); };
    const title = item.title || item.from || this.device.views[source]?.title || "";
    return el("button.notice-card", { type: "button", onclick: open, data: { source } },
      appIcon(app.id), el("span.of", t(`app.${app.id}`)), el("time", listTime(new Date(item.at), now())),
      el("b", title === t(`app.${app.id}`) ? "" : title), el("span.says", plain(item)));
  }

  launcher(a) {
    const n = a.sources.reduce((sum, s) => sum + unread(this.device.id, s, this.device.views[s]).length, 0);
    const label = t(`app.${a.id}`);
    return el("li", el("button", { type: "button", ariaLabel: n ? `${label} ${n}` : label, onclick: () => this.device.open(a.id) },
      appIcon(a.id), n ? el("em.badge", n > 99 ? "99+" : String(n)) : null, el("span", label)));
  }

  /** announce lets a banner down for what has just come and cannot be seen. */
  announce({ first, before, changed }) {
    if (first || this.device.view === "home" || document.hidden) return;
    const seen = new Set(this.device.current?.visible?.() ?? []);
    for (const source of Object.keys(changed)) {
      const app = this.device.of(source);
      if (!app || seen.has(source) || !before[source]) continue;
      const known = new Set(before[source].items?.map((i) => i.id));
      const item = (changed[source].items ?? []).findLast((i) => !i.mine && !i.quiet && !known.has(i.id));
      if (item) this.letDown({ app, source, item });
    }
  }

  letDown(news) {
    clearTimeout(this.timer);
    $("#banner").replaceChildren(this.notice(news));
    $("#banner").hidden = false;
    this.timer = setTimeout(() => this.dismiss(), stays);
  }

  dismiss() {
    $("#banner").hidden = true;
    $("#banner").replaceChildren();
  }
}

/** plain is what a notice says of an item, without marks. */
function plain(item) {
  const words = (item.text ?? "").replace(/<[^>]*>/g, "");
  if (words) return words;
  return { image: `[${t("chat.image")}]`, file: `[${t("chat.filehint")}]`, call: t("call.missed") }[item.type] ?? "";
}
