// Beside the phone: where the notification of whoever holds it stands in its
// plan, and the way to its next step.
import { $, ask, el, t } from "./lib.js";
import { advance } from "./clock.js";
import { dateTime, now } from "./time.js";
import { ladder, ledger, stateOf } from "./plan.js";

const moment = 1000; // ms after a step is due

export class Climb {
  constructor(device) {
    Object.assign(this, { device, timer: 0, drawn: "" });
    document.addEventListener("phone-changed", () => this.soon());
    document.addEventListener("clock-moved", () => this.soon());
    setInterval(() => document.hidden || this.load(), 4000);
  }

  /** soon loads after a moment, once for many calls. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 250);
  }

  async load() {
    const { id, person } = this.device;
    if (!person) return;
    const seen = await ask("GET", this.device.path("/plan")).catch(() => null);
    if (id !== this.device.id) return;
    const next = JSON.stringify([id, seen]);
    if (next !== this.drawn) this.draw(seen);
    this.drawn = next;
  }

  draw(seen) {
    const plan = seen?.plan;
    $("#plan-panel").hidden = !plan;
    $("#ledger-panel").hidden = !seen?.channels?.length;
    if (plan) $("#plan").replaceChildren(stateOf(plan), ladder(plan), ...this.forward(plan));
    if (seen?.channels) $("#ledger").replaceChildren(ledger(seen.channels));
  }

  /** forward moves the clock to when the next step is due. */
  forward({ next }) {
    const at = next?.at && new Date(next.at);
    if (!at || at <= now() || !$("#clock")) return [];
    const label = t("plan.forward", { time: dateTime(at, now()) });
    const button = el("button.forward-to", { type: "button" }, label);
    button.addEventListener("click", async () => {
      button.disabled = true;
      await advance((at - now() + moment) / 3600000, dateTime(at, now()));
    });
    return [button];
  }
}
