import { assertEquals } from "@std/assert";
import { CHROMIUM, openPage, reads, write } from "../support/browser.ts";

const ignore = CHROMIUM === undefined;

Deno.test("a search that finds nothing says so where its results would be, and what to do", {
  ignore,
}, async () => {
  await using parts = await openPage();
  const { url, visitors } = parts;
  const ada = await visitors.join(url, "ada");
  await write(ada, "the kettle is on");
  await reads(ada, "the kettle is on");
  await write(ada, "/join #garden");
  await ada.getByRole("log", { name: "Messages in #garden" }).waitFor();
  await ada.getByRole("searchbox").fill("kettle");
  await ada.getByRole("searchbox").press("Enter");
  const answer = ada.getByRole("region", { name: "Nothing found for “kettle” in #garden" });
  await answer.getByText("Try fewer words").waitFor();
  await answer.getByRole("button", { name: "Search all my rooms and conversations" }).click();
  await ada.getByRole("button", { name: "the kettle is on" }).waitFor();

  await write(ada, "/find teapot");
  const none = ada.getByRole("region", { name: "Nothing found for “teapot” in all your rooms" });
  await none.getByText("Try fewer words").waitFor();
  assertEquals(await none.getByRole("button", { name: "Search all" }).count(), 0);
  await ada.keyboard.press("Escape");
  await none.waitFor({ state: "detached" });
  assertEquals(visitors.complaints, []);
});
