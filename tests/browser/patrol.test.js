// A village assistant patrols, finds a house built without approval and orders a stop; the township settles it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHOTO, Site } from "./site.js";

const ASSISTANT = "ningxiang-v1-assistant";
const PLANNING = "ningxiang-planning";
let site;

before(async () => (site = await Site.start("2024-03-04T09:00:00")));
after(async () => site?.stop());

let patrol;
let finding;

test("the assistant sees what is due and records the patrol", async () => {
  await site.advance("2024-03-05T09:00:00");
  const page = await site.page(ASSISTANT);
  await page.goto(site.base + "/duties");
  await site.look(page, "duties");
  await page.getByRole("main").getByRole("link", { name: "村级巡查" }).click();
  await site.look(page, "duty");
  await page.getByRole("main").locator('a[href^="/matters/"]').first().click();
  await site.look(page, "duty-instance");
  await page.getByRole("main").getByRole("link", { name: "登记巡查" }).first().click();
  patrol = await site.begin(ASSISTANT, new URL(page.url()).pathname + new URL(page.url()).search, "登记巡查", {
    body: "village", "patrol-date": "2024-03-05", "patrol-hours": "上午", route: "村口—后沟", people: "协管员和村干部二人",
    found: "something", "found-count": "1", stopping: "当场劝停", opinion: "责令停止", photos: PHOTO, signature: "yes",
  }, "patrol");
});

test("every finding gets its number before the record is closed", async () => {
  const page = await site.page(ASSISTANT);
  await site.act(ASSISTANT, patrol, "立案", { code: "pf-01", site: "公路北侧", cultivated: "no", facts: "没有批准书，已砌墙基", evidence: PHOTO }, "raise");
  await site.act(ASSISTANT, patrol, "记毕", { result: "已立案，责令停止" }, "patrol-close");
  await page.goto(site.base + "/desk");
  await site.look(page, "desk-assistant");
  finding = await page.getByRole("main").getByRole("link", { name: /公路北侧/ }).first().getAttribute("href");
});

test("the assistant orders a stop on paper and reports", async () => {
  await site.act(ASSISTANT, finding, "责令停止", { demand: "停止施工，恢复原状", "served-on": "2024-03-05", "rectify-by": "2024-03-15", "order-signature": "yes" }, "stop");
  const page = await site.page(ASSISTANT);
  await page.getByRole("main").getByRole("link", { name: /责令停止违法行为通知书/ }).first().click();
  await site.look(page, "stop-order");
  await site.paper(page, page.url() + ".pdf", "stop-order");
  await site.act(ASSISTANT, finding, "报告");
});

test("the township takes it up and closes it", async () => {
  await site.act(PLANNING, finding, "着手处理");
  await site.advance("2024-03-12T09:00:00");
  await site.act(PLANNING, finding, "已改正", { handled: "墙基已拆除，恢复原状", "after-photos": PHOTO }, "settle");
  const page = await site.page(PLANNING);
  assert.match(await page.getByRole("main").innerText(), /已改正/);
  await page.goto(site.base + "/registers/finding-ledger");
  await site.look(page, "finding-ledger");
  assert.match(await page.getByRole("main").innerText(), /公路北侧/);
});

test("the county reads it in the report and goes to what is behind the figure", async () => {
  const page = await site.page("county-agriculture");
  await page.goto(site.base + "/reports");
  await site.look(page, "reports");
  await page.getByRole("main").getByRole("link", { name: "问题的发现和处理" }).click();
  await site.look(page, "report");
  await page.getByRole("main").getByRole("row", { name: /未经批准|未批/ }).getByRole("link").first().click();
  assert.match(await page.locator("#behind").innerText(), /宅查〔2024〕/);
  await site.look(page, "report-behind");
  await page.goto(site.base + "/reports/homestead/leading-group-sheet");
  await site.look(page, "report-sheet");
  assert.deepEqual(site.violations, []);
});
