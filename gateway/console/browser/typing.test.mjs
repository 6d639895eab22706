// A candidate sees that the person who took their conversation writes to them,
// and that they stopped.
import { test } from "node:test";
import { phone, sit } from "./desk.mjs";

test("the candidate's chat shows who writes, while keys are pressed", async () => {
  const desk = await sit(), candidate = await phone("王芳"), { page } = desk;
  await page.locator(".row", { hasText: "王芳" }).first().locator("a").click();
  await page.locator("#thread").waitFor();
  await page.keyboard.press("a"); // take over
  await page.locator(".owner.owner-me").waitFor();
  await candidate.say("您好，在吗？");
  await page.locator("#messages .theirs", { hasText: "您好，在吗？" }).waitFor();
  await page.locator("#words").pressSequentially("稍等，我查一下住宿的安排", { delay: 250 });
  const title = candidate.page.getByText("对方正在输入", { exact: false }).first();
  await title.waitFor({ timeout: 5000 });
  await title.waitFor({ state: "hidden", timeout: 12000 }); // before it would end by itself
  await candidate.rise();
  await desk.rise();
});
