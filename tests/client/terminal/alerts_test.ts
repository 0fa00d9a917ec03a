import { assert, assertEquals } from "@std/assert";
import { Alerts } from "../../../client/terminal/alerts.ts";
import { Settings } from "../../../client/commands/settings.ts";
import { notification, notificationForm } from "../../../client/terminal/notification.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const MESSAGE = {
  ...{ time: 0, nick: "bob", to: "#a", room: "#a", own: false, forMe: true },
  type: "message",
  text: "ann: tea?",
} as const;

Deno.test("a notification is one control string, passed through tmux", () => {
  const [title, text] = ["chat: bob in #a", "ann: tea?"];
  assertEquals(notification(MESSAGE, "osc9", false), `\x1b]9;${title}: ${text}\x07`);
  assertEquals(notification(MESSAGE, "osc777", false), `\x1b]777;notify;${title};${text}\x07`);
  assertEquals(
    notification({ ...MESSAGE, time: 71 }, "osc99", false),
    `\x1b]99;i=1z:d=0;${title}\x1b\\\x1b]99;i=1z:p=body;${text}\x1b\\`,
  );
  assertEquals(
    notification(MESSAGE, "osc9", true),
    `\x1bPtmux;\x1b\x1b]9;${title}: ${text}\x07\x1b\\`,
  );
});

Deno.test("a message cannot end a notification, or be a command of the terminal", () => {
  for (
    const bad of [
      "\x07\x1b]0;title\x07",
      "\x1b\\x",
      "4;1;50",
      "\x9c\x9d",
      "a\r\nb",
      "x".repeat(5000),
    ]
  ) {
    const message = { ...MESSAGE, nick: bad, room: bad, text: bad };
    const parts = notification(message, "osc99", false).split("\x1b\\");
    assertEquals(parts.length, 3);
    assert(parts.every((part) => !/[\x00-\x1f\x7f-\x9f]/.test(part.slice(1))), parts.join("|"));
    for (const form of ["osc9", "osc777"] as const) {
      const string = notification(message, form, false);
      const inside = string.slice(form === "osc9" ? 4 : 13, -1);
      assert(!/[\x00-\x1f\x7f-\x9f]/.test(inside), JSON.stringify(string));
      assert(inside.startsWith("chat: ") && string.length < 700, string);
      assertEquals(inside.split(";").length, form === "osc9" ? 1 : 2);
    }
  }
});

Deno.test("the form of a notification is that of the terminal", () => {
  const forms = ["xterm-256color", "xterm-kitty", "foot", "rxvt-unicode", "linux", "screen"].map(
    (term) => notificationForm(term, false),
  );
  assertEquals(forms, ["osc9", "osc99", "osc777", "osc777", undefined, undefined]);
  assertEquals(notificationForm("screen-256color", true), "osc9");
});

Deno.test("the bell rings once, and the desktop shows what the user may not have seen", () => {
  const clock = new FakeClock();
  const stdio = { notificationForm: "osc9" } as const;
  const alerts = new Alerts(clock, stdio, new Settings());
  const taken = () =>
    alerts.take().replace(/\x1b\]9;[^\x07]*\x07/, "(notice)").replace("\x07", "(bell)");
  alerts.pressed();
  alerts.add(MESSAGE, true);
  alerts.add(MESSAGE, true);
  assertEquals([taken(), taken()], ["(bell)", ""]);
  alerts.add(MESSAGE, false);
  assertEquals(taken(), "(bell)(notice)", "it is in another room");
  clock.advance(30_000);
  alerts.add(MESSAGE, true);
  assertEquals(taken(), "(bell)(notice)", "the user has pressed no key for long");

  const off = new Alerts(
    clock,
    stdio,
    new Settings(undefined, [["bell", "off"], ["notify", "off"]]),
  );
  off.add(MESSAGE, false);
  assertEquals(off.take(), "");
  const old = new Alerts(clock, {}, new Settings());
  old.add(MESSAGE, false);
  assertEquals(old.take(), "\x07", "the terminal knows no notifications");
});
