// Notices of the browser's own, for who works elsewhere meanwhile: how many
// candidates wait, and never who.
import { $, onSettle } from "./page.js";
import { say } from "./notice.js";

const wanted = () => localStorage.getItem("notify") === "yes" && window.Notification?.permission === "granted";

function show() {
  document.documentElement.toggleAttribute("data-notify", wanted());
  const button = $("#notify");
  if (!button) return;
  button.hidden = !("Notification" in window);
  button.setAttribute("aria-pressed", String(wanted()));
}

document.addEventListener("click", async (e) => {
  const button = e.target.closest("#notify");
  if (!button) return;
  if (wanted()) {
    localStorage.removeItem("notify");
  } else if (await Notification.requestPermission() === "granted") {
    localStorage.setItem("notify", "yes");
  } else {
    say(button.dataset.refused, true);
  }
  show();
});

let before; // how many waited when the list last said so

onSettle(() => {
  show();
  const list = $("#list");
  if (!list) return;
  const waits = Number(list.dataset.waits || 0);
  if (before !== undefined && waits > before && document.hidden && wanted()) {
    const notice = new Notification(document.title, { body: list.dataset.waiting, tag: "waiting", renotify: true });
    notice.onclick = () => { window.focus(); notice.close(); };
  }
  before = waits;
});
