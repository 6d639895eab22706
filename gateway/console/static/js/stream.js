// One stream of events, and none for a tab nobody looks at: browsers allow a
// server six connections, and hidden tabs let go of theirs. It tells of the
// conversation that the page shows; when that is another one, a new stream
// takes over before the old one ends. When its agent may be told nothing any more,
// the page is left, and nothing of it stays on the screen.
import { $, onSettle } from "./page.js";

const page = Math.random().toString(36).slice(2); // tells this page from others of the same agent
const shown = () => $("#main")?.dataset.conversation ?? "";

class Stream {
  constructor(url) {
    this.url = url;
    this.listeners = [];
    this.former = []; // sources that another takes over from
    this.open();
    this.rest();
  }
  open(moved = false) {
    const address = new URL(this.url, location.href);
    this.shows = shown();
    address.searchParams.set("page", page);
    if (this.shows) address.searchParams.set("c", this.shows);
    if (moved) address.searchParams.set("moved", "1");
    this.source = new EventSource(address);
    this.source.onopen = (e) => this.onopen?.(e);
    this.source.onerror = (e) => { if (this.readyState === EventSource.CLOSED) this.onerror?.(e); };
    this.source.addEventListener("sync", () => { told = true; });
    this.source.addEventListener("over", () => this.leave());
    for (const [name, listener] of this.listeners) this.source.addEventListener(name, listener);
  }
  leave() {
    this.close();
    if (!told) return; // it was shown to who is told nothing, and stays
    document.title = "";
    document.body.replaceChildren();
    location.replace(location.pathname + location.search);
  }
  rest() {
    clearTimeout(timer);
    if (document.hidden && !document.documentElement.hasAttribute("data-notify")) timer = setTimeout(() => this.close(), 30000);
    else if (this.source.readyState === EventSource.CLOSED) this.open();
  }
  follow() {
    if (shown() === this.shows || this.source.readyState === EventSource.CLOSED) return;
    const opened = this.source.readyState === EventSource.OPEN;
    this.source.onopen = this.source.onerror = null;
    this.former.push(this.source);
    this.open(opened);
    if (!opened) this.end();
    for (const over of ["open", "error"]) this.source.addEventListener(over, () => this.end(), { once: true });
  }
  end() { for (const source of this.former.splice(0)) source.close(); }
  get readyState() { return this.source.readyState; }
  addEventListener(name, listener) {
    this.listeners.push([name, listener]);
    this.source.addEventListener(name, listener);
  }
  removeEventListener(name, listener) {
    this.listeners = this.listeners.filter(([a, b]) => a !== name || b !== listener);
    this.source.removeEventListener(name, listener);
  }
  close() {
    this.end();
    this.source.close();
  }
}

let stream, timer; // the page's one stream, and when it is let go of
let told = false; // the page was ever told anything

onSettle(() => stream?.follow());
document.addEventListener("visibilitychange", () => stream?.rest());

document.addEventListener("htmx:configRequest", (e) => { e.detail.headers["Jiebao-Page"] = page; });

// One that was refused is followed by another; a line that broke the browser takes
// up again by itself.
htmx.createEventSource = (url) => {
  stream?.close();
  return stream = new Stream(url);
};
