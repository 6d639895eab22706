// The phone page: one candidate's phone with its apps, live.
import { $, config, el, t, toast } from "./lib.js";
import { Calls } from "./calls.js";
import { Bank, Chat, Texts } from "./chats.js";
import { Climb } from "./climb.js";
import { Device, installed } from "./device.js";
import { Home } from "./home.js";
import { Links } from "./links.js";
import { Mail } from "./mail.js";
import { Invitations, People } from "./people.js";
import { Sheet } from "./sheet.js";
import { WeChat } from "./wechat.js";

const sheet = new Sheet($("#sheet"));
const device = new Device(sheet);

function scanSheet() {
  sheet.open(el("h3", t("scan.open")), el("ul.invites"), sheet.cancel());
  invitations.draw();
}

const wechat = new WeChat(device, scanSheet);
device.apps = [
  wechat,
  installed("wecom") && new Chat(device, "wecom"),
  installed("sms") && new Texts(device),
  installed("mail") && new Mail(device),
  installed("bank") && new Bank(device),
  installed("calls") && new Calls(device),
  new Links(device),
].filter(Boolean);
new Home(device);
new Climb(device);

const people = new People((id) => choose(id));
const invitations = new Invitations((code) => {
  sheet.close();
  document.body.classList.remove("show-tools");
  if (!device.id) return toast(t("people.choose"));
  wechat.scan(code).then(() => invitations.load());
});

function choose(id) {
  document.body.classList.remove("show-people");
  device.hold(id, () => {
    history.replaceState(null, "", `#${id}`);
    people.mark(id);
  });
}

document.addEventListener("phone-changed", () => {
  const { person } = device;
  if (!person) return;
  invitations.hold(person.candidate_id);
  for (const p of document.querySelectorAll(".needs-phone")) p.hidden = false;
  for (const [id, value] of [["#own-phone", person.phone], ["#own-email", person.email], ["#own-candidate", person.candidate_id], ["#openid", person.id]]) {
    $(id).textContent = value ?? "";
    $(id).parentElement.hidden = !value;
  }
});

$("#switch").addEventListener("click", () => document.body.classList.add("show-people"));
for (const b of document.querySelectorAll(".more-tools")) {
  b.addEventListener("click", (e) => { e.stopPropagation(); document.body.classList.toggle("show-tools"); });
}
document.addEventListener("click", (e) => { if (!e.target.closest("#tools, #sheet")) document.body.classList.remove("show-tools"); });
document.addEventListener("visibilitychange", () => device.looked());
document.addEventListener("clock-moved", () => people.load());
addEventListener("hashchange", () => location.hash.length > 1 && choose(decodeURIComponent(location.hash.slice(1))));

invitations.load();
people.load().then(() => {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = people.list?.find((p) => p.id === wanted) ?? (matchMedia("(min-width: 761px)").matches ? people.list?.[0] : null);
  if (first) choose(first.id);
  else document.body.classList.add("show-people");
});
