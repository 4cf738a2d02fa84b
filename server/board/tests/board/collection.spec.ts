import { total, yuan } from "../../src/fen";
import { expect, test } from "../desk";
import { AFTERNOON } from "../mock/server";

test.use({ at: AFTERNOON });

test.describe("sessions", () => {
  test("stand in groups, with what was missing or too much in words, and a total that nets neither away", async ({ desk, mock, page }) => {
    await desk.open("#/collection/sessions");
    await expect(page.locator("[data-session]")).toHaveCount(mock.collection.rounds.length);
    for (const [group, n] of [["overdue", 0], ["open", 3], ["settled", 4]] as const) {
      const round = mock.collection.rounds[n]!;
      await expect(page.locator(`[data-sessions=${group}] [data-session="${round.session}"]`)).toContainText(round.collector.name);
    }
    const row = (n: number) => page.locator(`[data-session="${mock.collection.rounds[n]!.session}"]`);
    await expect(row(0)).toContainText("逾期");
    await expect(row(0).locator("[data-break]")).toHaveText("盘点\u221230.00短款");
    await expect(row(2).locator("[data-break]")).toHaveText("盘点+5.00长款");
    await expect(row(4).locator("[data-break]")).toHaveText("解款\u221210.00短款");
    await expect(row(1)).toContainText(yuan(total(mock.collection.record(mock.collection.rounds[1]!).to_deposit!)));
    await expect(page.locator("tfoot [data-break]")).toHaveText(["\u221240.00短款", "+5.00长款"]);
  });

  test("a day is asked for by its date, and today's brings the unsettled ones back", async ({ desk, mock, page }) => {
    await desk.open("#/collection/sessions");
    await page.locator("[name=day]").fill("2026-11-22");
    await expect(page.locator("[data-session]")).toHaveCount(1);
    expect(mock.requests.filter(({ path }) => path === "/collection/sessions").at(-1)!.query).toBe("?day=2026-11-22");
    await page.getByRole("button", { name: "今日" }).click();
    await expect(page.locator("[data-session]")).toHaveCount(mock.collection.rounds.length);
  });

  test("the identity of each is told line by line and adds up", async ({ desk, mock, page }) => {
    await desk.open("#/collection/sessions");
    for (const round of mock.collection.rounds) {
      await page.locator(`[data-session="${round.session}"]`).click();
      await expect(desk.panel).toContainText(round.collector.name);
      await expect(desk.panel.locator("[data-entry]")).toHaveCount(round.entries.length);
      const shown = async (line: string) => fenOf(await desk.panel.locator(`[data-line=${line}] td`).nth(3).innerText());
      const net = (await shown("collected")) + (await shown("voided")) + (await shown("refunded"));
      expect(await shown("net")).toBe(net);
      if (!round.closing) {
        await expect(desk.panel.locator("[data-bag]")).toContainText("应在手款项");
        continue;
      }
      const last = round.settled ? "deposit_break" : "to_deposit";
      const parts = await Promise.all(["confirmed", "float_difference", "count_break", last].map(shown));
      expect(parts.reduce((all, fen) => all + fen, 0)).toBe(net);
      expect(await shown("accounted")).toBe(net);
      await expect(desk.panel.locator("[data-holds]")).toHaveAttribute("data-holds", "true");
    }
  });

  test("a sum that does not come out is said, whoever is wrong", async ({ desk, mock, page }) => {
    const round = mock.collection.rounds[0]!;
    await page.route(`**/v1/collection/sessions/${round.session}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), count_break: 2999 } });
    });
    await desk.open(`#/collection/sessions/${round.session}`);
    await expect(desk.panel.locator("[data-holds=false]")).toHaveText("✕ 不平");
  });

  test("an entry tells its ticket, account, method, state, signature and place in the journal", async ({ desk, mock }) => {
    const round = mock.collection.rounds[1]!;
    await desk.open(`#/collection/sessions/${round.session}`);
    const entry = (n: number) => desk.panel.locator(`[data-entry="${round.entries[n]!.seq}"]`);
    const [voided, unsigned] = [round.entries[3]!, round.entries[9]!];
    for (const part of [voided.ticket!, voided.account!, yuan(voided.amount), "已作废", voided.hash.slice(0, 8), "已签名"]) await expect(entry(3)).toContainText(part);
    await expect(entry(9)).toContainText("待补签");
    expect(unsigned.signed).toBe(false);
    await expect(desk.panel.locator("[data-entry]").filter({ hasText: "户号开错" })).toContainText("作废");
  });
});

test.describe("deposits and settlement", () => {
  test("a declared slip is confirmed with what the cashier typed, and what differs is said before", async ({ desk, mock, page }) => {
    mock.roles = ["cashier"];
    const round = mock.collection.rounds[1]!;
    const slip = round.deposits[1]!;
    await desk.open(`#/collection/sessions/${round.session}`);
    await page.locator(`[data-confirm="${slip.slip}"]`).click();
    await expect(page.locator("[name=cash]")).toBeFocused();
    await expect(page.locator("[name=cash]")).toHaveValue(yuan(slip.declared!.cash));
    await page.locator("[name=cash]").fill("86,40");
    await expect(desk.panel).toContainText("金额格式不对");
    await page.getByRole("button", { name: "确认到账" }).last().click();
    expect(mock.ordered(/deposits$/)).toEqual([]);
    await page.locator("[name=cash]").fill("￥" + yuan(slip.declared!.cash - 50));
    await expect(desk.panel.getByRole("form")).toContainText("与申报不符");
    await page.keyboard.press("Enter");
    await expect(page.locator(`[data-slip="${slip.slip}"]`)).toContainText("≠ " + yuan(total(slip.declared!) - 50));
    expect(mock.ordered(/deposits$/)).toEqual([{ slip: slip.slip, cash: slip.declared!.cash - 50, cheque: slip.declared!.cheque, terminal: slip.declared!.terminal }]);
    // Fifty fen are left: the session says so, and so does the list.
    await expect(desk.panel.locator("[data-line=to_deposit] td").nth(3)).toHaveText("0.50");
    await expect(page.locator(`[data-session="${round.session}"]`)).toContainText("0.50");
  });

  test("a slip that the collector did not declare is confirmed under its number", async ({ desk, mock, page }) => {
    const round = mock.collection.rounds[2]!;
    await desk.open(`#/collection/sessions/${round.session}`);
    await page.locator("[data-confirm='']").click();
    await page.locator("[name=cash]").fill("12.3");
    await page.keyboard.press("Enter");
    await expect(desk.panel.getByRole("alert")).toContainText("请填写解款单号");
    await page.locator("[name=slip]").fill("补-7");
    await page.keyboard.press("Enter");
    await expect(page.locator("[data-slip='补-7']")).toContainText("收费员未申报");
    expect(mock.ordered(/deposits$/)).toEqual([{ slip: "补-7", cash: 1230, cheque: 0, terminal: 0 }]);
  });

  test("a slip that somebody else confirmed meanwhile is refused in the server's words", async ({ desk, mock, page }) => {
    const round = mock.collection.rounds[1]!;
    const slip = round.deposits[1]!;
    await desk.open(`#/collection/sessions/${round.session}`);
    await page.locator(`[data-confirm="${slip.slip}"]`).click();
    slip.confirmed = slip.declared;
    await page.keyboard.press("Enter");
    await expect(desk.panel.getByRole("alert")).toContainText(`slip ${slip.slip} is confirmed already`);
    await expect(desk.panel.getByRole("alert")).toContainText("与当前状态不符");
    await expect(page.locator(`[data-slip="${slip.slip}"]`)).toContainText("✓");
  });

  test("the same sum by another method differs too, and the settlement says so", async ({ desk, mock, page }) => {
    const round = mock.collection.rounds[0]!;
    const { declared } = round.deposits[0]!;
    round.deposits[0]!.confirmed = { cash: declared!.terminal, cheque: declared!.cheque, terminal: declared!.cash };
    await desk.open(`#/collection/sessions/${round.session}`);
    const slip = page.locator("[data-slip]");
    await expect(slip).toContainText("≠ " + yuan(total(declared!)));
    for (const part of [`现金 ${yuan(declared!.cash)}`, `现金 ${yuan(declared!.terminal)}`, `POS ${yuan(declared!.cash)}`]) await expect(slip).toContainText(part);
    await page.locator("[data-action=settle]").click();
    await expect(page.locator("[data-shifted]")).toContainText("分项不符");
    await expect(page.locator("[name=reason]")).toHaveCount(0);
  });

  test("a settlement with money missing needs a reason and raises a break", async ({ desk, mock, page }) => {
    const round = mock.collection.rounds[2]!;
    await desk.open(`#/collection/sessions/${round.session}`);
    await expect(page.locator("[data-tab=breaks]")).toContainText("5");
    await page.locator("[data-action=settle]").click();
    await expect(desk.panel.getByRole("form")).toContainText("尚未确认的解款单：20261123-0044");
    const settle = desk.panel.getByRole("form").getByRole("button", { name: "结算" });
    await settle.click();
    await expect(desk.panel.getByRole("alert")).toHaveText("请说明原因。");
    expect(mock.ordered(/settle$/)).toEqual([]);
    await page.locator("[name=reason]").fill("解款单丢失，次日补");
    await settle.click();
    await expect(desk.panel).toContainText("已结算");
    await expect(desk.panel).toContainText("出纳对解款的说明：解款单丢失，次日补");
    expect(mock.ordered(/settle$/)).toEqual([{ reason: "解款单丢失，次日补" }]);
    await expect(page.locator("[data-tab=breaks]")).toContainText("6");
    await expect(page.locator("[data-sessions=settled] [data-session]")).toHaveCount(2);
    await expect(desk.panel.locator("[data-action=settle], [data-confirm]")).toHaveCount(0);
  });

  test("a settlement without a difference asks nothing", async ({ desk, mock, page }) => {
    const round = mock.collection.rounds[0]!;
    await desk.open(`#/collection/sessions/${round.session}`);
    await page.locator("[data-action=settle]").click();
    await expect(page.locator("[name=reason]")).toHaveCount(0);
    await desk.panel.getByRole("form").getByRole("button", { name: "结算" }).click();
    await expect(desk.panel).toContainText("已结算");
    expect(mock.ordered(/settle$/)).toEqual([{}]);
  });

  test("Esc closes the form first and the session after it", async ({ desk, mock, page }) => {
    await desk.open(`#/collection/sessions/${mock.collection.rounds[2]!.session}`);
    await page.locator("[data-action=settle]").click();
    await page.locator("[name=reason]").fill("x");
    await page.keyboard.press("Escape");
    await expect(desk.panel.getByRole("form")).toHaveCount(0);
    await expect(desk.panel).toContainText(mock.collection.rounds[2]!.collector.name);
    await page.keyboard.press("Escape");
    await expect(desk.panel).toHaveCount(0);
    await expect(page).toHaveURL(/#\/collection\/sessions$/);
  });
});

test.describe("breaks", () => {
  test("say what is at stake, are decided with a note, and leave the open ones", async ({ desk, mock, page }) => {
    const flag = mock.collection.flags[1]!;
    await desk.open("#/collection/breaks");
    await expect(page.locator("[data-flag]")).toHaveCount(5);
    await page.locator("[data-flag=double_payment]").click();
    await expect(desk.panel).toContainText("两笔款都有效");
    await expect(desk.panel).toContainText(yuan(flag.amount!));
    await expect(desk.panel.locator("[data-choice]")).toHaveText(["转为预存", "退还客户"]);
    await page.locator("[name=note]").fill("客户同意");
    await page.locator("[data-choice=keep_as_prepayment]").click();
    await expect(desk.panel.getByRole("status")).toContainText("转为预存");
    await expect(page.locator("[data-flag]")).toHaveCount(4);
    await expect(page.locator("[data-tab=breaks]")).toContainText("4");
    expect(mock.requests.filter(({ method, path }) => method === "POST" && path !== "/login").map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      [`/collection/books/${flag.book}/flags/resolve`, { flag: flag.flag, choice: "keep_as_prepayment", note: "客户同意" }],
    ]);
    await page.getByRole("button", { name: "全部" }).click();
    await expect(page.locator("[data-flag]")).toHaveCount(6);
    await expect(page.locator("[data-flag=key_changed]")).toContainText("已查明");
    expect(mock.requests.filter(({ path }) => path === "/collection/flags").at(-1)!.query).toBe("?all=true");
  });

  test("a flag of a kind that this version does not know is shown and can be decided", async ({ desk, mock, page }) => {
    mock.collection.flags.push({ ...mock.collection.flags[1]!, flag: "moon/7", kind: "paid_on_the_moon", choices: ["send_back"], detail: "no such branch" });
    await desk.open("#/collection/breaks");
    await page.locator("[data-flag=paid_on_the_moon]").click();
    await expect(desk.panel).toContainText("paid on the moon");
    await expect(desk.panel).toContainText("no such branch");
    await page.locator("[data-choice=send_back]").click();
    await expect(desk.panel.getByRole("status")).toContainText("send back");
  });

  test("a session leads to its flag and the flag back to it", async ({ desk, mock }) => {
    const round = mock.collection.rounds[1]!;
    await desk.open(`#/collection/sessions/${round.session}`);
    await desk.panel.getByRole("link", { name: "重复缴费" }).click();
    await expect(desk.panel.locator("[data-flag-card=double_payment]")).toContainText(round.collector.name);
    await desk.panel.getByRole("link", { name: "打开班次" }).click();
    await expect(desk.panel.locator("[data-line=collected]")).toBeVisible();
  });
});

function fenOf(text: string): number {
  const fen = Number(text.replace(/[,.]/g, "").replace("\u2212", "-"));
  if (Number.isNaN(fen)) throw new Error(`${text} is no amount`);
  return fen;
}
