// One phone in the middle of the page: whose it is, what its apps show, which
// of them is open.
import { $, $$, ask, config, el, t, toast } from "./lib.js";
import { hm, now, setNow } from "./time.js";
import { look, lookAt } from "./seen.js";

export class Device {
  constructor(sheet) {
    Object.assign(this, { sheet, apps: [], person: null, id: "", views: {}, current: null, view: "none" });
    $("#back").addEventListener("click", () => this.back());
    $("#homebar").addEventListener("click", () => this.id && this.home());
    setInterval(() => this.tick(), 5000);
    this.tick();
  }

  /** hold takes up somebody's phone, as its owner left it. */
  hold(id, chosen = () => {}) {
    if (id === this.id) return;
    this.stream?.close();
    Object.assign(this, { id, person: null, views: {}, current: null });
    for (const a of this.apps) a.fresh?.();
    this.stream = new EventSource(this.path("/stream"));
    this.stream.addEventListener("open", () => ($("#offline").hidden = true));
    this.stream.addEventListener("error", () => ($("#offline").hidden = false));
    this.stream.addEventListener("phone", (e) => this.take(JSON.parse(e.data)));
    chosen(id);
  }

  path(rest = "") {
    return `/phone/people/${encodeURIComponent(this.id)}${rest}`;
  }

  /** take is told what some apps show now. */
  take(news) {
    const first = !this.person;
    setNow(new Date(news.now));
    this.person = news.person;
    const before = { ...this.views };
    Object.assign(this.views, news.apps);
    if (first) this.wake();
    for (const a of this.apps) a.take?.(before, news.apps);
    this.looked();
    document.dispatchEvent(new CustomEvent("phone-changed", { detail: { first, before, changed: news.apps } }));
    this.tick();
  }

  /** wake opens the app that the owner used last, if there is one. */
  wake() {
    let [used, at] = [null, ""];
    for (const a of this.apps) {
      for (const s of a.sources) {
        const own = (this.views[s]?.items ?? []).findLast((i) => i.mine && !i.quiet);
        if (own && own.at > at) [used, at] = [[a, s], own.at];
      }
    }
    if (used) this.open(used[0].id, used[1]);
    else this.home();
  }

  app(id) {
    return this.apps.find((a) => a.id === id);
  }

  /** of is the app that shows a source. */
  of(source) {
    return this.apps.find((a) => a.sources.includes(source));
  }

  /** open opens an app: at one of its sources, at an item. */
  open(id, source, item) {
    $("#banner").hidden = true;
    this.current = this.app(id);
    this.current.enter(source, item);
    this.looked();
    document.dispatchEvent(new CustomEvent("phone-changed", { detail: { before: this.views, changed: {} } }));
  }

  home() {
    this.current = null;
    this.show("home", "");
    document.dispatchEvent(new CustomEvent("phone-changed", { detail: { before: this.views, changed: {} } }));
  }

  back() {
    if (!this.current?.back?.()) this.home();
  }

  /** show shows one of the views below a title. */
  show(view, title, app = this.current?.id ?? "") {
    this.view = view;
    Object.assign($("#screen").dataset, { view, app });
    for (const v of $$("#screen > .view")) v.hidden = v.dataset.view !== view;
    this.title(title);
  }

  title(text) {
    $("#chat-title").textContent = text;
  }

  /** looked notes what can be seen on the screen now. */
  looked() {
    if (document.hidden || !this.id) return;
    lookAt(this.id, now().toISOString());
    for (const s of this.current?.visible?.() ?? []) look(this.id, s, this.views[s]);
  }

  /** act does something in an app; the stream shows what came of it. */
  async act(source, gesture) {
    try {
      await ask("POST", this.path(`/${source}`), gesture);
      return true;
    } catch (err) {
      toast(t("chat.failed", { why: err.message }));
      return false;
    }
  }

  tick() {
    $("#status-time").textContent = hm(now());
    for (const clock of $$(".big-clock")) clock.textContent = hm(now());
  }
}

/** installed says whether the phones have one of the sources of an app. */
export const installed = (source) => config.apps.includes(source);

/** appIcon is the picture of an app. */
export function appIcon(id) {
  return el(`span.app-icon.${id}`, { ariaHidden: "true" });
}
