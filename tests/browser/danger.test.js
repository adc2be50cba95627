// An inspector finds a danger at an enterprise; it is graded as major, reported twice within twenty-four hours, rectified, verified and cancelled.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAPER, PHOTO, Site, fill } from "./site.js";

const INSPECTOR = "county-emergency";
const VERIFIER = "county-emergency-2";
const OFFICE = "county-safety-office";
const ENTERPRISE = "resident-005";
let site;
let danger;
let report;

before(async () => (site = await Site.start("2024-04-15T09:30:00")));
after(async () => site?.stop());

/// The address of what lies on the enterprise's desk.
async function own(words) {
  const page = await site.page(ENTERPRISE);
  await page.goto(site.base + "/desk");
  return page.getByRole("main").getByRole("link", { name: words }).first().getAttribute("href");
}

/// Fills in the form of an act and sends it where there is no network, closes the page, and comes back into the network on another one.
async function withoutNetwork(who, path, label, answers, picture) {
  const page = await site.page(who);
  const context = page.context();
  await page.goto(site.base + path);
  await page.getByRole("main").getByRole("link", { name: label, exact: true }).first().click();
  await fill(page, answers);
  await context.setOffline(true);
  await page.getByRole("main").getByRole("button", { name: label, exact: true }).click();
  await page.getByRole("heading", { name: "没有交上去的有 1 件" }).waitFor();
  await site.look(page, picture);
  await page.goto("about:blank");
  await context.setOffline(false);
  await page.goto(`${site.base}/desk`);
  return page;
}

test("an inspector reports a danger with a photograph", async () => {
  danger = await site.begin(INSPECTOR, "/services/safety-hazard/apply?act=report-hazard", "报告隐患", {
    "hazard-place": "三采区回风巷", "hazard-source": "inspection", "hazard-found-on": "2024-04-15", "hazard-text": "局部通风机停运，瓦斯超限",
    "hazard-photos": PHOTO,
  }, "danger", { "about.enterprise": "91999999MA0JD0001R", "about.unit": "emergency" });
});

test("another grades it as major; the enterprise has twenty-four hours for both reports", async () => {
  await site.advance("2024-04-15T10:00:00");
  const sent = await withoutNetwork(VERIFIER, danger, "重大隐患，挂牌督办", { "grading-ground": "煤矿重大事故隐患判定标准" }, "danger-grade-offline");
  await sent.getByRole("heading", { name: "已经补交" }).waitFor();
  await site.look(sent, "danger-grade-sent");
  report = await own(/双报告/);
  await site.advance("2024-04-15T15:00:00");
  const page = await site.page(ENTERPRISE);
  await page.goto(site.base + report);
  const text = await page.getByRole("main").innerText();
  assert.match(text, /截止 2024年4月16日 10:00/);
  assert.match(text, /还有 19 小时/);
  await site.look(page, "double-report");
  await site.act(ENTERPRISE, report, "已报监管部门", { "report-text": "已书面报告", "report-proof": PAPER }, "double-report-one");
});

test("a second too late, the safety office hears that the staff were not told", async () => {
  await site.advance("2024-04-16T10:00:00");
  const page = await site.page(ENTERPRISE);
  await page.goto(site.base + report);
  assert.match(await page.getByRole("main").innerText(), /还有不到 1 分钟/);
  await site.advance("2024-04-16T10:00:01");
  await page.goto(site.base + report);
  assert.match(await page.getByRole("main").innerText(), /已逾期/);
  await site.look(page, "double-report-late");
  const office = await site.page(OFFICE);
  await office.goto(site.base + "/desk");
  assert.match(await office.getByRole("main").innerText(), /待双报告”已逾期：期限是2024年4月16日10:00/);
  await site.look(office, "desk-safety-office");
  await site.act(ENTERPRISE, report, "已报职工代表大会", { "report-text": "已在会上报告", "report-proof": PAPER });
});

test("the enterprise rectifies", async () => {
  await site.act(ENTERPRISE, danger, "五落实，开始整改", {
    "responsible-post": "总工程师", "limit-on": "2024-05-10", funds: "120000", "rectify-measures": "更换局部通风机，双电源", "rectify-plan": PAPER,
  }, "danger-plan");
  await site.advance("2024-04-25T09:00:00");
  await site.act(ENTERPRISE, danger, "整改完成", { "done-text": "风机已更换，试运行正常", "done-files": PHOTO, "funds-spent": "118000" }, "danger-done");
});

test("who found it does not cancel it; another verifies on the spot and does", async () => {
  const finder = await site.page(INSPECTOR);
  await finder.goto(site.base + danger);
  assert.equal(await finder.getByRole("main").getByRole("link", { name: "复查合格，销号", exact: true }).count(), 0);
  const page = await withoutNetwork(VERIFIER, danger, "复查合格，销号", {
    "review-photos": PHOTO, "cause-code": "equipment", "review-post": "执法股", "review-signed": "yes",
  }, "danger-cancel-offline");
  // It cannot be taken back: the server wants it to be confirmed.
  await page.getByRole("main").getByText("（要再核对）").waitFor();
  await site.look(page, "danger-cancel-kept");
  await page.getByRole("button", { name: "现在补交" }).click();
  await page.getByRole("button", { name: "确认办理" }).click();
  await page.waitForURL((url) => url.pathname === danger);
  assert.match(await page.getByRole("main").innerText(), /已销号/);
  await page.goto(site.base + "/registers/hazard-ledger");
  await site.look(page, "hazard-ledger");
  assert.match(await page.getByRole("main").innerText(), /三采区回风巷/);
  assert.deepEqual(site.violations, []);
});
