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

async function move(button) {
  const buttons = $$("button", box);
  buttons.forEach((b) => (b.disabled = true));
  try {
    take(await ask("POST", "/clock", { hours: Number(button.dataset.hours) }));
    toast(t("clock.moved", { n: button.textContent }));
    document.dispatchEvent(new Event("clock-moved"));
  } catch (err) {
    toast(err.message);
  } finally {
    buttons.forEach((b) => (b.disabled = false));
  }
}

$$("button", box).forEach((b) => b.addEventListener("click", () => move(b)));
setInterval(draw, 5000);
ask("GET", "/clock").then(take, () => {});
