// The list: what narrows it, what is found in it, what each view holds, and
// rows that hold still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { now, pass, phone, sit } from "./desk.mjs";
import { listed, lookAway, names, open, row, same, told, turnTo, withIn } from "./inbox.mjs";

const chips = (page) => page.locator("#filter-chips a.chip");

async function narrow(page, name, value) {
  await page.locator("#filters summary").click();
  await page.locator(`#filter-form select[name=${name}]`).selectOption({ label: value });
  await page.locator("#filter-form button.primary").click();
  await chips(page).filter({ hasText: value.trim() }).waitFor();
}

test("what narrows the list", async () => {
  const desk = await sit(), { page } = desk;
  const everybody = await names(page), all = async (words) => {
    const chosen = [];
    for (const name of await names(page)) if ((await row(page, name).locator(".row-what").textContent()).includes(words)) chosen.push(name);
    return chosen;
  };
  const kinds = [
    ["branch", " 北京分行", await all("北京")], // and those below it
    ["position", "客户经理", await all("客户经理")],
    ["channel", "微信客服", ["赵雪"]],
    ["answer", "已放弃", ["周强"]],
    ["owner", "等待人工", ["王芳"]],
  ];
  for (const [name, value, want] of kinds) {
    await narrow(page, name, value);
    same(await names(page), want, `narrowed by ${name}`);
    assert.ok(new URL(page.url()).searchParams.get(name), "the address does not say what narrows the list");
    await chips(page).click();
    await chips(page).waitFor({ state: "detached" });
    assert.equal((await names(page)).length, everybody.length);
  }

  await narrow(page, "position", "客户经理");
  await narrow(page, "answer", "申请改期");
  assert.deepEqual(await names(page), ["李婷"]);
  await page.reload();
  assert.deepEqual(await names(page), ["李婷"], "the address does not lead back");
  await narrow(page, "channel", "邮件");
  assert.deepEqual(await names(page), []);
  await page.locator("#no-rows", { hasText: "没有符合筛选条件的会话" }).locator("a").click();
  await chips(page).first().waitFor({ state: "detached" });
  assert.equal((await names(page)).length, everybody.length);
  await desk.rise();
});

test("a view of one's own is kept, opened again, renamed and dropped", async () => {
  const desk = await sit(), { page } = desk, saved = page.locator("#more-views .saved-view");
  await narrow(page, "position", "客户经理");
  const want = await names(page);
  await page.locator("#save-view summary").click();
  await page.locator("#save-view input[name=name]").fill("海淀客户经理");
  await page.locator("#save-view button").click();
  await page.locator("#more-views > summary", { hasText: "海淀客户经理" }).waitFor();
  assert.equal(await page.locator("#save-view").count(), 0, "what is kept can be kept again");

  await page.reload();
  await turnTo(page, "all");
  await page.locator("#more-views > summary").click();
  await saved.locator("a").click();
  await chips(page).filter({ hasText: "客户经理" }).waitFor();
  assert.deepEqual(await names(page), want);

  await page.locator("#more-views > summary").click();
  await saved.locator("summary").click();
  await saved.locator("input[name=name]").fill("客户经理们");
  await saved.locator("button[value=rename]").click();
  await page.locator("#more-views > summary", { hasText: "客户经理们" }).waitFor();

  await page.reload();
  await page.locator("#more-views > summary").click();
  await saved.locator("summary").click();
  await saved.locator("button[value=drop]").click();
  await saved.waitFor({ state: "detached" });
  await desk.rise();
});

test("who and what is searched for is found", async () => {
  const desk = await sit(), { page } = desk, everybody = (await names(page)).length;
  const find = async (words, ...want) => {
    await page.keyboard.press("/");
    await page.locator("#q").fill(words);
    await listed(page, ...want);
    assert.equal((await page.locator("#list [role=status]").textContent()).trim(), `找到 ${want.length} 个会话`);
  };
  await find("李婷", "李婷");
  await page.locator(".row-name mark", { hasText: "李婷" }).waitFor();
  await find("0006", "周强"); // the last digits of their phone number
  await find("C-DEMO-005", "王芳"); // the number in the EHR

  await find("户口", "王芳"); // two characters of what they wrote
  await page.locator("#rows .group", { hasText: "聊天内容" }).waitFor();
  const found = row(page, "王芳").locator(".row-last.found");
  assert.match(await found.textContent(), /候选人：.*户口可以迁到深圳吗/s);
  assert.equal(await found.locator("mark").textContent(), "户口");
  assert.ok(!page.url().includes(encodeURIComponent("户口")), "what was searched for stands in the address");

  await find("没有这样的话");
  await page.locator("#no-rows", { hasText: "没有找到" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#no-rows").waitFor({ state: "detached" });
  assert.equal((await names(page)).length, everybody, "emptied, the search does not end");
  await desk.rise();
});

test("a link to a message leads to it", async () => {
  const desk = await sit({ height: 700 }), { page } = desk;
  await page.locator("#q").fill("按时入职");
  await row(page, "张伟").locator("mark", { hasText: "按时入职" }).waitFor();
  const href = await row(page, "张伟").locator("a").getAttribute("href");
  assert.match(href, /[?&]at=(\d+)#m-\1$/);
  const shown = () => page.waitForFunction(() => {
    const it = document.querySelector(".message.found")?.getBoundingClientRect(), at = document.querySelector("#scroll")?.getBoundingClientRect();
    return it && it.top >= at.top && it.bottom <= at.bottom;
  });
  await row(page, "张伟").locator("a").click();
  await shown();
  await desk.go("/knowledge");
  await desk.go(href);
  await shown();
  await page.locator(".message.found", { hasText: "我可以按时入职" }).waitFor();
  await desk.rise();
});

test("what is opened stays where it is, read or not", async () => {
  const desk = await sit(), { page } = desk;
  await turnTo(page, "all");
  await lookAway(page);
  const before = await names(page), last = (await withIn(page, ".badge")).at(-1);
  await open(page, last);
  await row(page, last).locator(".badge").waitFor({ state: "detached" });
  await desk.go("/inbox?view=all");
  assert.deepEqual(await names(page), before);
  await desk.rise();
});

test("rows hold still under the pointer, and a line tells what is new", async () => {
  const desk = await sit(), { page } = desk, candidate = await phone("陳嘉欣");
  await lookAway(page);
  const before = await names(page);
  await row(page, before[2]).hover();
  await candidate.say("轉人工");
  await page.locator("#list-newer:not([hidden])").waitFor();
  const pill = await page.locator("#list-newer").boundingBox(), first = await page.locator("#rows .row").first().boundingBox();
  assert.ok(pill.y + pill.height <= first.y, "it lies over the first row");
  assert.deepEqual(await names(page), before, "rows change places under the pointer");
  await row(page, "陳嘉欣").locator(".chip.queue").waitFor(); // what it says is true all the same
  await page.locator("#list-newer").click();
  await page.waitForFunction((was) => [...document.querySelectorAll("#rows .row-name")].map((n) => n.textContent).join() !== was, before.join());
  assert.ok((await names(page)).indexOf("陳嘉欣") < 2, "who waits is not among the first");

  const asked = await names(page);
  await row(page, asked[3]).hover();
  await open(page, "陳嘉欣"); // the pointer leaves
  await page.keyboard.press("e");
  await row(page, "陳嘉欣").waitFor({ state: "detached" });
  await candidate.rise();
  await desk.rise();
});

test("a pointer that rests holds the list up for a minute", async () => {
  const desk = await sit(), { page } = desk;
  await turnTo(page, "all");
  const before = await names(page);
  const last = ["张伟", "李婷", "周强"].sort((a, b) => before.indexOf(a) - before.indexOf(b)).at(-1), candidate = await phone(last);
  await row(page, before[0]).hover();
  await candidate.say("请问报到要带什么？");
  await page.locator("#list-newer:not([hidden])").waitFor();
  await page.evaluate(() => { const now = Date.now; Date.now = () => now() + 61000; });
  await page.locator("#list-newer[hidden]").waitFor({ state: "attached" });
  assert.ok((await names(page)).indexOf(last) < before.indexOf(last), "the list stays as it was");
  await candidate.rise();
  await desk.rise();
});

// What a row shows that belongs into a view.
const belongs = {
  mine: [".chip.mine"],
  unassigned: [".chip.queue"],
  waiting: ["time.wait"],
  requests: [".chip.act", "待审批"],
  documents: [".chip.act", "份待审"],
  failed: [".chip.bad"],
  overdue: [".chip.due.red", "逾期"],
  unread: [".badge"],
  calls: [".chip.act", "待致电"],
};

test("each view holds what it says, and as many as it says", async () => {
  const desk = await sit(), { page } = desk;
  await open(page, "孙浩");
  await page.keyboard.press("a");
  await row(page, "孙浩").locator(".chip.mine").waitFor();
  await open(page, "周强");
  await page.locator("#hands summary").click();
  await page.locator("#hands button[name=until]").nth(1).click();
  await row(page, "周强").waitFor({ state: "detached" });
  await open(page, "赵雪");
  await page.keyboard.press("e");
  await row(page, "赵雪").waitFor({ state: "detached" });

  await turnTo(page, "all");
  const all = {};
  for (const [view, sign] of Object.entries(belongs)) all[view] = await withIn(page, ...sign);
  for (const [view, want] of Object.entries(all)) {
    await turnTo(page, view);
    same(await names(page), want, `the view ${view} holds others than those that show it`);
    assert.equal(await told(page, view), want.length, `the view ${view} is counted differently`);
  }
  await turnTo(page, "all");
  const cut = await page.locator("#rows .chip").evaluateAll((all) => all.filter((c) => c.scrollHeight > c.clientHeight + 1).map((c) => c.textContent.trim()));
  assert.deepEqual(cut, [], "chips that cannot be read");
  assert.deepEqual(all.mine, ["孙浩"]);
  assert.deepEqual(all.requests, ["李婷"]);
  assert.deepEqual(all.documents, ["张伟"]);
  await turnTo(page, "snoozed");
  assert.deepEqual(await names(page), ["周强"]);
  await turnTo(page, "closed");
  same(await names(page), ["赵雪", "陳嘉欣"]);
  await row(page, "赵雪").locator(".chip", { hasText: "已结束" }).waitFor();
  await desk.rise();
});

test("deadlines come near and pass, and calls fall due", async () => {
  const at = await now(), day = new Date(at.getTime() + (7 * 24 + 8) * 3600e3).toISOString().slice(0, 10); // seeded candidates have a week
  await pass((Date.parse(`${day}T11:30:00+08:00`) - at) / 3600e3);
  const desk = await sit(), { page } = desk; // who was signed in is not any more
  await turnTo(page, "all");
  const near = await withIn(page, ".chip.due", "答复剩 6 小时");
  assert.ok(near.length > 1, "nobody's deadline comes near");
  await turnTo(page, "expiring");
  same(await names(page), near, "others expire today than say so");
  assert.equal(await told(page, "expiring"), near.length);

  await pass(7);
  await page.reload();
  await turnTo(page, "overdue");
  same(await withIn(page, ".chip.due.red", "逾期"), near, "a deadline that passed is not overdue");
  same(await names(page), near);
  assert.equal(await told(page, "overdue"), near.length);
  await turnTo(page, "expiring");
  await page.locator("#no-rows", { hasText: "今天没有要到期的" }).waitFor();

  await turnTo(page, "calls");
  const called = await withIn(page, ".chip.act", "待致电");
  assert.ok(called.length > 0, "nobody is to be called");
  same(await names(page), called);
  assert.equal(await told(page, "calls"), called.length);
  await desk.rise();
});
