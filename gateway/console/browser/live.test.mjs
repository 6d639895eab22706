// What a candidate writes stands in open pages without anybody loading them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { phone, sit } from "./desk.mjs";
import { open, row } from "./inbox.mjs";

test("a message arrives in the list and in the thread", async () => {
  const desk = await sit(), candidate = await phone("张伟"), { page } = desk;
  await open(page, "张伟");
  await page.evaluate(() => { window.neverLeft = true; });
  await candidate.say("请问报到当天几点到？");
  await page.locator("#messages .theirs", { hasText: "请问报到当天几点到？" }).waitFor();
  await row(page, "张伟").locator(".row-last", { hasText: "机器人：" }).waitFor();
  assert.ok(await page.evaluate(() => window.neverLeft), "the page was loaded again");
  await candidate.rise();
  await desk.rise();
});

test("who writes goes on writing while a message arrives and is seen", async () => {
  const desk = await sit(), candidate = await phone("王芳"), { page } = desk;
  await open(page, "王芳");
  await page.locator("#seen").waitFor({ state: "detached" });
  const words = page.locator("#words");
  await words.focus();
  await page.keyboard.type("您好，");
  for (const said of ["在吗？", "请问宿舍怎么申请？"]) {
    await candidate.say(said);
    await page.locator("#messages .theirs", { hasText: said }).waitFor();
    await page.locator("#seen").waitFor({ state: "detached" });
    await page.keyboard.type("稍等。");
  }
  assert.equal(await words.inputValue(), "您好，稍等。稍等。");
  await candidate.rise();
  await desk.rise();
});

test("what changes again and again is renewed now and then, and once more at the end", async () => {
  const desk = await sit(), { page } = desk;
  await page.evaluate(() => {
    const part = document.createElement("div");
    part.setAttribute("hx-get", "/a/part");
    part.setAttribute("data-pace-inbox", "0.5");
    document.body.append(part);
    window.renewed = [];
    part.addEventListener("sse:inbox", () => { window.renewed.push(window.changes); });
    for (window.changes = 1; window.changes < 20; window.changes++) htmx.trigger(part, "sse:inbox");
  });
  await page.waitForFunction(() => window.renewed.length > 1);
  await page.evaluate(() => {
    window.changes++;
    htmx.trigger(document.querySelector("[hx-get='/a/part']"), "sse:inbox");
  });
  await page.waitForFunction(() => window.renewed.length > 2);
  assert.deepEqual(await page.evaluate(() => window.renewed), [1, 20, 21]);
  await desk.rise();
});
