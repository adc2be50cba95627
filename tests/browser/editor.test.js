// Drafting a regulation: numbers beside the lines, and findings that lead to theirs by mouse and by keyboard, with scripts and without.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Site } from "./site.js";

const DRAFTER = "county-legal";
const WRONG = "---\nid: bees\ntitle: 养蜂办法\nnumber: 待编号\nissuer: county-office\nissued: 2024-03-01\neffective: 2024-04-01\n---\n\n# 一、总则 {#be-1 .narative}\n";
let site;

before(async () => (site = await Site.start("2024-03-01T09:00:00")));
after(async () => site?.stop());

/// A new draft with the wrong text in it, and what the check says of it.
async function drafted() {
  const page = await site.page(DRAFTER);
  await page.goto(site.base + "/editor");
  await page.getByRole("button", { name: "新建" }).click();
  const findings = page.waitForResponse((answer) => answer.url().endsWith("/findings"));
  await page.getByLabel("文本").fill(WRONG);
  await findings;
  await page.getByRole("button", { name: "第10行" }).first().waitFor();
  return page;
}

/// What is selected in the text.
const selected = (page) => page.evaluate(() => {
  const text = document.activeElement;
  return text.value.slice(text.selectionStart, text.selectionEnd);
});

test("each line has its number, which goes along with the text", async () => {
  const page = await drafted();
  assert.equal(await page.locator(".numbers").innerText(), Array.from(WRONG.split("\n"), (_, index) => index + 1).join("\n"));
  await page.getByLabel("文本").fill(WRONG + "\n正文。\n".repeat(100));
  const tops = await page.evaluate(() => {
    const text = document.querySelector("textarea.source");
    text.scrollTop = 900;
    return new Promise((done) => requestAnimationFrame(() => done([text.scrollTop, document.querySelector(".numbers").scrollTop])));
  });
  assert.ok(tops[0] > 0 && tops[0] === tops[1], String(tops));
  // Without what stands around them: the numbers have room below for the bar that moves the text sideways.
  const heights = await page.evaluate(() => [...document.querySelectorAll(".numbers, textarea.source")].map((one) => {
    const { paddingTop, paddingBottom } = getComputedStyle(one);
    return one.scrollHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
  }));
  assert.ok(Math.abs(heights[0] - heights[1]) <= 1, `as high as the text: ${heights}`);
  await page.getByLabel("文本").fill(WRONG);
  await site.look(page, "editor");
});

test("a finding leads to its line, by keyboard as well", async () => {
  const page = await drafted();
  await page.getByRole("button", { name: "第10行" }).first().focus();
  await page.keyboard.press("Enter");
  assert.equal(await selected(page), WRONG.split("\n")[9]);
  // Whoever hears the page is told where they are.
  assert.equal(await page.locator("#f-place").innerText(), "光标在第10行");
  assert.match(await page.getByLabel("文本").getAttribute("aria-describedby"), /f-place/);
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.getElementById("f-place").textContent === "光标在第9行");
  await page.getByRole("button", { name: "第10行" }).first().click();
  assert.equal(await selected(page), WRONG.split("\n")[9]);
  assert.deepEqual(site.violations, []);
});

test("without scripts a finding still names its line", async () => {
  const page = await drafted();
  await page.getByRole("button", { name: "保存并检查" }).click();
  const bare = await site.browser.newContext({ javaScriptEnabled: false, locale: "zh-CN", storageState: await page.context().storageState() });
  const plain = await bare.newPage();
  await plain.goto(page.url());
  assert.match(await plain.locator("#findings").innerText(), /第10行/);
  assert.equal(await plain.locator(".numbers").count() + (await plain.getByRole("button", { name: "第10行" }).count()), 0);
  await bare.close();
});
