// The events as they arrive, and each candidate's reconciliation.
import { $, ask, el, icon, known, t, toast } from "./lib.js";
import { pretty } from "./json.js";
import { exactTime } from "./time.js";
import { correction } from "./believe.js";

const kept = 400;
const tones = {
  "start_date.confirmed": "green", "notification.delivered": "green", "notification.read": "green", "document.received": "green",
  "checklist.completed": "green", "channel.bound": "green", "channel.regained": "green", "message.dispatched": "grey",
  "schedule_change.requested": "amber", "handoff.started": "amber", "question.asked": "amber", "document.refused": "amber",
  "offer.declined": "red", "notification.failed": "red", "message.failed": "red", "channel.lost": "red", "page.locked": "red",
  "reconciliation.conflict": "red", "reconciliation.resolved": "green", "offer.changed": "amber", "offer.withdrawn": "red", "ehr.start_date_changed": "amber", "ehr.document_stored": "green",
};

export class Feed {
  constructor(results) {
    Object.assign(this, { results, entries: [], tallies: [], only: "", started: false });
    document.addEventListener("results", () => this.draw());
    this.stream = new EventSource("/ehr/stream");
    this.stream.addEventListener("open", () => this.live(true));
    this.stream.addEventListener("error", () => this.live(false));
    this.stream.addEventListener("reset", () => { this.entries = []; this.started = false; });
    this.stream.addEventListener("ledger", (e) => this.take(JSON.parse(e.data)));
  }

  live(on) {
    $("#live").classList.toggle("on", on);
    $("#live b").textContent = t(on ? "ehr.live" : "ehr.lost");
  }

  take(news) {
    for (const e of news.entries) e.fresh = this.started;
    this.entries = [...news.entries.reverse(), ...this.entries].slice(0, kept);
    this.tallies = news.tallies;
    this.started = true;
    this.draw();
    for (const e of this.entries) e.fresh = false;
    if (news.entries.length) this.results.soon();
  }

  draw() {
    const open = new Set([...document.querySelectorAll(".event details[open]")].map((d) => d.dataset.number));
    const shown = this.entries.filter((e) => !this.only || e.candidate === this.only);
    $("#no-events").hidden = shown.length > 0;
    $("#event-list").replaceChildren(...shown.map((e) => this.row(e, open.has(String(e.number)))));
    const urgent = (c) => c.own || c.missing.length > 0;
    $("#tallies").replaceChildren(...this.tallies.toSorted((a, b) => urgent(b) - urgent(a)).map((c) => this.badge(c)));
  }

  badge(c) {
    const missing = c.missing.map((m) => (m.from === m.to ? m.from : `${m.from}–${m.to}`)).join(", ");
    const notes = [["duplicates", c.duplicates], ["late", c.late], ["conflicts", c.conflicts]].filter(([, n]) => n).map(([k, n]) => t(`tally.${k}`, { n }));
    const toggle = () => { this.only = this.only === c.candidate ? "" : c.candidate; this.draw(); };
    const state = missing ? el("em", icon("warn"), t("tally.gap", { n: missing })) : el("em", icon("check"), `${t("tally.ok")} 1–${c.highest}`);
    const badge = el(`button.tally${missing ? ".gap" : ""}`, { type: "button", title: c.candidate, ariaPressed: String(this.only === c.candidate), onclick: toggle },
      this.results.name(c.candidate), state, notes.length ? el("small", notes.join(" · ")) : null);
    const fill = missing ? el("button.small", { type: "button", onclick: () => this.fill(c.candidate) }, t("tally.fill")) : null;
    return fill || c.own ? el("span.tally-group", badge, fill, c.own ? correction(c) : null) : badge;
  }

  async fill(candidate) {
    try {
      const { filled } = await ask("POST", `/ehr/candidates/${encodeURIComponent(candidate)}/reconcile`);
      toast(t("tally.filled", { n: filled }));
    } catch (err) {
      toast(err.message);
    }
  }

  row(e, open) {
    const bad = e.verdict === "refused" || e.verdict === "conflict";
    const tone = bad ? "red" : e.verdict === "duplicate" ? "grey" : tones[e.type] ?? "blue";
    const title = e.type ? (known(`e.${e.type}`) ? t(`e.${e.type}`) : e.type) : t("verdict.refused");
    const head = el("div.head", el("b", title), e.candidate ? el("span.who", this.results.name(e.candidate)) : null,
      e.sequence ? el("span.seq", `#${e.sequence}`) : null, el("time", exactTime(new Date(e.at))));
    const says = summary(e.body);
    const foot = el("div.foot", signature(e), el("span.type", e.type || e.id));
    const body = e.body ? el("details", { open, data: { number: e.number } }, el("summary", t("ehr.payload")), pretty(e.body)) : null;
    return el(`li.event.${tone}${e.fresh ? ".fresh" : ""}`, head, says ? el("p.says", says) : null, foot, body);
  }
}

function signature(e) {
  if (e.verdict === "refused") return el("span.sig.bad", icon("warn"), known(`problem.${e.problem}`) ? t(`problem.${e.problem}`) : e.problem);
  if (e.source === "ehr") return el("span.sig.own", t("verdict.own"));
  if (e.verdict === "accepted") return el("span.sig", icon("shield"), t(e.source === "api" ? "verdict.fetched" : "verdict.accepted"));
  if (e.verdict === "conflict") return el("span.sig.bad", icon("warn"), t("verdict.conflict"));
  return el("span.sig", icon("shield"), t("verdict.duplicate"));
}

/** word puts a code of the API into words, for those who do not know it. */
const word = (code = "") => (known(`code.${code}`) ? t(`code.${code}`) : code);

/** summary is the part of an event worth reading at once. */
function summary(body) {
  const d = body?.data;
  if (!d) return "";
  if (d.schedule_change) {
    const s = d.schedule_change;
    return `${s.offered} → ${s.counter || s.requested}${s.verdict ? ` · ${word(s.verdict)}` : ""}`;
  }
  if (d.start_date) return d.start_date.date;
  if (d.conflict) return sides(d.conflict);
  if (d.decline?.reason) return `“${d.decline.reason}”`;
  if (d.document) return [d.document.item, d.document.mime, d.document.size && `${Math.round(d.document.size / 1024)} KB`, d.document.reason].filter(Boolean).join(" · ");
  if (d.checklist) return d.checklist.items.filter((i) => i.state === "missing").map((i) => i.name).join("、");
  if (d.question) return d.question.answer || d.question.asked;
  if (d.channel) return [d.channel.account, d.channel.by || d.channel.reason].filter(Boolean).join(" · ");
  if (d.preference) return d.preference.channel || d.preference.locale;
  if (d.delivery?.reason) return d.delivery.reason;
  if (d.handoff) return word(d.handoff.reason);
  if (d.notification?.reason) return d.notification.reason;
  if (d.message?.text && ["message.received", "message.dispatched", "message.scheduled"].includes(body.type)) return d.message.text;
  return body.type === "message.received" ? `[${word(d.message?.kind)}]` : "";
}

/** sides are what both sides of a conflict say, and what became of it. */
function sides(c) {
  const dates = c.differs.includes("start_date") ? t("conflict.dates", { theirs: c.theirs.start_date ?? "–", ours: c.ours.start_date ?? "–" }) : "";
  return [dates, c.choice ? t(`choice.${c.choice}`) : ""].filter(Boolean).join(" · ");
}
