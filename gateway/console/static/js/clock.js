// Waits, counted by the server's clock and not by that of this machine.
import { $$, onSettle } from "./page.js";

const ahead = Number(document.body.dataset.clock) - Date.now();

/** now is the server's time. */
export const now = () => Date.now() + ahead;

/** span is a length of time in words, in its largest unit. */
export function span(milliseconds) {
  const words = document.body.dataset, minutes = Math.max(0, Math.floor(milliseconds / 60000));
  if (minutes < 1) return words.now;
  if (minutes < 60) return words.minutes.replace("{n}", minutes);
  if (minutes < 48 * 60) return words.hours.replace("{n}", Math.floor(minutes / 60));
  return words.days.replace("{n}", Math.floor(minutes / 1440));
}

function tick() {
  for (const el of $$("[data-since]")) {
    const waited = now() - Number(el.dataset.since), minutes = Math.floor(waited / 60000), text = span(waited);
    if (el.textContent.trim() !== text) el.textContent = text;
    el.classList.toggle("red", minutes >= 30);
    el.classList.toggle("amber", minutes >= 10 && minutes < 30);
    el.classList.toggle("calm", minutes < 10);
  }
  for (const el of $$("[data-due]")) {
    const left = Number(el.dataset.due) - now(), text = (left > 0 ? el.dataset.left : el.dataset.over).replace("{t}", span(Math.abs(left)));
    const words = el.querySelector(".due-words") ?? el;
    if (words.textContent.trim() !== text) words.textContent = text;
    el.classList.toggle("red", left < Number(el.dataset.red));
    el.classList.toggle("amber", left >= Number(el.dataset.red) && left < Number(el.dataset.amber));
  }
}

onSettle(tick);
setInterval(tick, 15000);
