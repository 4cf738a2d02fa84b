import { expect, test } from "../desk";

test("every kind stands in the list with its name, its state and its facts in words", async ({ desk, mock }) => {
  await desk.open();
  const shown: [string, string, string, string][] = [
    ["meter_rotation", "planned", "表计轮换", "表号 3501-7714202"], ["site_survey", "requested", "现场勘查", "新装勘查 v1 · 申请容量（kVA） 630"],
    ["notice", "drawn_up", "停电通知", "欠费停电"], ["disconnection", "ordered", "停电执行", "欠费 · 停电通知书 20261123-0058"], ["meter_service", "ordered", "装表接电", "校表"],
  ];
  for (const [kind, state, name, matter] of shown) {
    const row = desk.row(mock.world.ofKind(kind, state).id);
    await expect(row).toContainText(name);
    await expect(row).toContainText(matter);
  }
  await expect(desk.row(mock.world.ofKind("notice", "drawn_up").id)).toContainText("已拟制");
  await expect(desk.group("new")).toContainText("待派");
});

test("kinds are chosen by the filter and by their number key, phases by whose turn it is", async ({ desk, mock, page }) => {
  await desk.open();
  const count = (kind: string) => mock.world.scenario.items.filter((item) => item.kind === kind).length;
  await page.getByLabel("工单类型").selectOption("notice");
  await expect(page.locator("[data-row]")).toHaveCount(count("notice"));
  await page.locator("#board").focus();
  await page.keyboard.press("2");
  await expect(page.getByLabel("工单类型")).toHaveValue("meter_rotation");
  await expect(page.locator("[data-row]")).toHaveCount(count("meter_rotation"));
  await page.getByLabel("阶段").selectOption("to_give_out");
  await expect(page.locator("[data-row]")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await page.locator("#board").focus();
  await page.keyboard.press("0");
  await expect(page.getByLabel("工单类型")).toHaveValue("");
  await expect(page.locator("[data-group]")).toHaveCount(3);
});

test("a meter's number finds its rotation", async ({ desk, mock, page }) => {
  await desk.open();
  await page.getByRole("searchbox").fill("3501-7714202");
  await expect(page.locator("[data-row]")).toHaveCount(1);
  await expect(desk.row(mock.world.ofKind("meter_rotation", "planned").id)).toBeVisible();
});

test("a clock that counts workdays is told in days, and an appointment stands where no clock runs", async ({ desk, mock }) => {
  const survey = mock.world.ofKind("site_survey", "requested");
  await desk.open();
  await expect(desk.face(survey.id)).toContainText("8天23时");
  await expect(desk.face(survey.id)).toHaveAttribute("title", "供电方案答复");
  await expect(desk.face(mock.world.ofKind("meter_rotation", "booked").id)).toContainText("09:30");
  await expect(desk.face(mock.world.ofKind("meter_rotation", "planned").id)).toHaveAttribute("data-face", "none");
  await desk.row(survey.id).click();
  await expect(desk.panel.locator("[data-clock=reply]")).toContainText("按工作日计算");
});

test("an order's facts, readings, files and signature are told in the words of the kind", async ({ desk, mock }) => {
  const item = mock.world.concerned("values_differ");
  await desk.open(`#/item/${item.id}`);
  await expect(desk.panel.locator("[data-fact=registers]").first()).toContainText(/示数类型 1\s*上次示数 10901\.4/);
  await expect(desk.panel.locator("[data-report=exchanged]")).toContainText("榕 004512");
  const reading = desk.panel.locator("[data-value='removed/1']");
  await expect(reading).toContainText("拆除表 · 示数类型 1");
  await expect(reading).toContainText("计费");
  await expect(reading.locator("[data-shown]")).toHaveText([/10984\.31/, /10948\.31/]);
  await expect(desk.panel.locator("[data-file][data-stored=true]")).toContainText("已存");
  await expect(desk.panel.locator("[data-file][data-stored=false]")).toContainText("仍在手机上");
  const signature = desk.panel.getByRole("img", { name: "郑秀英的签名" });
  await expect.poll(() => signature.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
});

test("a signature that carries a script is a picture and nothing else", async ({ desk, mock, page }) => {
  const item = mock.world.concerned("values_differ");
  item.signatures[0]!.svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="parent.ran=1"><script>window.top.ran = 1</script><path d="M0 0L9 9"/></svg>';
  await desk.open(`#/item/${item.id}`);
  const signature = desk.panel.getByRole("img", { name: "郑秀英的签名" });
  await expect.poll(() => signature.evaluate((image: HTMLImageElement) => image.complete)).toBe(true);
  expect(await page.evaluate(() => "ran" in window)).toBe(false);
  await expect(desk.panel.locator("svg, script, iframe, object")).toHaveCount(0);
});

test("the safety gate shows what is done, by whom, what is missing, and that the start was forced", async ({ desk, mock }) => {
  const item = mock.world.concerned("forced_start");
  await desk.open(`#/item/${item.id}`);
  await expect(desk.panel.locator("[data-safety=work_ticket]")).toContainText(/工作票\s*榕抢 2026-1123-07/);
  await expect(desk.panel.locator("[data-safety=work_ticket]")).toContainText(item.safety.done[0]!.by.name!);
  await expect(desk.panel.locator("[data-safety=earthed]")).toContainText("未登记");
  await expect(desk.panel.locator("[data-safety][data-done=false]")).toHaveCount(item.safety.missing.length);
  await expect(desk.panel.locator("[data-forced]")).toContainText("台风逼近");
});

test("who reported the same fault and was not asked is offered for the follow-up", async ({ desk, mock, page }) => {
  const item = mock.world.inState("completed", 3);
  const [unasked, asked] = item.reporters;
  await desk.open(`#/item/${item.id}`);
  await expect(desk.panel.locator(`[data-reporter="${unasked!.document}"]`)).toContainText("未回访");
  await expect(desk.panel.locator(`[data-reporter="${asked!.document}"]`)).toContainText("已回访");
  await page.locator("[data-action=followed_up]").click();
  const form = page.getByRole("form", { name: "登记回访" });
  await expect(form.getByRole("radio")).toHaveCount(2);
  await form.getByLabel(unasked!.customer).check();
  await form.getByLabel("回访结果").fill("已来电");
  await form.getByRole("button", { name: "登记回访" }).click();
  await expect(desk.panel.locator(`[data-reporter="${unasked!.document}"]`)).toContainText("已回访");
  expect(mock.sent("followed_up")).toEqual([{ result: "已来电", reporter: unasked!.document }]);
  await page.locator("[data-action=followed_up]").click();
  await expect(page.getByRole("form", { name: "登记回访" }).getByRole("radio")).toHaveCount(0);
});

test("when the own customer was asked, only the other reporters are left to ask", async ({ desk, mock, page }) => {
  const item = mock.world.inState("completed", 3);
  mock.world.update(item.id, { state: "followed_up", phase: "followed_up" });
  await desk.open(`#/item/${item.id}`);
  await page.locator("[data-action=followed_up]").click();
  const form = page.getByRole("form", { name: "登记回访" });
  await expect(form.getByRole("radio")).toHaveCount(1);
  await form.getByLabel("回访结果").fill("已来电");
  await form.getByRole("button", { name: "登记回访" }).click();
  await expect(form.getByRole("alert")).toHaveText("请填写：回访对象");
});

test("descriptions that cannot be loaded are asked for again; until then codes are shown", async ({ desk, mock, page }) => {
  mock.intercepts.push({ path: /^\/kinds$/, how: "refused", problem: { status: 503, code: "busy", detail: null, retry_after_ms: 4000 } });
  await desk.open();
  await expect(page.getByRole("alert")).toContainText("服务器繁忙");
  await expect(desk.row(mock.world.inState("reported").id)).toContainText("repair dispatch");
  await page.getByRole("button", { name: "重试" }).click();
  await expect(desk.row(mock.world.inState("reported").id)).toContainText("故障抢修");
  await expect(page.getByRole("alert")).toHaveCount(0);
});
