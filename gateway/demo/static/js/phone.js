// The phone page: one candidate's phone, live.
import { $, $$, ask, config, el, t, toast } from "./lib.js";
import { dateTime, hm, now, setNow } from "./time.js";
import { draw } from "./messages.js";
import { Composer } from "./composer.js";
import { Invitations, People } from "./people.js";
import { Sheet } from "./sheet.js";

const silence = "IyFBTVIK"; // the head of an AMR file, in base64
let id = "";
let screen = null;
let stream = null;
let atEnd = true;

const path = (action = "") => `/_sim/phones/${encodeURIComponent(config.app_id)}/${encodeURIComponent(id)}${action}`;
const list = $("#messages");
const sheet = new Sheet($("#sheet"));

/** act does something on the phone; the stream shows what came of it. */
async function act(action, body = {}) {
  atEnd = true;
  try {
    await ask("POST", path(`/${action}`), body);
  } catch (err) {
    toast(t("chat.failed", { why: err.message }));
  }
}

const actions = {
  say: (text) => act("say", { text }),
  tap: (choice) => act("tap", { id: choice.id }),
  menu: (button) => act("menu", { key: button.key || button.url }),
  image: (file) => act("image", new Blob([file])),
  file: (file) => act(`file?name=${encodeURIComponent(file.name)}`, new Blob([file])),
  voice: (recognition) => act("voice", { recognition, data: silence }),
  view: (src) => sheet.picture(src),
  grown: () => atEnd && toEnd(),
  resized: () => atEnd && toEnd(),
  scanSheet: () => {
    sheet.open(el("h3", t("scan.open")), el("ul.invites"), sheet.cancel());
    invitations.draw();
  },
};

const composer = new Composer($("#composer"), sheet, actions);
const people = new People(choose);
const invitations = new Invitations((code) => {
  sheet.close();
  document.body.classList.remove("show-tools");
  if (!id) return toast(t("people.choose"));
  act("scan", { code }).then(() => invitations.load());
});

function choose(next) {
  document.body.classList.remove("show-people");
  if (next === id) return;
  id = next;
  screen = null;
  atEnd = true;
  composer.kept = "";
  history.replaceState(null, "", `#${next}`);
  people.mark(next);
  stream?.close();
  stream = new EventSource(path());
  stream.addEventListener("open", () => ($("#offline").hidden = true));
  stream.addEventListener("error", () => ($("#offline").hidden = false));
  stream.addEventListener("screen", (e) => show(JSON.parse(e.data)));
}

function show(next) {
  screen = next;
  setNow(new Date(screen.now));
  $("#screen").dataset.view = screen.following ? "chat" : "card";
  $("#chat-title").textContent = screen.typing ? t("chat.typing") : screen.account || config.account;
  for (const name of $$(".account-name")) name.textContent = screen.account || config.account;
  composer.setMenu(screen.menu);
  list.replaceChildren(...draw(screen, actions));
  if (atEnd) toEnd();
  showTools();
  tick();
}

function toEnd() {
  list.scrollTop = list.scrollHeight;
}

list.addEventListener("scroll", () => (atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60), { passive: true });
addEventListener("resize", () => atEnd && toEnd());

function showTools() {
  for (const p of $$(".needs-phone")) p.hidden = false;
  $("#meter").parentElement.hidden = !screen.following;
  const most = Math.max(5, screen.credit);
  $("#meter").replaceChildren(...Array.from({ length: most }, (_, i) => el(i < screen.credit ? "i.on" : "i")));
  $("#window").textContent = screen.credit_until
    ? t("tools.left", { n: screen.credit, time: dateTime(new Date(screen.credit_until), new Date(screen.now)) })
    : t("tools.closed");
  $("#block").checked = screen.blocked;
  $("#blacklist").checked = screen.blacklisted;
  $("#openid").textContent = screen.open_id;
  $("#unfollow").hidden = !screen.following;
}

function tick() {
  $("#status-time").textContent = hm(now());
}

$("#follow").addEventListener("click", () => act("follow"));
$("#block").addEventListener("change", (e) => act("block", { on: e.target.checked }));
$("#blacklist").addEventListener("change", (e) => act("blacklist", { on: e.target.checked }));
$("#unfollow").addEventListener("click", () => sheet.ask(t("tools.unfollow.sure"), t("tools.unfollow"), () => {
  document.body.classList.remove("show-tools");
  act("unfollow");
}));
$("#back").addEventListener("click", () => document.body.classList.add("show-people"));
$("#more").addEventListener("click", (e) => { e.stopPropagation(); document.body.classList.toggle("show-tools"); });
document.addEventListener("click", (e) => { if (!e.target.closest("#tools, #sheet")) document.body.classList.remove("show-tools"); });
// Windows close and times change without a message: look again.
document.addEventListener("clock-moved", async () => { if (id) show(await ask("GET", path())); people.load(); });
window.addEventListener("hashchange", () => location.hash.length > 1 && choose(decodeURIComponent(location.hash.slice(1))));

setInterval(tick, 5000);
tick();
invitations.load();
people.load().then(() => {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = people.list?.find((p) => p.open_id === wanted) ?? (matchMedia("(min-width: 761px)").matches ? people.list?.[0] : null);
  if (first) choose(first.open_id);
  else document.body.classList.add("show-people");
});
