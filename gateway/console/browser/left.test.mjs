// A candidate who goes to another branch while somebody of the one before looks at
// them, and an agent who loses access while they look.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, colleague, fits, moves, sit } from "./desk.mjs";
import { message, names, open, reply, row, written } from "./inbox.mjs";

const left = (page) => page.locator("#left", { hasText: "已经转到别的机构" });

/** readable is all that a page says, shown or not. */
const readable = (page) => page.evaluate(() => document.title + document.documentElement.outerHTML);

test("who leaves the branch leaves the page at once, and what was typed to them stays", async () => {
  const head = await sit(), link = await colleague(head, { name: "周敏", branch: "head/shenzhen" });
  const desk = await sit({ link }), { page } = desk;
  await open(page, "王芳");
  await reply(page, "请稍等。");
  await message(page, "请稍等。").waitFor();
  await page.reload(); // the page's own title names the candidate
  await message(page, "请稍等。").waitFor();
  await page.locator("#words").fill("宿舍的事我问过了，");
  await page.locator("#side-scroll").hover();
  await row(page, "王芳").hover(); // where rows hold still
  await page.locator("#words").focus();
  desk.refused(410);
  await moves(5, "王芳", "head/beijing");
  await left(page).waitFor();
  assert.equal(await page.locator("#typed").inputValue(), "宿舍的事我问过了，");
  assert.ok(await page.locator("#left").evaluate((el) => el === document.activeElement), "who wrote is nowhere");
  const all = await readable(page);
  for (const theirs of ["王芳", "13900010005", "户口", "请稍等"]) assert.ok(!all.includes(theirs), `${theirs} can be read`);
  assert.equal(new URL(page.url()).pathname, "/inbox");
  await accessible(page, "what stands in its place");
  await fits(page, "what stands in its place");

  await desk.rise();
  await head.rise();
});

test("who leaves the branch leaves a list that holds still", async () => {
  const head = await sit(), link = await colleague(head, { name: "沈洁", branch: "head/beijing" });
  const desk = await sit({ link }), { page } = desk;
  await open(page, "李婷");
  await row(page, "刘洋").hover(); // where rows hold still
  const before = await names(page);
  await moves(7, "刘洋", "head/shenzhen");
  await row(page, "刘洋").waitFor({ state: "detached" });
  assert.deepEqual(await names(page), before.filter((name) => !name.includes("刘洋")), "other rows did not hold still");
  assert.ok(!(await readable(page)).includes("刘洋"), "they can be read");
  await desk.rise();
  await head.rise();
});

test("whoever may not read any more leaves the page at once", async () => {
  const head = await sit(), link = await colleague(head, { name: "何静", branch: "head/beijing" });
  const desk = await sit({ link }), { page } = desk;
  await open(page, "李婷");
  await head.go("/inbox/agents");
  await head.page.locator("tr", { hasText: "何静" }).locator("button[value=disable]").click();
  await page.waitForURL("**/signin");
  assert.ok(!(await readable(page)).includes("李婷"), "a candidate can be read");
  await desk.rise();
  await head.rise();
});

test("on a phone, and where earlier messages are read, they leave as well", async () => {
  const head = await sit(), link = await colleague(head, { name: "吴桐", branch: "head/beijing" });
  const desk = await sit({ link, width: 375, height: 740 }), { page } = desk;
  await row(page, "张伟").locator("a").click();
  await page.locator('#thread[data-title="张伟"]').waitFor();
  await page.locator("#main > [hx-get]").evaluate((el) => { el.setAttribute("hx-swap", "none"); }); // as there
  desk.refused(410);
  await moves(1, "张伟", "head/shenzhen");
  await left(page).waitFor();
  assert.ok(!await page.locator(".typed").isVisible(), "nothing was typed");
  await accessible(page, "what stands in its place");
  await fits(page, "what stands in its place");
  await page.locator("#main a", { hasText: "返回列表" }).click();
  await page.locator("#rows .row").first().waitFor();
  assert.equal(await row(page, "张伟").count(), 0);
  await desk.rise();
  await head.rise();
});
