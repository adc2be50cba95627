// A department's contract is filed late, both offices give their receipts; finance asks the payment gate and reads every reason at once, on a phone too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { PAPER, Site } from "./site.js";

const HANDLER = "county-water";
const HEAD = "water-head";
let site;
let contract;

before(async () => (site = await Site.start("2024-04-10T09:00:00")));
after(async () => site?.stop());

async function text(page) {
  return page.getByRole("main").innerText();
}

test("a contract signed nine days ago is late, warned of and still receipted by both", async () => {
  contract = await site.begin(
    HANDLER,
    "/services/it-contract/apply?act=record-contract",
    "登记签订的合同",
    {
      "contract-no": "SL-2024-09",
      "contract-name": "水情监测运维合同",
      "contract-kind": "om",
      "party-b": /样例数据建设公司/,
      "signed-on": "2024-03-29",
      "contract-amount": "120000",
      "runs-from": "2024-04-01",
      "runs-to": "2025-03-31",
      ownership: "county-government",
      "contract-file": PAPER,
    },
    "it-contract",
  );
  await site.advance("2024-04-12T09:00:00");
  const page = await site.page(HANDLER);
  await page.goto(site.base + contract);
  assert.match(await text(page), /逾期/);
  await site.act(HANDLER, contract, "备案", {}, "it-contract-file");
  await site.act("county-approval", contract, "主管部门回执");
  await site.act("county-finance", contract, "财政局回执", {}, "it-contract-receipt");
  await page.goto(site.base + contract);
  assert.match(await text(page), /已备案/);
});

test("the whole file of the contract leaves as one package", async () => {
  const page = await site.page("county-approval");
  await page.goto(site.base + contract);
  const link = page.getByRole("link", { name: "下载归档包（ZIP）" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), "HT-2024-0001.zip");
  const bytes = readFileSync(await download.path());
  // The beginning of a ZIP, and its end: nothing broke off on the way.
  assert.equal(bytes.subarray(0, 4).toString("latin1"), "PK\x03\x04");
  assert.ok(bytes.lastIndexOf("PK\x05\x06") > bytes.length - 100);
});

test("the payment gate answers with all reasons at once", async () => {
  const payment = await site.begin(
    "county-finance",
    "/services/it-payment/apply?act=ask-gate&about.unit=department/water",
    "核查能不能付",
    { "pay-kind": "om", "pay-asked": "120000", "pay-year": "2024", "pay-stage": "第一季度", "changed-part": "no" },
    "it-gate",
    { "about.system": "stock/ZY-water-S1" },
  );
  const page = await site.page("county-finance");
  await page.goto(site.base + payment);
  await site.look(page, "it-gate-answer");
  const said = await text(page);
  assert.match(said, /不准拨付/);
  assert.match(said, /IT-E-401/);
  assert.match(said, /IT-E-403/);
});

test("the catalogue is certified by the head of the department", async () => {
  const page = await site.page(HEAD);
  await page.goto(`${site.base}/desk`);
  await page.getByRole("main").getByRole("link", { name: /目录核查/ }).first().click();
  const matter = new URL(page.url()).pathname;
  await site.act(HEAD, matter, "确认", { certified: "yes", "certified-signature": "yes" }, "it-certify");
  await page.goto(site.base + matter);
  assert.match(await text(page), /已确认/);
});

test("nothing is in the way of people who use the pages", () => assert.deepEqual(site.violations, []));
