// The form of a result: fields and JSON are two views of one document.
import { $, $$, ask, config, el, known, t } from "./lib.js";

const lines = (text) => text.split("\n").map((l) => l.trim()).filter(Boolean);

// How fields that are not plain text are read and written.
const kinds = {
  "interview.score": { read: (v) => (v.trim() === "" || Number.isNaN(Number(v)) ? v : Number(v)), write: String },
  "interview.highlights": { read: lines, write: (v) => (v ?? []).join("\n") },
  "offer.documents": {
    read: (v) => lines(v).map((l) => { const [id, ...name] = l.split(/\s+/); return { id, name: name.join(" ") }; }),
    write: (v) => (v ?? []).map((d) => `${d.id} ${d.name}`).join("\n"),
  },
};

const optional = new Set(["urgency", "candidate.preferred_channel", "candidate.phone", "candidate.email", "position.id", "offer.reply_by", "interview.highlights", "offer.documents"]);
const order = ["id", "branch", "urgency", "candidate.id", "candidate.name", "candidate.phone", "candidate.email", "candidate.locale", "candidate.preferred_channel", "position.id", "position.title",
  "interview.score", "interview.passed", "interview.highlights", "offer.start_date", "offer.reply_by", "offer.workplace", "offer.contact_name", "offer.contact_phone", "offer.documents"];

export class ResultForm {
  constructor(form) {
    this.form = form;
    this.json = $("#json");
    form.addEventListener("input", (e) => {
      if (e.target === this.json) this.fromJSON();
      else if (e.target.name) this.fromFields();
    });
    for (const b of $$(".tabs button")) b.addEventListener("click", () => this.tab(b.dataset.tab));
  }

  tab(name) {
    for (const b of $$(".tabs button")) b.ariaSelected = String(b.dataset.tab === name);
    for (const tab of $$(".tab", this.form)) tab.hidden = tab.dataset.tab !== name;
  }

  /** set shows a document. */
  set(doc) {
    this.document = doc;
    this.toFields();
    this.toJSON();
    this.clearErrors();
  }

  /** text is what to post, exactly as it stands in the JSON view. */
  get text() {
    return this.json.value;
  }

  fromFields() {
    for (const path of order) {
      const field = this.form.elements[path];
      const value = field.type === "checkbox" ? field.checked : (kinds[path]?.read ?? String)(field.value);
      put(this.document, path, optional.has(path) && value.length === 0 ? undefined : value);
    }
    this.toJSON();
  }

  fromJSON() {
    try {
      this.document = JSON.parse(this.json.value);
      this.bad("");
      this.toFields();
    } catch (err) {
      this.bad(t("ehr.badjson", { why: err.message }));
    }
  }

  bad(text) {
    $("#json-error").hidden = !text;
    $("#json-error").textContent = text;
  }

  toFields() {
    for (const path of order) {
      const field = this.form.elements[path];
      const value = get(this.document, path);
      if (field.type === "checkbox") field.checked = value === true;
      else field.value = kinds[path] ? kinds[path].write(value ?? (kinds[path].write === String ? "" : [])) : value ?? "";
    }
  }

  toJSON() {
    this.json.value = JSON.stringify(this.document, null, 2);
    this.bad("");
  }

  /** about makes the result one about somebody who has a phone. */
  about(person) {
    const { name, phone, email, candidate_id: id, locale } = person;
    for (const [path, value] of [["name", name], ["phone", phone], ["email", email], ["id", id], ["locale", locale]]) {
      put(this.document, `candidate.${path}`, value || undefined);
    }
    put(this.document, "id", `R-${tail()}`);
    this.set(this.document);
  }

  /** newIDs gives result, candidate and phone numbers nobody has. */
  newIDs() {
    const fresh = tail();
    const digits = String(crypto.getRandomValues(new Uint32Array(1))[0] % 10000).padStart(4, "0");
    put(this.document, "id", `R-${fresh}`);
    put(this.document, "candidate.id", `C-${fresh}`);
    const phone = get(this.document, "candidate.phone") ?? "";
    if (phone.length > 8) put(this.document, "candidate.phone", phone.slice(0, -4) + digits);
    this.set(this.document);
  }

  /** showErrors puts each problem below its field, and says which have none. */
  showErrors(errors) {
    this.clearErrors();
    for (const e of errors ?? []) {
      const path = e.field.replace(/\[\d+\].*$/, "");
      const label = this.form.elements[path]?.closest?.("label");
      label?.append(el("small.wrong", e.detail));
    }
    $(".wrong", this.form)?.closest("label").scrollIntoView({ block: "center", behavior: "smooth" });
  }

  clearErrors() {
    for (const w of $$(".wrong", this.form)) w.remove();
  }
}

/** sampleButtons draws the samples; the first is chosen. */
export function sampleButtons(box, form) {
  const buttons = config.samples.map((s) => {
    const wrong = s.key === "sample.wrong" ? ".wrong" : "";
    const choose = () => {
      for (const b of buttons) b.ariaPressed = String(b === button);
      form.set(structuredClone(s.document));
      $("#whose").value = "";
      if (s.used) form.newIDs();
      s.used = true;
    };
    const button = el(`button${wrong}`, { type: "button", onclick: choose }, known(s.key) ? t(s.key) : s.key);
    return button;
  });
  box.append(...buttons);
  buttons[0].click();
}

/** phonePicker offers whoever has a phone; the list is fresh each time it is
 *  opened. */
export function phonePicker(select, form) {
  let people = [];
  const first = select.options[0];
  const load = async () => {
    people = await ask("GET", "/phone/people").catch(() => people);
    const chosen = select.value;
    select.replaceChildren(first, ...people.map((p) => el("option", { value: p.id }, [p.name, p.phone].filter(Boolean).join(" · "))));
    select.value = people.some((p) => p.id === chosen) ? chosen : "";
  };
  select.addEventListener("pointerdown", load);
  select.addEventListener("focus", load);
  select.addEventListener("change", () => {
    const person = people.find((p) => p.id === select.value);
    if (person) form.about(person);
    else form.newIDs();
  });
}

/** tail is the end of an id that nobody has. */
const tail = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[b & 31]).join("");

function get(doc, path) {
  return path.split(".").reduce((o, k) => o?.[k], doc);
}

function put(doc, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  const owner = keys.reduce((o, k) => (o[k] = typeof o[k] === "object" && o[k] ? o[k] : {}), doc);
  if (value === undefined) delete owner[last];
  else owner[last] = value;
}
