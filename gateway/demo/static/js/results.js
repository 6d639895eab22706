// The results that were posted, and where each stands.
import { $, ask, el, icon, known, t, toast } from "./lib.js";
import { pretty } from "./json.js";
import { line } from "./plan.js";
import { ownDate } from "./believe.js";

const here = (address) => { try { const u = new URL(address); return u.pathname + u.search; } catch { return ""; } };
const shortDate = (d) => { const [, m, day] = d.split("-").map(Number); return `${m}/${day}`; };

export class Results {
  constructor() {
    this.list = [];
    this.timer = 0;
    setInterval(() => document.hidden || this.load(), 5000);
  }

  /** soon loads after a moment, once for many calls. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 350);
  }

  async load() {
    let list;
    try {
      list = await ask("GET", "/ehr/results");
    } catch {
      return;
    }
    const next = JSON.stringify(list);
    if (next === this.drawn) return;
    this.drawn = next;
    this.list = list;
    this.draw();
  }

  /** name is a candidate's name, as it was posted. */
  name(candidate) {
    return this.list.find((r) => r.candidate_id === candidate)?.name ?? candidate;
  }

  draw() {
    $("#no-results").hidden = this.list.length > 0;
    $("#result-count").textContent = this.list.length || "";
    const open = new Set([...document.querySelectorAll(".result details[open]")].map((d) => d.dataset.id));
    $("#result-list").replaceChildren(...this.list.map((r) => this.row(r, open.has(r.id))));
    document.dispatchEvent(new Event("results"));
  }

  row(r, open) {
    const head = el("div.who", el("b", r.name), el("span.position", r.position), el("span.id", { title: r.candidate_id }, r.id));
    if (!r.status) return el("li.result", head, el("div.chips", el("span.chip.bad", t("ehr.nostatus"))));
    const inv = r.status.binding?.invitation;
    const usable = inv?.state === "usable" ? this.invitation(r, inv) : null;
    const details = el("details", { open, data: { id: r.id } }, el("summary", t("ehr.fullstatus")), pretty(r.status));
    return el("li.result", head, chips(r.status), this.plan(r), usable, details, ownDate(r));
  }

  plan(r) {
    const plan = r.status.plan;
    if (!plan) return null;
    const cancel = async () => {
      try { await ask("POST", `/ehr/results/${encodeURIComponent(r.id)}/cancel`); this.soon(); } catch (err) { toast(err.message); }
    };
    return el("div.plan-row", line(plan), plan.state === "running" ? el("button.small.quiet", { type: "button", onclick: cancel }, t("plan.cancel")) : null);
  }

  invitation(r, inv) {
    const picture = inv.qr_url ? el("img", { src: here(inv.qr_url), alt: "" }) : el("span.qrwait", inv.error || t("ehr.qrwait"));
    const renew = async () => {
      try { await ask("POST", `/ehr/results/${encodeURIComponent(r.id)}/invitation`); this.soon(); } catch (err) { toast(err.message); }
    };
    return el("div.invite", picture, el("div",
      el("p", t("ehr.code")), el("span.code", inv.code ?? "—"),
      el("div.row", el("a.button.small", { href: "/phone" }, t("ehr.scan")), el("button.small.quiet", { type: "button", onclick: renew }, t("ehr.renew")))));
  }
}

const tones = { waiting: "wait", queued: "blue", sent: "blue", delivered: "good", read: "good", failed: "bad", unknown: "wait" };

function chips(s) {
  const why = s.waiting_for && known(`w.${s.waiting_for.reason}`) ? t(`w.${s.waiting_for.reason}`) : "";
  const list = [el(`span.chip.${tones[s.status] ?? "blue"}`, { title: s.waiting_for?.advice ?? s.reason ?? "" }, why || t(`s.${s.status}`), s.reason ? ` · ${s.reason}` : "")];
  const date = s.answer === "confirmed" ? s.start_date : s.answer === "countered" ? s.schedule_request?.counter : s.schedule_request?.date;
  const tone = { confirmed: ".good", requested: ".wait", countered: ".blue", declined: ".bad" }[s.answer] ?? "";
  if (s.answer !== "open" || s.status !== "waiting") list.push(el(`span.chip${tone}`, t(`a.${s.answer}`, { date: date ? shortDate(date) : "" })));
  const wanted = (s.checklist ?? []).filter((c) => c.id);
  const there = wanted.filter((c) => !c.missing).length;
  if (wanted.length && s.status !== "waiting") list.push(el(`span.chip${there === wanted.length ? ".good" : ""}`, there === wanted.length ? icon("check") : null, t("docs.count", { n: there, all: wanted.length })));
  return el("div.chips", list);
}
