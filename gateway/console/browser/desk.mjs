// A desk of HR's: a browser window at the demonstration's inbox. Whatever the
// page complains of, and whatever it asks another host for, fails the test.
import assert from "node:assert/strict";
import { after } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const demo = process.env.JIEBAO_DEMO, executablePath = process.env.CHROMIUM;

const patient = 20000; // milliseconds that what must happen may take on a busy machine

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
after(() => browser.close());

/** sit opens a window and signs in, with a link of one's own or the
 *  demonstration's. What it complained of is checked by rise. */
export async function sit({ width = 1280, height = 800, dark = false, locale = "zh-CN", signedIn = true, link = demo + "/inbox" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
  context.setDefaultTimeout(patient);
  const page = await context.newPage(), wrong = [], hosts = new Set(), refusals = [];
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") wrong.push(m.text()); });
  page.on("pageerror", (e) => wrong.push(e.message));
  page.on("request", (r) => hosts.add(new URL(r.url()).hostname));
  await page.goto(link);
  if (signedIn) {
    await page.locator("button.primary").click();
    await page.locator("#rows .row").first().waitFor();
  }
  const at = new URL(page.url()).origin;
  return {
    page, at, context,
    go: (path) => page.goto(at + path),
    refused: (status) => refusals.push(`status of ${status}`), // the page is going to be
    complains: (words) => refusals.push(words), // it is going to
    async rise() {
      const complaints = [...wrong]; // what was asked for as the window closes is not answered
      await context.close();
      assert.deepEqual(complaints.filter((words) => !refusals.some((r) => words.includes(r))), [], "the page complains");
      assert.deepEqual([...hosts], ["127.0.0.1"], "the page asks other hosts");
    },
  };
}

/** intercept has handler deal with what a page asks for at url, from now on:
 *  Chromium says that it does a moment before it does. */
export async function intercept(page, url, handler) {
  await page.route(url, handler);
  await page.route("**/healthz", (route) => route.fulfill({ status: 204 }));
  await page.waitForFunction(async () => (await fetch("/healthz")).status === 204);
}

/** colleague adds somebody to HR, and returns the link by which they sign in. */
export async function colleague(desk, { name, role = "agent", branch = "head" }) {
  await desk.go("/inbox/agents");
  const { page } = desk;
  await page.locator("form.stack input[name=name]").fill(name);
  await page.locator("form.stack input[name=scope]").fill(branch);
  await page.locator("form.stack select[name=role]").selectOption(role);
  await page.locator("form.stack button.primary").click();
  const link = await page.locator("#link").inputValue();
  await desk.go("/inbox?view=all");
  return link;
}

/** phone takes up a candidate's phone, at the chat with the bank's official account. */
export async function phone(name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN" });
  context.setDefaultTimeout(patient);
  const page = await context.newPage();
  await page.goto(demo + "/phone");
  await page.locator("#people-list button", { hasText: name }).click();
  await page.locator("#people-list [aria-current=true]", { hasText: name }).waitFor();
  if (!(await page.locator("#composer").isVisible())) {
    await page.locator("#homebar").click();
    // What the phone was left at may open only now.
    await page.locator("#launchers button:has(.wechat):visible").or(page.locator("#composer:visible")).first().click();
    await page.locator("[data-chat=wechat]").or(page.locator("#composer:visible")).first().click();
  }
  const typed = page.locator("#composer textarea"), theirs = page.locator("#messages .msg:not(.mine)");
  return {
    page,
    async say(words) {
      if (!(await typed.isVisible())) await page.locator("#composer button").first().click();
      await typed.fill(words);
      await page.keyboard.press("Enter");
      await page.locator("#messages .msg.mine", { hasText: words }).last().waitFor();
    },
    sees: (words) => theirs.filter({ hasText: words }).last().waitFor(),
    seen: (words) => theirs.filter({ hasText: words }).count(),
    rise: () => context.close(),
  };
}

/** moves has the EHR post a result by which a seeded candidate is another branch's. */
export async function moves(n, name, branch) {
  const tail = String(n).padStart(3, "0"), day = new Date((await now()).getTime() + 28 * 24 * 3600e3).toISOString().slice(0, 10);
  const posted = await fetch(demo + "/ehr/results", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({
      id: `R-MOVED-${tail}`, branch,
      candidate: { id: `C-DEMO-${tail}`, name, phone: `13900010${tail}` },
      position: { title: "客户经理" }, interview: { score: 88, passed: true },
      offer: { start_date: day, workplace: "北京市海淀区中关村大街27号", contact_name: "赵磊", contact_phone: "010-12345678", documents: [{ id: "id_card", name: "身份证" }] },
    }),
  });
  assert.ok(posted.ok, await posted.text());
}

/** now is what the bank's clock shows. */
export const now = async () => new Date((await (await fetch(demo + "/clock")).json()).now);

/** pass lets time pass at the bank. */
export async function pass(hours) {
  const moved = await fetch(demo + "/clock", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ hours }) });
  assert.equal(moved.status, 200, "the clock does not move");
}

/** fault has the official accounts' platform fail, until mended. */
export async function fault(f) {
  const taken = await fetch(demo + "/_sim/faults", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(f) });
  assert.equal(taken.status, 200, await taken.text());
}

/** mended ends what fault began. */
export const mended = () => fetch(demo + "/_sim/faults", { method: "DELETE" });

/** sections are the addresses that the rail leads to. */
export const sections = (page) => page.locator(".rail-sections a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));

/** pagesBelow are the addresses that a page leads to, one of each kind that was not seen yet. */
export async function pagesBelow(page, seen) {
  const hrefs = await page.locator("#main a[href^='/']:not([download])").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  return hrefs.filter((href) => {
    const kind = href.split(/[?#]/)[0].split("/").map((part) => (/\d|^[a-z2-7]{12,}$/.test(part) ? ":id" : part)).join("/");
    if (seen.has(kind)) return false;
    seen.add(kind);
    return true;
  });
}

/** accessible fails for whatever of the page breaks WCAG 2.2 AA. */
export async function accessible(page, what) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} — ${n.failureSummary.split("\n").slice(1).join(" ").trim()}`));
  assert.deepEqual(found, [], `${what} is not accessible`);
  const ids = await page.locator("[id]").evaluateAll((all) => all.map((el) => el.id));
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), [], `${what} has two parts of one name`);
}

/** fits fails if the page can be scrolled sideways. */
export async function fits(page, what) {
  const over = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${what} is ${over} px wider than its window`);
}

/** picture keeps how a page looks at a desk in the light, where SCREENSHOTS says so. */
export async function picture(page, { dark, width }, what) {
  const folder = process.env.SCREENSHOTS;
  if (!folder || dark || width < 1000) return;
  const name = what.replace(/^\/(inbox\/)?/, "").replaceAll("/", "-") || "inbox";
  await page.screenshot({ path: `${folder}/page-${name}.png` });
}

/** office lets time pass until people work, if they do not: by night, candidates are left alone. */
export async function office() {
  const hour = (at) => (at.getUTCHours() + 8) % 24; // in Beijing
  while (hour(await now()) < 9 || hour(await now()) >= 18) await pass(1);
}
