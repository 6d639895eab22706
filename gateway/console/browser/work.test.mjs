// The queues of what waits for HR: each is worked off by keys, and what was
// decided reaches the candidate.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fault, mended, office, pass, phone, sit } from "./desk.mjs";
import { message, open, reply, row } from "./inbox.mjs";

const line = (page, name) => page.locator("#queue [data-row]", { hasText: name });
const calm = (page, words) => page.locator("#queue .nothing", { hasText: words }).waitFor();

test("a request is decided with one key, which can be taken back", async () => {
  const desk = await sit(), { page } = desk, candidate = await phone("李婷");
  await desk.go("/inbox/work/requests");
  await line(page, "李婷").locator(".dates .wanted").waitFor();
  await page.keyboard.press("r");
  await line(page, "李婷").locator(".going", { hasText: "不同意" }).waitFor();
  await page.keyboard.press("u");
  await line(page, "李婷").locator(".going").waitFor({ state: "hidden" });
  await page.keyboard.press("a");
  await line(page, "李婷").locator(".going", { hasText: /同意 .*秒后告知候选人/ }).waitFor();
  await calm(page, "没有待决定的改期申请");
  await candidate.sees("同事已同意您在");
  assert.equal(await candidate.seen("没有同意"), 0);
  await candidate.rise();
  await desk.rise();
});

test("a document is looked at closely, refused with a reason that reaches the candidate, and the next accepted", async () => {
  const desk = await sit(), { page } = desk, candidate = await phone("张伟");
  await desk.go("/inbox/work/documents");
  const glass = page.locator(".glass img").first(), seen = () => glass.evaluate((img) => getComputedStyle(img).transform);
  await page.locator(".review-facts", { hasText: "身份证" }).waitFor();
  await page.waitForFunction(() => document.querySelector(".glass img")?.naturalWidth > 0);
  const whole = await seen();
  await page.keyboard.press("+");
  const near = await seen();
  assert.notEqual(near, whole, "it is not enlarged");
  await page.keyboard.press("r");
  assert.notEqual(await seen(), near, "it is not turned");
  await page.keyboard.press("0");
  await page.keyboard.press("s");
  await page.locator(".review.two .lens").nth(1).waitFor();
  await page.keyboard.press("s");
  await page.locator(".review.two").waitFor({ state: "detached" });

  await page.keyboard.press("x");
  await page.keyboard.press("1");
  await page.locator("#foretold", { hasText: "照片模糊，请重拍" }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("#before", { hasText: "身份证" }).waitFor();
  await candidate.sees("照片模糊，请重拍");
  await page.locator(".review-facts", { hasText: "学历证书" }).waitFor();
  await page.keyboard.press("a");
  await calm(page, "材料都看完了");
  await candidate.rise();
  await desk.rise();
});

test("what did not arrive is told, sent again or put aside", async () => {
  const desk = await sit(), { page } = desk, candidate = await phone("周强");
  await candidate.page.locator("#blacklist").check();
  await open(page, "周强");
  await reply(page, "材料已经退还给您");
  await message(page, "材料已经退还给您").waitFor();
  await pass(6 / 3600);
  await message(page, "材料已经退还给您").locator(".delivery.status-failed").waitFor();
  await row(page, "周强").locator(".chip.bad", { hasText: "未送达" }).waitFor();
  await desk.go("/inbox/work/failed");
  await line(page, "周强").locator("blockquote", { hasText: "材料已经退还给您" }).waitFor();
  await candidate.page.locator("#blacklist").uncheck();
  await line(page, "周强").click();
  await page.keyboard.press("t");
  await candidate.sees("材料已经退还给您");
  await line(page, "周强").waitFor({ state: "detached" });
  await candidate.rise();
  await desk.rise();
});

test("an account that is banned is told above the list, and what waited leaves once that is mended", async () => {
  const desk = await sit(), { page } = desk, candidate = await phone("王芳");
  await fault({ match: { path: "/cgi-bin/message/custom/send" }, mode: "errcode:48004" });
  await open(page, "王芳");
  await reply(page, "宿舍从下周起可以申请");
  await message(page, "宿舍从下周起可以申请").waitFor();
  await pass(6 / 3600);
  const alarm = page.locator("#alarms .alarm", { hasText: "暂时发不出消息" });
  await alarm.filter({ hasText: "接口被平台封禁" }).filter({ hasText: /\d 位候选人在等待/ }).waitFor();
  await message(page, "宿舍从下周起可以申请").locator(".delivery", { hasText: "排队" }).waitFor();
  await desk.go("/inbox/work/alarms");
  await alarm.waitFor();
  const first = await alarm.getAttribute("id");
  await alarm.getByRole("button", { name: "立即重试" }).click(); // too early: it is refused, which raises another
  await alarm.and(page.locator(`:not(#${first})`)).waitFor();
  assert.equal(await candidate.seen("宿舍从下周起可以申请"), 0);
  await mended();
  await alarm.getByRole("button", { name: "立即重试" }).click();
  await candidate.sees("宿舍从下周起可以申请");
  await alarm.waitFor({ state: "detached" });
  await candidate.rise();
  await desk.rise();
});

test("a call falls due, is not answered, and then is", async () => {
  await pass(3 * 24);
  await office();
  const desk = await sit(), { page } = desk;
  await desk.go("/inbox/work/calls");
  const due = page.locator("#queue [data-row]"), name = (await due.first().locator(".who").textContent()).trim();
  await line(page, name).locator("button", { hasText: "••••" }).waitFor();
  await page.keyboard.press("n");
  await line(page, name).locator(".number a[href^='tel:']").waitFor();
  await line(page, name).locator(".script", { hasText: `请问是${name}本人吗` }).waitFor();
  await line(page, name).locator("input[name=note]").fill("响了很久");
  await line(page, name).locator("input[name=note]").press("Enter"); // is no outcome
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await line(page, name).locator("q", { hasText: "响了很久" }).waitFor();
  await line(page, name).locator("b", { hasText: "以后再拨" }).waitFor();
  await line(page, name).locator(".work-what p").first().click();
  await page.keyboard.press("1");
  await line(page, name).waitFor({ state: "detached" });
  await desk.go("/inbox?view=all");
  await open(page, name);
  await page.locator("#messages .note", { hasText: "电话无人接听，稍后再拨。响了很久" }).waitFor();
  await page.locator("#messages .note", { hasText: "已电话联系上候选人" }).waitFor();
  await desk.rise();
});
