// Tells the time, privately, to whoever says !time: deno run -A clock.ts HOST/ROOM (or node clock.ts)
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

const args = ["connect", process.argv[2] ?? "", "--nick", "clock", "--json"];
const chat = spawn("chat", args, { stdio: ["pipe", "pipe", "inherit"] });

function give(command: Record<string, unknown>): void {
  chat.stdin.write(`${JSON.stringify(command)}\n`);
}

for await (const line of createInterface({ input: chat.stdout })) {
  const event = JSON.parse(line);
  if (event.type === "result" && event.status !== "done") {
    console.error(`${event.do}: ${event.reason}`);
  }
  if (event.type === "message" && !event.own && event.text.startsWith("!time")) {
    const time = new Date().toTimeString().slice(0, 5);
    give({ do: "say", to: event.nick, text: `It is ${time}.`, ref: event.id });
  }
}
