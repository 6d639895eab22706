// What is done to many conversations at once.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { office, pass, phone, sit } from "./desk.mjs";
import { listed, lookAway, message, open, row, same, turnTo } from "./inbox.mjs";

const pick = async (page, name) => {
  await row(page, name).hover();
  await row(page, name).locator(".pick input").click();
};
const chosen = (page, n) => page.locator("#bulk-count", { hasText: `已选 ${n} 个` }).waitFor();
const people = (page, section) => page.locator(`section[aria-labelledby=${section}] a[href^="/inbox/"]`).allTextContents();

test("rows are chosen by X, by pointer, all together, and no more", async () => {
  const desk = await sit(), { page } = desk, bar = page.locator("#bulk-form button[name=do]").first();
  await open(page, "李婷");
  await page.keyboard.press("x");
  await chosen(page, 1);
  assert.ok(await row(page, "李婷").locator(".pick input").isChecked());
  await page.keyboard.press("x");
  await bar.waitFor({ state: "hidden" });

  await pick(page, "张伟");
  await chosen(page, 1);
  const all = await page.locator("#rows .row-name").allTextContents();
  const to = page.locator("#rows .row").nth(all.indexOf("张伟") + 2);
  await to.hover();
  await to.locator(".pick input").click({ modifiers: ["Shift"] });
  await chosen(page, 3);
  await page.locator("#bulk-none").click();
  await bar.waitFor({ state: "hidden" });
  await desk.rise();
});

test("assigned: who changes hands is shown first, then done, then undone", async () => {
  const desk = await sit(), { page } = desk;
  await pick(page, "李婷");
  await pick(page, "张伟");
  await page.locator("#bulk-form button[value=assign]").click();
  await page.locator("h1", { hasText: "指派 2 个会话" }).waitFor();
  same(await people(page, "many-done"), ["李婷", "张伟"]);
  await page.locator(".many-hands", { hasText: /机器人.*我/s }).first().waitFor();
  await page.locator(".many-confirm button", { hasText: "指派 2 个" }).click();
  await page.locator("#many-state", { hasText: "已结束" }).waitFor();
  same(await people(page, "many-results"), ["李婷", "张伟"]);
  assert.equal(await page.locator(".results .chip.good", { hasText: "完成" }).count(), 2);

  await desk.go("/inbox?view=mine");
  await listed(page, "李婷", "张伟");
  await page.goBack();
  await page.locator("button", { hasText: "撤销指派" }).click();
  await page.locator("#many-state", { hasText: "已撤销" }).waitFor();
  await desk.go("/inbox?view=mine");
  await listed(page);
  await desk.rise();
});

test("reminded: the words are shown as each reads them, and who gets none and why", async () => {
  await office();
  const desk = await sit(), { page } = desk, candidate = await phone("陳嘉欣");
  for (const name of ["陳嘉欣", "周强", "王芳"]) await pick(page, name);
  await page.locator("#bulk-form button[value=remind]").click();
  await page.locator("h1", { hasText: "提醒 3 位候选人" }).waitFor();
  same(await people(page, "many-done"), ["陳嘉欣", "王芳"]);
  const words = (await page.locator("#main .many > li", { hasText: "陳嘉欣" }).locator(".words").innerText()).trim();
  assert.match(words, /入職/, "the preview is not in the candidate's language");
  assert.deepEqual((await people(page, "many-left")), ["周强"]);
  await page.locator(".many-why", { hasText: "没有在等他们的事" }).waitFor();

  await page.locator(".many-confirm button.primary").click();
  await page.locator("#many-state", { hasText: "秒后开始" }).waitFor();
  await page.locator("#many-live button.danger", { hasText: "撤回" }).click();
  await page.locator("#many-state", { hasText: "已结束" }).waitFor();
  assert.equal(await page.locator(".results .chip", { hasText: "停下了" }).count(), 2);

  await desk.go("/inbox?view=all");
  await pick(page, "陳嘉欣");
  await page.locator("#bulk-form button[value=remind]").click();
  await page.locator(".many-confirm button.primary").click();
  await page.locator("#many-state", { hasText: "秒后开始" }).waitFor();
  const heard = await candidate.seen("入職");
  await pass(11 / 3600);
  await page.locator("#many-state", { hasText: "已结束" }).waitFor();
  await page.locator(".results .chip.good", { hasText: "完成" }).waitFor();
  await candidate.page.waitForFunction((n) => [...document.querySelectorAll("#messages .msg:not(.mine)")].filter((m) => m.textContent.includes("入職")).length > n, heard);
  await page.locator(".results a", { hasText: "陳嘉欣" }).click();
  await message(page, words.split("\n")[0]).waitFor();
  await candidate.rise();
  await desk.rise();
});

test("put off and closed together, and both undone", async () => {
  const desk = await sit(), { page } = desk;
  for (const [kind, view, undo] of [["snooze", "snoozed", "都放回列表"], ["close", "closed", "都恢复"]]) {
    await desk.go("/inbox?view=all");
    await pick(page, "赵敏");
    await pick(page, "James Wilson");
    await page.locator(`#bulk-form button[value=${kind}]`).click();
    await page.locator(".many-confirm button.primary").click();
    await page.locator("#many-state", { hasText: "已结束" }).waitFor();
    const at = page.url();
    await desk.go("/inbox?view=" + view);
    await listed(page, "赵敏", "James Wilson");
    await desk.go(at.replace(desk.at, ""));
    await page.locator("button", { hasText: undo }).click();
    await page.locator("#many-state", { hasText: "已撤销" }).waitFor();
    await desk.go("/inbox?view=" + view);
    await listed(page);
  }
  await desk.rise();
});

test("exported: a file for spreadsheets with what was chosen", async () => {
  const desk = await sit(), { page } = desk;
  await turnTo(page, "requests");
  await pick(page, "李婷");
  await page.locator("#bulk-all").check();
  await page.locator("#bulk-form button[value=export]").click();
  await page.locator(".chip", { hasText: "1 行" }).waitFor();
  await page.locator("table", { hasText: "李婷" }).waitFor();
  for (const column of ["phone", "channel"]) await page.locator(`input[name=column][value=${column}]`).check();
  await page.locator("input[name=column][value=updated]").uncheck();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("button", { hasText: "导出 CSV" }).click()]);
  assert.match(download.suggestedFilename(), /^jiebao-\d{8}-\d{4}\.csv$/);
  const text = await readFile(await download.path(), "utf8"), [heads, line, ...rest] = text.slice(1).trim().split(/\r?\n/);
  assert.equal(text[0], "\ufeff", "spreadsheets take the file for another encoding");
  assert.match(heads, /^姓名,候选人编号,机构,岗位,答复,入职日期,答复期限,由谁跟进,渠道,手机号$/);
  assert.match(line, /^李婷,C-DEMO-002,北京海淀支行,客户经理,申请改期,\d{4}-\d\d-\d\d,,机器人,示范银行招聘,139••••0002$/);
  assert.deepEqual(rest, []);
  await lookAway(page);
  await desk.rise();
});
