// Pages that only a filled-in form leads to, or no link of those who walk: who makes them, and their addresses.

const main = (page) => page.getByRole("main");
const press = (page, name) => main(page).getByRole("button", { name, exact: true }).click();
const path = (page) => new URL(page.url()).pathname;

/// A draft of an application, on its first step and at its end.
async function draft(site, page) {
  await page.goto(`${site.base}/services/homestead-application/apply`);
  await press(page, "开始填写");
  await page.waitForURL(/\/drafts\//);
  return [path(page), path(page).replace(/[^/]+$/, "review")];
}

/// The receipt of what lies on top of the desk, and several matters at once.
async function window(site, page) {
  await page.goto(`${site.base}/desk`);
  const matter = await main(page).locator('a[href^="/matters/"]').first().getAttribute("href");
  await main(page).getByRole("link", { name: /· 乡镇核对材料/ }).click();
  const together = await main(page).getByRole("link", { name: "成批办理" }).getAttribute("href");
  return [`${matter}/receipt`, together, "/keeping/procedures/homestead-application"];
}

/// A sheet whose columns fit the register, and one whose columns somebody has to fit.
async function sheets(site, page) {
  const made = [];
  for (const [name, text] of [["合用.csv", "规划编号,规划名称\r\n1,一\r\n"], ["旧台账.csv", "甲,乙\r\n一,二\r\n"]]) {
    await page.goto(`${site.base}/registers/plans/-/import`);
    await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(`\uFEFF${text}`) });
    await main(page).locator('button[type="submit"]').first().click();
    await page.waitForURL(/\/-\/import\/./);
    made.push(path(page).replace("/columns", ""), `${path(page).replace("/columns", "")}/columns`);
  }
  const row = "/registers/plans/gh-1";
  return [...made, "/registers/plans", "/registers/plans/-/enter", row, `${row}/change`, `${row}/close`];
}

/// A draft of a regulation with a mistake.
async function regulation(site, page) {
  await page.goto(`${site.base}/editor`);
  await page.getByLabel("从哪一份开始").selectOption("supervision");
  await press(page, "新建");
  await page.waitForURL(/\/editor\/./);
  const spoil = (area) => (area.value = area.value.replace("check-term: { value: 5 working-days", "check-term: { value: 3 m²"));
  await page.locator('textarea[name="text"]').evaluate(spoil);
  await press(page, "保存并检查");
  await page.getByRole("heading", { name: /\d+ 处错误/ }).waitFor();
  return [path(page), `${path(page)}/preview`, `${path(page)}/changes`];
}

const SHARE = "/shares/work-safety/business-units";

export const STATES = {
  everybody: async () => ["/gazette/items/safety06-1"],
  resident: draft,
  village: async () => ["/keeping/registers/households"],
  window,
  bureau: sheets,
  "owner of a share": async () => [SHARE, `${SHARE}/uses`, `${SHARE}/quality`],
  "county office": async () => ["/desk/gazette"],
  drafter: regulation,
};
