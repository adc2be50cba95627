// Work away from the office, in the sample county with its story: the clerk who enters for a household without a phone, the stake-out on
// the spot, the township's monthly round. All of them on a phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAPER, rows, Site } from "./site.js";

const CLERK = "ningxiang-v1-assistant";
const PLANNERS = "jinluo-planning";
let site;

before(async () => (site = await Site.start("2024-04-10T09:00:00", {}, { story: true })));
after(async () => site?.stop());

const main = (page) => page.getByRole("main");
const text = (page) => main(page).innerText();
const link = (page, name) => main(page).getByRole("link", { name }).first();

async function onPhone(who, path) {
  const page = await site.page(who);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(site.base + path);
  return page;
}

const HOUSEHOLD = {
  "applicant-name": "伍文礼", "applicant-sex": "f", "applicant-phone": "10000000011", "applicant-id-number": "999999199509110720",
  "applicant-register-address": "中阳县宁乡镇柳坪村第二组", "applicant-is-member": "yes", "current-plot-area": "0", "current-floor-area": "0",
  "requested-plot-area": "150", "requested-footprint-area": "110", "requested-address": "柳坪村第二组村西空地", "bound-east": "水渠",
  "bound-south": "村道", "bound-west": "空地", "bound-north": "山坡", "build-type": "new-site", "land-class": "construction-land",
  "requested-floor-area": "220", "requested-floors": "2", "requested-height": "7.20", "neighbours-consulted": "yes",
  "application-reason": "迁入落户，没有住房。", grounds: ["moved-in"], "former-plot": "no-plot", "whole-household-moved": "yes",
  "disposed-original-dwelling": "no", "settlement-paper": PAPER, "household-register-copy": PAPER, "id-card-copy": PAPER,
  "drawing-source": "firm", designer: "某设计院，乙级", drawings: PAPER, "applicant-signed-on": "2024-04-10",
  "commitment-reason": "planned-relocation", "promise-1": "yes", "promise-2": "yes", "build-within-months": "18", "promise-3": "yes",
  "promised-on": "2024-04-10", "applicant-signature": "yes", "promisor-signature": "yes",
};

test("a clerk enters for a household without a phone, and its receipt on paper leads to where anybody verifies it", async () => {
  const page = await onPhone(CLERK, "/desk");
  await link(page, "宅基地和建房（规划许可）申请：提交申请").click();
  await page.waitForURL(/\/apply/);
  const way = page.url().slice(site.base.length);
  const matter = await site.begin(CLERK, way, "提交申请", HOUSEHOLD, undefined, { "about.household": "h011" });
  await site.look(page, "clerk-receipt");
  const number = /\d{4}-141129100-\d{4}/.exec(await text(page))[0];
  await link(page, "收件回执").click();
  await page.waitForURL(/\/documents\//);
  await site.paper(page, `${page.url()}.pdf`, "clerk-receipt");
  const printed = await page.locator('a[href^="/verify/"]').getAttribute("href");
  await site.look(page, "clerk-receipt-paper");
  const anybody = await onPhone("", printed);
  assert.match(await text(anybody), /收件回执/);
  await site.look(anybody, "clerk-receipt-verified");
  const household = await onPhone("resident-011", "/track");
  assert.match(await text(household), new RegExp(number));
  await household.goto(site.base + matter);
  assert.match(await text(household), new RegExp(number));
});

const CORNERS = [
  ["J1", "4134804", "37515742"], ["J2", "4134804", "37515754"], ["J3", "4134789", "37515754"], ["J4", "4134789", "37515742"],
].map(([corner, x, y]) => ({ corner, x, y }));

test("the plot is staked out on the spot, and not larger than what was approved", async () => {
  const planners = "wujiazhuang-planning";
  const page = await onPhone(planners, "/desk");
  await link(page, /穆凤云/).click();
  await page.waitForURL(/\/matters\//);
  const permit = new URL(page.url()).pathname;
  const measured = {
    ...rows("corner-points", CORNERS), "visited-on": "2024-04-10", "stake-out-staff": "规划办二人、协管员", "measured-length": "15.00",
    "measured-width": "12.50", "measured-area": "187.50", "staked-east": "村道", "staked-south": "空地", "staked-west": "水渠",
    "staked-north": "耕地边", "house-position": "南墙距村道三米", "stake-out-sketch": PAPER, "holder-signed": "穆凤云", "stake-out-signature": "yes",
  };
  assert.match(await site.refused(planners, permit, "登记划定结果", measured), /量得面积187\.5 平方米超过批准面积180 平方米/);
  await site.act(planners, permit, "登记划定结果", { ...measured, "measured-width": "12.00", "measured-area": "180.00" });
  assert.match(await text(page), /已划定、待开工/);
  await site.look(page, "staked-out");
  const household = await onPhone("resident-115", permit);
  await link(household, "丈量批放记录").click();
  await household.waitForURL(/\/documents\//);
  assert.match(await text(household), /180/);
  await site.look(household, "stake-out-record");
});

test("the township makes its round of the month, and the month is done", async () => {
  const page = await onPhone(PLANNERS, "/duties");
  await link(page, /乡镇巡查/).click();
  await page.waitForURL(/\/duties\//);
  await link(page, /2024年4月|待巡查/).click();
  await page.waitForURL(/\/matters\//);
  const month = new URL(page.url()).pathname;
  const way = await link(page, "登记巡查").getAttribute("href");
  await site.begin(PLANNERS, way, "登记巡查", {
    body: "township", "patrol-date": "2024-04-10", "patrol-hours": "上午", route: "镇区南面—金罗村", people: "规划办二人", found: "nothing", signature: "yes",
  });
  await page.goto(site.base + month);
  assert.match(await text(page), /已巡查/);
  await site.look(page, "month-patrolled");
});

test("nothing is wrong with the pages that they saw", () => assert.deepEqual(site.violations, []));
