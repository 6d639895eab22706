// What the EHR holds for true: it compares it with the gateway, and changes it.
import { ask, el, icon, known, t, toast } from "./lib.js";

const day = (d) => { const [, m, n] = d.split("-").map(Number); return `${m}/${n}`; };
const dateOf = (candidate) => `/ehr/candidates/${encodeURIComponent(candidate)}/start-date`;

/** compareButton posts what the EHR believes, and shows what does not agree. */
export function compareButton(button, box, results) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      show(box, await ask("POST", "/ehr/reconciliation"), results);
    } catch (err) {
      toast(err.message);
    } finally {
      button.disabled = false;
    }
  });
}

function show(box, report, results) {
  box.hidden = false;
  box.className = `compared ${report.agrees ? "good" : "bad"}`;
  const title = report.agrees ? t("believe.agrees", { n: report.candidates }) : t("believe.differs", { n: report.differences.length, of: report.candidates });
  box.replaceChildren(el("h2", icon(report.agrees ? "check" : "warn"), title),
    report.differences.length ? el("ul", report.differences.map((d) => difference(d, results))) : "");
}

function difference(d, results) {
  const what = (d.differs ?? []).map((p) => (known(`part.${p}`) ? t(`part.${p}`) : p)).join("、");
  const repair = d.repair === "hr" ? t("repair.hr") : d.events_told_again ? t("repair.replay", { n: d.events_told_again }) : "";
  return el("li", el("b", { title: d.candidate_id }, results.name(d.candidate_id)),
    el("span", t(`differs.${d.verdict}`, { theirs: d.theirs, ours: d.ours, what })), repair ? el("em", repair) : null);
}

/** ownDate is the button with which the EHR moves a start date by itself. */
export function ownDate(r) {
  if (!r.status.offered_start_date) return null;
  const change = async () => {
    try {
      const { start_date: date } = await ask("POST", dateOf(r.candidate_id));
      toast(t("believe.changed", { name: r.name, date: day(date) }));
    } catch (err) {
      toast(err.message);
    }
  };
  return el("div.plan-row", el("button.small.quiet", { type: "button", title: t("believe.change_hint"), onclick: change }, t("believe.change")));
}

/** correction shows a date that only the EHR has, and has it put right. */
export function correction(c) {
  const correct = async () => {
    try { await ask("DELETE", dateOf(c.candidate)); } catch (err) { toast(err.message); }
  };
  return [el("span.own", t("believe.own", { date: day(c.date) })), el("button.small.quiet", { type: "button", onclick: correct }, t("believe.correct"))];
}
