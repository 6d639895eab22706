// What comes late, or not at all: answers that are slow, streams that are
// refused, pages that nobody looks at meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { intercept, phone, sections, sit } from "./desk.mjs";
import { listed, message, names, open, owner, row, written } from "./inbox.mjs";

/** late holds back what the page asks for, until let has it go on. */
async function late(page, url, which = () => true) {
  const waiting = [];
  let n = 0, let_;
  const free = new Promise((resolve) => { let_ = resolve; });
  await intercept(page, url, async (route) => {
    if (!which(route.request())) return route.fallback();
    n++;
    for (const w of waiting) w();
    await free;
    await route.fallback();
  });
  return {
    let: () => let_(),
    asked: (times = 1) => new Promise((resolve, reject) => {
      const look = () => { if (n >= times) resolve(); };
      waiting.push(look);
      look();
      setTimeout(reject, 20000, new Error(`${url} was asked for ${n} times`)).unref();
    }),
  };
}

/** sources keeps the page's streams, to be counted. */
const sources = (page) => page.addInitScript(() => {
  window.sources = [];
  const Source = EventSource;
  window.EventSource = class extends Source {
    constructor(url) {
      super(url);
      window.sources.push(this);
    }
  };
});
const streaming = (page, n) => page.waitForFunction((n) =>
  window.sources.at(-1).readyState === EventSource.OPEN && window.sources.filter((s) => s.readyState !== EventSource.CLOSED).length === n, n);

test("a page has one stream, also after it was refused some, and goes on", async () => {
  const desk = await sit(), { page } = desk;
  await sources(page);
  await desk.go("/inbox?view=all");
  await streaming(page, 1);
  let refusals = 2;
  desk.refused(503);
  desk.complains("[object Event]");
  await intercept(page, "**/inbox/events?**", (route) => (refusals-- > 0 ? route.fulfill({ status: 503 }) : route.fallback()));
  await open(page, "张伟");
  await page.waitForFunction(() => window.sources.length === 4);
  await streaming(page, 1);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await streaming(page, 1);
  await desk.rise();
});

test("a page has one stream, however quickly somebody walks through conversations", async () => {
  const desk = await sit(), { page } = desk;
  await sources(page);
  await desk.go("/inbox?view=all");
  await streaming(page, 1);
  const events = await late(page, "**/inbox/events?**", (r) => r.url().includes("moved"));
  for (const name of ["张伟", "王芳", "李婷"]) await open(page, name);
  events.let();
  await streaming(page, 1);
  await desk.rise();
});

test("a page that was opened behind others lets go of its stream", async () => {
  const desk = await sit(), { page } = desk;
  await sources(page);
  await page.clock.install();
  await page.addInitScript(() => Object.defineProperty(Document.prototype, "hidden", { get: () => !window.looked }));
  await desk.go("/inbox?view=all");
  await streaming(page, 1);
  await page.clock.fastForward(31000);
  await page.waitForFunction(() => window.sources.every((s) => s.readyState === EventSource.CLOSED));
  await page.evaluate(() => {
    window.looked = true;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await streaming(page, 1);
  await desk.rise();
});

test("words that leave slowly are no draft afterwards, and what was typed meanwhile stays", async () => {
  const desk = await sit(), { page } = desk;
  await open(page, "张伟");
  let reply = await late(page, "**/reply");
  await page.locator("#words").fill("请稍等。");
  await page.keyboard.press("Control+Enter");
  await reply.asked();
  await page.keyboard.type("马上就好");
  reply.let();
  await message(page, "请稍等。").waitFor();
  await written(page, "马上就好");
  await page.locator("#words").fill("宿舍有的。");
  reply = await late(page, "**/reply");
  await page.keyboard.press("Control+Enter");
  await reply.asked();
  await open(page, "王芳");
  await page.locator("#words").fill("您好，");
  const answered = page.waitForResponse("**/reply");
  reply.let();
  await (await answered).finished();
  await page.waitForFunction(() => !Object.values({ ...localStorage }).includes("宿舍有的。"));
  await written(page, "您好，");
  await open(page, "张伟");
  await message(page, "宿舍有的。").waitFor();
  await written(page, "");
  await desk.rise();
});

test("a refusal is told, though another conversation is open by then", async () => {
  const desk = await sit(), { page } = desk;
  await open(page, "张伟");
  const reply = await late(page, "**/reply");
  desk.refused(422);
  await page.locator("#composer").evaluate((form) => form.requestSubmit());
  await reply.asked();
  await open(page, "王芳");
  reply.let();
  await page.locator("#notice.on.bad").waitFor();
  await desk.rise();
});

/** overtaken has an answer come late that was given at once. */
async function overtaken(page, url, which) {
  let given, let_, once = false;
  const asked = new Promise((resolve) => { given = resolve; }), free = new Promise((resolve) => { let_ = resolve; });
  await intercept(page, url, async (route) => {
    if (once || !which(new URLSearchParams(route.request().postData()))) return route.fallback();
    once = true;
    const response = await route.fetch();
    given();
    await free;
    await route.fulfill({ response }).catch(() => {}); // nobody waits for it any more
  });
  return { asked, let: () => let_() };
}

const refresh = (page) => page.locator("[data-refresh]").evaluate((el) => { htmx.trigger(el, "sse:inbox"); });
const calm = (page) => page.waitForFunction(() => !document.querySelector("[data-refresh].htmx-request"));

test("what was searched for stays, though a refresh from before comes after it", async () => {
  const desk = await sit(), { page } = desk;
  await page.mouse.move(900, 300);
  const before = await overtaken(page, "**/inbox/list", (form) => form.has("limit"));
  await refresh(page);
  await before.asked;
  await page.locator("#q").fill("李婷");
  await listed(page, "李婷");
  const answer = page.waitForResponse("**/inbox/list");
  before.let();
  await (await answer).finished();
  await calm(page);
  assert.deepEqual(await names(page), ["李婷"]);
  await desk.rise();
});

test("what is new stays, though a search from before comes after it", async () => {
  const desk = await sit(), { page } = desk, candidate = await phone("陳嘉欣");
  await page.mouse.move(900, 300);
  const before = (await row(page, "陳嘉欣").locator(".row-last").textContent()).trim();
  const search = await overtaken(page, "**/inbox/list", (form) => form.get("q") === "陳嘉欣");
  await page.locator("#q").fill("陳嘉欣");
  await search.asked;
  await candidate.say("請問幾點報到？");
  await refresh(page);
  await calm(page);
  search.let();
  await listed(page, "陳嘉欣");
  await calm(page);
  assert.notEqual((await row(page, "陳嘉欣").locator(".row-last").textContent()).trim(), before);
  await candidate.rise();
  await desk.rise();
});

test("of two places gone to, the list is at the last one, and a search is made there", async () => {
  const desk = await sit(), { page } = desk;
  await page.mouse.move(900, 300);
  const first = await overtaken(page, "**/inbox/list", (form) => form.get("view") === "unassigned");
  await page.locator("#more-views [data-view=unassigned]").evaluate((el) => el.click());
  await first.asked;
  for (const left of ["htmx:afterRequest", "htmx:sendAbort"]) desk.complains(left); // the first place, which nobody waits for
  const second = await late(page, "**/inbox/list", (r) => new URLSearchParams(r.postData()).get("view") === "requests");
  await page.locator("#more-views [data-view=requests]").evaluate((el) => el.click());
  await second.asked();
  await page.locator("#q").fill("李");
  await second.asked(2);
  second.let();
  await page.locator('#list[data-place="/inbox?view=requests"]').waitFor();
  await listed(page, "李婷");
  first.let();
  await page.evaluate(() => fetch("/inbox"));
  await page.locator('#list[data-place="/inbox?view=requests"]').waitFor();
  assert.equal(new URL(page.url()).searchParams.get("view"), "requests");
  await desk.rise();
});

test("a form that was sent is not sent again by any of its buttons until it is answered", async () => {
  const desk = await sit(), { page } = desk, hands = page.locator(".talk-owner form").first(), rests = () => hands.locator("button:disabled").count();
  await open(page, "王芳");
  assert.equal(await hands.locator("button").count(), 2);
  const taken = await late(page, "**/owner");
  await hands.locator("button[value=take]").click();
  await taken.asked();
  assert.equal(await rests(), 2, "what is sent can be sent again");
  await page.locator("#main > [hx-get]").evaluate((el) => new Promise((renewed) => {
    document.addEventListener("htmx:afterSettle", renewed, { once: true });
    htmx.trigger(el, "sse:sync");
  }));
  assert.equal(await rests(), 2, "renewed, it can be sent again");
  taken.let();
  await owner(page, "您在接待");
  assert.equal(await rests(), 0);
  await page.locator("button[value=release]").click();
  await owner(page, "机器人接待中");

  const wrong = await late(page, "**/reply");
  desk.refused(422);
  await page.locator("#composer").evaluate((form) => form.requestSubmit());
  await wrong.asked();
  assert.equal(await page.locator("#composer button.primary:disabled").count(), 1);
  wrong.let();
  await page.locator("#composer button.primary:enabled").waitFor();
  await desk.rise();
});

test("what is decided in a breath leaves, though the first answer is slow", async () => {
  const desk = await sit(), { page } = desk;
  const decided = [];
  await intercept(page, "**/inbox/work/requests", async (route) => {
    if (!route.request().headers()["hx-request"]) return route.fallback();
    if (route.request().method() === "POST") {
      decided.push(new URLSearchParams(route.request().postData()).get("conversation"));
      await page.waitForFunction(() => [...document.querySelectorAll("#queue .leaving .going")].every((g) => /(^|[^0-9])0 *秒/.test(g.textContent)));
    }
    await route.fulfill({ status: 204 });
  });
  await desk.go("/inbox/work/requests");
  await page.locator("#queue [data-row]").first().waitFor();
  await page.evaluate(() => {
    const row = document.querySelector("#queue [data-row]");
    for (const id of ["second", "third"]) {
      const copy = row.cloneNode(true);
      copy.id = id;
      for (const whose of copy.querySelectorAll("[name=conversation]")) whose.value = id;
      row.after(copy);
    }
  });
  for (let n = 0; n < 3; n++) await page.keyboard.press("a");
  await page.waitForFunction(() => document.querySelectorAll("#queue .leaving").length === 3);
  await page.waitForFunction(() => document.querySelectorAll("#queue .leaving").length === 0);
  assert.equal(new Set(decided).size, 3, decided.join());
  await desk.rise();
});

test("every part that is told of changes is renewed when the page was not told for a while", async () => {
  const desk = await sit(), { page } = desk, deaf = [];
  for (const path of await sections(page)) {
    await desk.go(path);
    deaf.push(...await page.locator("[hx-trigger*='sse:']:not([hx-trigger*='sse:sync'])").evaluateAll((all) => all.map((el) => el.getAttribute("hx-trigger"))));
  }
  await desk.go("/inbox?view=all");
  await open(page, "张伟");
  await page.locator("#fold-timeline > summary").click();
  await page.locator("#past-timeline[hx-trigger*='sse:']").waitFor();
  deaf.push(...await page.locator("[hx-trigger*='sse:']:not([hx-trigger*='sse:sync'])").evaluateAll((all) => all.map((el) => el.getAttribute("hx-trigger"))));
  assert.deepEqual(deaf, []);
  await desk.rise();
});

test("the rail says on the pages of endpoints, too, that more waits", async () => {
  const desk = await sit(), { page } = desk, candidate = await phone("张伟");
  for (const path of ["/inbox/endpoints", "/inbox/endpoints/_new"]) {
    const asked = () => page.waitForRequest("**/inbox/work/count"), synced = asked();
    await desk.go(path);
    await synced;
    const renewed = asked();
    await candidate.say("在吗？" + path);
    await renewed;
  }
  await candidate.rise();
  await desk.rise();
});

test("a part that changes while it is renewed is renewed once more", async () => {
  const desk = await sit(), { page } = desk;
  await open(page, "张伟");
  await page.locator("#fold-timeline > summary").click();
  await page.locator("#past-timeline[hx-trigger*='sse:']").waitFor();
  for (const part of ["#work-count", "#alarms", "#past-timeline", "#told"]) {
    const path = await page.locator(part).getAttribute("hx-get"), asked = await late(page, "**" + path);
    const change = () => page.locator(part).evaluate((el) => { htmx.trigger(el, "sse:sync"); });
    await change();
    await asked.asked();
    await change();
    asked.let();
    await asked.asked(2);
  }
  assert.equal(await page.locator("#alarms").count(), 1);
  await desk.rise();
});
