// The EHR page: posts a result, shows the answer, the results and the events.
import { $, el, icon, t } from "./lib.js";
import { pretty } from "./json.js";
import { phonePicker, ResultForm, sampleButtons } from "./form.js";
import { Results } from "./results.js";
import { Feed } from "./feed.js";

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

$("#result").addEventListener("submit", post);
$("#new-ids").addEventListener("click", () => { form.newIDs(); $("#whose").value = ""; });
sampleButtons($("#samples"), form);
phonePicker($("#whose"), form);
results.load();
