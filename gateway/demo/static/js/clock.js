// The demo clock in the bar: what time it is for the gateway, and moving it.
import { $, $$, ask, t, toast } from "./lib.js";
import { dateTime, now, setNow } from "./time.js";

const box = $("#clock");

function draw() {
  $("#clock-now").textContent = dateTime(now(), now());
}

function take(view) {
  setNow(new Date(view.now));
  const hours = Math.round(view.ahead_seconds / 3600);
  $("#clock-ahead").textContent = hours ? t("clock.ahead", { n: t("unit.h", { n: hours }) }) : "";
  draw();
}

/** advance moves the clock ahead by some hours, and says by how much in words. */
export async function advance(hours, words) {
  const buttons = $$("button", box);
  buttons.forEach((b) => (b.disabled = true));
  try {
    take(await ask("POST", "/clock", { hours }));
    toast(t("clock.moved", { n: words }));
    document.dispatchEvent(new Event("clock-moved"));
  } catch (err) {
    toast(err.message);
  } finally {
    buttons.forEach((b) => (b.disabled = false));
  }
}

if (box) {
  for (const b of $$("button", box)) b.addEventListener("click", () => advance(Number(b.dataset.hours), b.textContent));
  setInterval(draw, 5000);
  ask("GET", "/clock").then(take, () => {});
}
