// Whose hands a conversation is in, and what HR does with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colleague, intercept, now, pass, phone, sit } from "./desk.mjs";
import { message, open, owner, reply, row, says, turnTo, written } from "./inbox.mjs";

const pause = 6 / 3600; // hours, in which words can be taken back

test("taken over by A, answered, handed back", async () => {
  const desk = await sit(), candidate = await phone("张伟"), { page } = desk;
  await open(page, "张伟");
  await page.keyboard.press("a");
  await owner(page, "您在接待");
  await row(page, "张伟").locator(".chip.mine").waitFor();
  await reply(page, "您好，我是人事小李。");
  await message(page, "我是人事小李").waitFor();
  await pass(pause);
  await candidate.sees("我是人事小李");
  await candidate.say("报到那天几点到？");
  await message(page, "报到那天几点到").waitFor();
  await page.locator("#messages .message").last().filter({ hasText: "报到那天几点到" }).waitFor(); // and the bot keeps quiet
  await page.locator("button[value=release]").click();
  await owner(page, "机器人接待中");
  await candidate.sees("接下来由我继续");
  await candidate.rise();
  await desk.rise();
});

test("a button pressed the moment it appears does not leave the page", async () => {
  const desk = await sit(), { page } = desk;
  await page.evaluate(() => {
    window.neverLeft = true;
    new MutationObserver((_, seen) => {
      const take = document.querySelector(".talk-owner button[value=take]");
      if (!take) return;
      seen.disconnect();
      take.click();
    }).observe(document.body, { childList: true, subtree: true });
  });
  await open(page, "张伟");
  await owner(page, "您在接待");
  assert.ok(await page.evaluate(() => window.neverLeft), "the page was loaded again");
  await page.locator("button[value=release]").click();
  await owner(page, "机器人接待中");
  await desk.rise();
});

test("words taken back within five seconds never leave", async () => {
  const desk = await sit(), candidate = await phone("张伟"), { page } = desk;
  await open(page, "张伟");
  await reply(page, "这句话写错了");
  await page.locator(".undo:not([hidden]) button", { hasText: "撤回" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("z");
  await message(page, "这句话写错了").locator(".delivery", { hasText: "已撤回，没有发出" }).waitFor();
  await row(page, "张伟").locator(".row-last", { hasText: "已撤回，没有发出" }).waitFor();
  await written(page, "这句话写错了"); // to be mended
  await reply(page, "这句话是对的");
  await message(page, "这句话是对的").waitFor();
  assert.equal(await page.locator("#words").inputValue(), "");
  await pass(pause);
  await candidate.sees("这句话是对的");
  assert.equal(await candidate.seen("这句话写错了"), 0);
  await page.locator("button[value=release]").click();
  await owner(page, "机器人接待中");
  await candidate.rise();
  await desk.rise();
});

test("words for later leave at their time, unless they are taken back", async () => {
  const desk = await sit(), candidate = await phone("李婷"), { page } = desk;
  await open(page, "李婷");
  const inHours = async (n) => new Date((await now()).getTime() + (8 + n) * 3600e3).toISOString().slice(0, 16); // in Beijing
  const later = async (words, hours) => {
    await page.locator("#later summary").click();
    await page.locator("#later input[name=at]").fill(await inHours(hours));
    await page.locator("#words").click(); // nothing lies over what one writes
    assert.equal(await page.locator("#later[open]").count(), 0);
    await page.locator(".primary .send-timed", { hasText: "定时发送" }).waitFor();
    await page.locator("#hint", { hasText: "送出" }).waitFor();
    await reply(page, words);
    await message(page, words).locator(".delivery", { hasText: "送出" }).waitFor();
  };
  await later("明天提醒您带身份证", 2);
  await row(page, "李婷").locator(".row-later", { hasText: "送出" }).waitFor();
  assert.equal(await page.locator("#later input[name=at]").inputValue(), "", "what is written next would be late as well");
  await later("这条不发了", 2);
  await page.locator(".primary .send-reply", { hasText: "发送" }).waitFor();
  await message(page, "这条不发了").locator(".take-back button").click();
  await message(page, "这条不发了").locator(".delivery", { hasText: "已撤回，没有发出" }).waitFor();
  assert.equal(await candidate.seen("明天提醒您带身份证"), 0);
  await pass(2.1);
  await candidate.sees("明天提醒您带身份证");
  assert.equal(await candidate.seen("这条不发了"), 0);
  await candidate.rise();
  await desk.rise();
});

test("a private note stays with HR", async () => {
  const desk = await sit(), candidate = await phone("李婷"), { page } = desk;
  await open(page, "李婷");
  await page.locator(".compose-as label", { hasText: "内部备注" }).click();
  await page.locator("#words[placeholder*=备注]").waitFor();
  await reply(page, "她家里有老人要照顾，可以通融");
  await page.locator("#messages .message.remark", { hasText: "可以通融" }).waitFor();
  await page.locator(".compose-as label", { hasText: "回复候选人" }).click();
  await reply(page, "您的申请我们在看");
  await pass(pause);
  await candidate.sees("您的申请我们在看");
  assert.equal(await candidate.seen("可以通融"), 0);
  await candidate.rise();
  await desk.rise();
});

test("a reply kept ready comes by slash and by C, with its variables filled in", async () => {
  const desk = await sit(), { page } = desk;
  await desk.go("/inbox/canned");
  if (!(await page.locator(".canned-new[open]").count())) await page.locator(".canned-new summary").first().click();
  const form = page.locator(".canned-new[open] form").first();
  await form.locator("input[name=name]").fill("报到");
  await form.locator("textarea").fill("{name}您好，请到{workplace}报到。");
  await form.locator("button.primary").click();
  await page.locator(".canned-rows li", { hasText: "报到" }).waitFor();

  await desk.go("/inbox?view=all");
  await open(page, "王芳");
  await page.keyboard.press("r");
  await page.keyboard.type("/报到");
  await page.locator("#canned-list button.first", { hasText: "报到" }).waitFor();
  await page.keyboard.press("Enter");
  const filled = () => written(page, "王芳您好，请到深圳市南山区科苑路15号报到。");
  await filled();
  await page.locator("#words").fill("");
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await page.locator("#canned-list button", { hasText: "报到" }).click();
  await filled();
  await page.locator("#words").fill("");
  await desk.rise();
});

test("the return key in a time of one's own puts off until then", async () => {
  const desk = await sit(), { page } = desk;
  await open(page, "周强");
  await page.locator("#hands summary").click();
  const until = new Date((await now()).getTime() + (8 + 5) * 3600e3).toISOString().slice(0, 16); // in Beijing
  await page.locator("#rest-at").fill(until);
  await page.locator("#rest-at").press("Enter");
  await page.locator("#resting", { hasText: until.slice(11) }).waitFor();
  await page.locator("#resting button[value=wake]").click();
  await page.locator("#resting").waitFor({ state: "detached" });
  await desk.rise();
});

test("put off, a conversation comes back at its time", async () => {
  const desk = await sit(), { page } = desk;
  await open(page, "周强");
  await page.locator("#hands summary").click();
  await page.locator("#hands button[name=until]", { hasText: "1 小时后" }).click();
  await page.locator("#resting", { hasText: "稍后处理" }).waitFor();
  await row(page, "周强").waitFor({ state: "detached" });
  await turnTo(page, "snoozed");
  await row(page, "周强").locator(".chip.due", { hasText: "后回来" }).waitFor();
  await turnTo(page, "all");
  await pass(1.01);
  await row(page, "周强").waitFor();
  await page.locator("#messages .note", { hasText: "到了稍后处理的时间" }).waitFor();
  await page.locator("#resting").waitFor({ state: "detached" });
  await desk.rise();
});

test("closed by E, a conversation is opened by what the candidate writes", async () => {
  const desk = await sit(), candidate = await phone("周强"), { page } = desk;
  await open(page, "周强");
  await page.keyboard.press("e");
  await page.locator("#resting", { hasText: "会话已结束" }).waitFor();
  await row(page, "周强").waitFor({ state: "detached" });
  await turnTo(page, "closed");
  await row(page, "周强").waitFor();
  await turnTo(page, "all");
  await candidate.say("我又想了想，还能来吗？");
  await row(page, "周强").waitFor();
  await page.locator("#messages .note", { hasText: "会话已恢复" }).waitFor();
  await message(page, "我又想了想").waitFor();
  await candidate.rise();
  await desk.rise();
});

test("two colleagues see each other, and who comes second keeps their words", async () => {
  const desk = await sit(), link = await colleague(desk, { name: "周敏" }), { page } = desk;
  const other = await sit({ link });
  await open(page, "王芳");
  await open(other.page, "王芳");
  await page.locator("#others", { hasText: "周敏也在看" }).waitFor();
  await page.locator("#others").evaluate((el) => { el.same = true; });
  await other.page.locator("#words").pressSequentially("户口可以迁");
  await page.locator("#others", { hasText: "周敏正在输入" }).waitFor();
  await page.locator("#others", { hasText: "周敏也在看" }).waitFor(); // having paused
  assert.ok(await page.locator("#others").evaluate((el) => el.same), "who is read the line to hears of another one");

  await intercept(other.page, "**/live*", () => {}); // what changes comes too late
  await page.keyboard.press("a");
  await owner(page, "您在接待");
  other.refused(409);
  await other.page.keyboard.press("Control+Enter");
  await says(other.page, "就在您操作之前换了人。您写的还在");
  assert.equal(await other.page.locator("#words").inputValue(), "户口可以迁");
  await owner(other.page, "管理员在接待");
  await other.page.unroute("**/live*");
  await other.page.locator("#speaks", { hasText: "发送即由您接手" }).waitFor();
  assert.equal(await page.locator("#messages .message", { hasText: "户口可以迁。" }).count(), 0);
  await other.rise();

  await page.locator("#hands summary").click();
  await page.locator("#assign-to").selectOption({ label: "周敏" });
  await page.locator("#hands form[action*=assign] button").click();
  await owner(page, "周敏在接待");
  await desk.rise();
});

test("each conversation keeps its own draft", async () => {
  const desk = await sit(), { page } = desk, draft = () => page.locator("#words").inputValue();
  for (const name of ["陳嘉欣", "赵雪"]) {
    await open(page, name);
    await page.locator("#words").pressSequentially("给" + name);
  }
  await open(page, "陳嘉欣");
  assert.equal(await draft(), "给陳嘉欣");
  await page.reload();
  assert.equal(await draft(), "给陳嘉欣");
  await open(page, "赵雪");
  assert.equal(await draft(), "给赵雪");
  await desk.rise();
});
