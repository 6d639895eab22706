// A form that was sent is not sent again before it is answered: all its buttons
// that send it rest meanwhile, also when the page is renewed.
import { onSettle } from "./page.js";

const sent = new Map(); // by request, the form that waits for its answer
const resting = new Set(); // buttons

const senders = (form) => [...form.elements].filter((el) => el.type === "submit");

function rest() {
  for (const button of new Set([...sent.values()].flatMap(senders))) {
    if (button.disabled) continue;
    button.disabled = true;
    resting.add(button);
  }
}

function wake() {
  const busy = new Set([...sent.values()].flatMap(senders));
  for (const button of resting) {
    if (busy.has(button)) continue;
    button.disabled = false;
    resting.delete(button);
  }
}

document.addEventListener("htmx:beforeSend", ({ detail: { requestConfig: { elt, triggeringEvent }, xhr } }) => {
  if (!elt.matches("form") || triggeringEvent?.type !== "submit") return;
  sent.set(xhr, elt);
  rest();
  xhr.addEventListener("loadend", () => {
    sent.delete(xhr);
    wake();
  });
});
onSettle(rest);
