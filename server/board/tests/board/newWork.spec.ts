import { expect, test } from "../desk";

test("a new rotation's meter and registers are entered without JSON", async ({ desk, mock, page }) => {
  await desk.open("#/new");
  const form = page.getByRole("form", { name: "新建工单" });
  await form.getByLabel("表计轮换").check();
  await form.locator("[name=address]").fill("温泉街道树汤路 90 号");
  await form.locator("[name=name]").fill("林秀英");
  await form.locator("[name=district]").selectOption({ index: 1 });
  await form.locator("[name='about.meter.serial']").fill("3501-7714300");
  await form.locator("[name='about.meter.multiplier']").fill("30");
  await form.locator("[data-map-row='1'] [name$=last_index]").fill("8120.5");
  await form.locator("[data-map-row='1'] [name$=digits]").fill("6");
  await form.getByRole("button", { name: "+ 示数类型" }).click();
  await expect(form.locator("[name='about.meter.registers#1']")).toBeFocused();
  await form.locator("[name='about.meter.registers#1']").fill("峰");
  await form.locator("[data-map-row='峰'] [name$=last_index]").fill("2210");
  await form.locator("[data-map-row='峰'] [name$=digits]").fill("6");
  await form.getByRole("button", { name: "提交工单" }).click();
  await expect(page).toHaveURL(/#\/item\//);
  const { about, kind, customer } = mock.world.created[0]!.row;
  expect({ about, kind, customer }).toEqual({
    kind: "meter_rotation", customer: { name: "林秀英" },
    about: { meter: { serial: "3501-7714300", multiplier: 30, registers: { 1: { last_index: 8120.5, digits: 6 }, 峰: { last_index: 2210, digits: 6 } } } },
  });
  await expect(desk.panel).toContainText("示数类型 峰");
});

test("a row of a map can be taken away, and a number that stands twice is refused before it is sent", async ({ desk, mock, page }) => {
  await desk.open("#/new");
  const form = page.getByRole("form", { name: "新建工单" });
  await form.getByLabel("表计轮换").check();
  const meter = form.locator("[data-field='meter.registers']");
  await form.getByRole("button", { name: "+ 示数类型" }).click();
  await form.locator("[name='about.meter.registers#1']").fill("1");
  await form.getByRole("button", { name: "提交工单" }).click();
  await expect(meter.getByText("编号重复")).toBeVisible();
  await expect(form.getByRole("alert")).toContainText("示数：编号重复");
  await form.locator("[name='about.meter.multiplier']").fill("30.5");
  await form.getByRole("button", { name: "提交工单" }).click();
  await expect(form.locator("[data-field='meter.multiplier']")).toContainText("不是有效数字");
  await form.getByRole("button", { name: /^删除/ }).first().click();
  await expect(form.locator("[data-map-row]")).toHaveCount(1);
  expect(mock.world.created).toHaveLength(0);
});

test("a survey names one of the forms, in its version", async ({ desk, mock, page }) => {
  await desk.open("#/new");
  const form = page.getByRole("form", { name: "新建工单" });
  await form.getByLabel("现场勘查").check();
  await form.locator("[name=address]").fill("金山街道浦上大道 1 号");
  await form.locator("[name=name]").fill("榕建物流");
  await form.locator("[name=district]").selectOption({ index: 3 });
  await form.getByLabel("勘查表").selectOption({ label: "增容勘查 v2" });
  await expect(form.getByText("占道作业")).toHaveCount(0);
  await form.getByRole("button", { name: "提交工单" }).click();
  await expect(page).toHaveURL(/#\/item\//);
  expect(mock.world.created[0]!.row.about).toEqual({ form: { form: "capacity_change", version: 2 } });
});

test("a disconnection names its notice, and only notices are offered", async ({ desk, mock, page }) => {
  const served = mock.world.ofKind("notice", "served");
  await desk.open("#/new");
  const form = page.getByRole("form", { name: "新建工单" });
  await form.getByLabel("停电执行").check();
  await form.locator("[name=address]").fill(served.site.address);
  await form.locator("[name=name]").fill("潘海峰");
  await form.locator("[name=district]").selectOption(served.district);
  await form.getByLabel("欠费").check();
  await expect(form.locator("[name='about.notice']")).toHaveCount(2);
  await form.getByRole("searchbox").fill("潘海峰");
  await form.locator("[name='about.notice']").check();
  await form.getByLabel("登高作业").check();
  await form.getByRole("button", { name: "提交工单" }).click();
  await expect(page).toHaveURL(/#\/item\//);
  expect(mock.world.created[0]!.row.about).toEqual({ reason: "arrears", notice: served.id });
  expect(JSON.parse(mock.requests.find(({ method, path }) => method === "POST" && path === "/work")!.body)).toMatchObject({ at_height: true });
});

test("changing the kind loses nothing that was entered", async ({ desk, page }) => {
  await desk.open("#/new");
  const form = page.getByRole("form", { name: "新建工单" });
  await form.locator("[name=address]").fill("上下杭 5 号");
  await form.getByLabel("故障描述").fill("灯闪");
  await form.getByLabel("装表接电").check();
  await expect(form.locator("[name=address]")).toHaveValue("上下杭 5 号");
  await form.getByLabel("故障抢修").check();
  await expect(form.getByLabel("故障描述")).toHaveValue("灯闪");
});
