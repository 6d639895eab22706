// The EHR page: posts a result, shows the answer, the results and the events.
import { $, el, icon, t } from "./lib.js";
import { pretty } from "./json.js";
import { phonePicker, ResultForm, sampleButtons } from "./form.js";
import { foreseen } from "./plan.js";
import { Results } from "./results.js";
import { Feed } from "./feed.js";
import { compareButton } from "./believe.js";

const form = new ResultForm($("#result"));
const results = new Results();
new Feed(results);

async function post(e) {
  e.preventDefault();
  const button = $("#submit");
  button.disabled = true;
  try {
    const resp = await fetch("/ehr/results", { method: "POST", headers: { "Content-Type": "application/json" }, body: form.text });
    respond(resp.status, await resp.json().catch(() => ({})));
  } catch (err) {
    respond(0, { title: err.message });
  } finally {
    button.disabled = false;
  }
}

function respond(status, body) {
  const good = status === 200 || status === 201;
  const box = $("#response");
  const title = t(status === 201 ? "ehr.created" : status === 200 ? "ehr.repeated" : "ehr.refused", { status });
  box.className = good ? "good" : "bad";
  box.hidden = false;
  box.replaceChildren(
    el("h2", icon(good ? "check" : "warn"), title),
    good ? "" : el("p", [body.title, body.detail].filter(Boolean).join(" · ")),
    ...(body.errors ? [el("dl", body.errors.map((x) => el("div", el("dt", x.field), el("dd", x.detail))))] : []),
    el("details", el("summary", t("ehr.response")), pretty(body)),
  );
  form.showErrors(good ? [] : body.errors);
  box.scrollTop = 0;
  if (good) results.load();
}

/** look asks what posting would come to, and posts nothing. */
async function look() {
  const box = $("#response");
  try {
    const report = await fetch("/ehr/preflight", { method: "POST", headers: { "Content-Type": "application/json" }, body: form.text });
    const body = await report.json().catch(() => ({}));
    if (!report.ok) return respond(report.status, body);
    const row = body.results[0];
    const good = row.verdict === "told" || row.verdict === "later" || row.verdict === "posted";
    box.className = good ? "good" : "bad";
    box.hidden = false;
    box.replaceChildren(
      el("h2", icon(good ? "check" : "warn"), t(`look.${row.verdict}`)),
      row.advice ? el("p", row.advice) : "",
      row.steps.length ? foreseen(row.steps) : "",
      el("p", t("look.cost", { n: row.billed_messages_at_most, yuan: row.cost_at_most_yuan.toFixed(3) })),
      ...(row.problems.length ? [el("dl", row.problems.map((x) => el("div", el("dt", x.field), el("dd", [x.detail, x.suggestion].filter(Boolean).join(" · ")))))] : []),
      el("details", el("summary", t("ehr.response")), pretty(body)),
    );
    form.showErrors(row.problems);
    box.scrollTop = 0;
  } catch (err) {
    respond(0, { title: err.message });
  }
}

$("#look").addEventListener("click", look);
$("#result").addEventListener("submit", post);
$("#new-ids").addEventListener("click", () => { form.newIDs(); $("#whose").value = ""; });
sampleButtons($("#samples"), form);
phonePicker($("#whose"), form);
compareButton($("#believe"), $("#compared"), results);
results.load();
