// The plan by which a notification reaches its candidate, step by step, and
// how far it has come; as the API tells it.
import { el, icon, known, t } from "./lib.js";
import { dateTime, now } from "./time.js";

const tones = { queued: "blue", sent: "blue", delivered: "good", read: "good", failed: "bad", unknown: "wait" };
const pictures = { chat: "wechat", push: "bank", sms: "sms", email: "mail", voice: "calls", person: "person" };

/** word puts a code of the API into words, for those who do not know it. */
const word = (kind, code = "") => (known(`${kind}.${code}`) ? t(`${kind}.${code}`) : code);

/** steps are the steps of a plan, each with what became of it. */
export function steps(plan) {
  const began = plan.tries.find((x) => !x.skipped)?.at;
  return plan.steps.map((s, i) => {
    const tried = plan.tries.filter((x) => x.step === i);
    const last = tried.findLast((x) => !x.skipped) ?? tried.at(-1);
    const next = plan.next?.step === i ? plan.next : null;
    const planned = next?.at ?? (began ? new Date(Date.parse(began) + s.after_seconds * 1000).toISOString() : "");
    return { by: s.by, tried: last, next: Boolean(next), at: last?.at ?? planned, open: plan.state === "running" };
  });
}

/** stateOf is a chip that says how the plan stands. */
export function stateOf(plan) {
  const tone = { running: ".blue", answered: ".good", opened: ".good", called: ".good", cancelled: ".bad" }[plan.state] ?? "";
  return el(`span.chip${tone}`, word("plan", plan.state));
}

/** ladder is the plan from top to bottom. */
export function ladder(plan) {
  return el("ol.ladder", steps(plan).map((s) => {
    const kind = s.tried ? (s.tried.skipped || s.tried.status === "failed" ? "skipped" : "taken") : s.next ? "next" : s.open ? "later" : "spared";
    return el(`li.${kind}`, el(`span.app-icon.${pictures[s.by] ?? ""}`, { ariaHidden: "true" }), el("b", word("m", s.by)), outcome(s, kind),
      s.at && kind !== "spared" ? el("time", dateTime(new Date(s.at), now())) : null);
  }));
}

function outcome(s, kind) {
  if (s.tried?.reason?.endsWith("no_device")) return el("span.chip", t("plan.no_device"));
  if (kind === "taken" && s.by === "person") return el("span.chip.wait", t("plan.listed"));
  if (kind === "taken") return el(`span.chip.${tones[s.tried.status] ?? "blue"}`, { title: s.tried.reason ?? "" }, t(`s.${s.tried.status || "queued"}`));
  if (kind === "skipped" && s.tried.skipped) return el("span.chip", word("skip", s.tried.skipped));
  if (kind === "skipped") return el("span.chip.bad", { title: s.tried.reason ?? "" }, t("s.failed"));
  return el("span.chip", t(`plan.${kind}`));
}

/** foreseen is what would be done if nobody reacts. */
export function foreseen(list) {
  return el("ol.ladder", list.map((s) => el(`li.${s.sends || s.by === "person" ? "taken" : "skipped"}`,
    el(`span.app-icon.${pictures[s.by] ?? ""}`, { ariaHidden: "true" }), el("b", word("m", s.by)),
    el(`span.chip${s.refused ? ".bad" : s.paused ? ".wait" : s.sends ? ".blue" : ""}`, { title: s.refused ?? "" }, s.refused ? t("look.breaks") : s.paused ? t("look.paused") : s.sends || s.by === "person" ? t("look.leaves") : word("skip", s.skipped)),
    el("time", dateTime(new Date(s.at), now())))));
}

/** line is the plan on one line. */
export function line(plan) {
  const parts = steps(plan).map((s) => {
    const tone = s.tried && !s.tried.skipped && !s.tried.reason?.endsWith("no_device") ? `.${tones[s.tried.status] ?? "blue"}` : s.next ? ".next" : ".off";
    return el(`li${tone}`, { title: s.tried?.skipped ? word("skip", s.tried.skipped) : s.tried ? word("s", s.tried.status) : "" }, word("m", s.by));
  });
  return el("div.plan-line", el("ol", parts), stateOf(plan));
}

/** ledger is what each channel allows now. */
export function ledger(channels) {
  return el("ul.ledger", channels.map((c) => {
    const left = c.state === "open" ? t("l.left", { n: c.messages_left ?? 0 }) : word("l", c.state);
    const until = c.closes_at ? t("l.until", { time: dateTime(new Date(c.closes_at), now()) }) : "";
    return el(`li${c.current ? ".current" : ""}`, { title: c.reason ?? "" }, el("b", [c.medium && word("m", c.medium), c.name || c.account].filter(Boolean).join(" · ")), el("span", left), until ? el("small", until) : null,
      c.current ? icon("check") : null);
  }));
}
