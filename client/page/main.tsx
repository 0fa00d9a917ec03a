/**
 * The page that `chat serve` gives to browsers: reads the URL, connects, and shows the chat. The path of
 * the URL names the room; its fragment, which no server sees, may have a token.
 *
 * @module
 */

import { signal } from "@preact/signals";
import { render } from "preact";
import { systemClock } from "../../shared/clock.ts";
import { FinalError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";
import type { LoginOptions } from "../session/login.ts";
import type { SessionOptions } from "../session/options.ts";
import { PasswordError } from "../session/registration.ts";
import { Token } from "../session/token.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { registerNick } from "./account.ts";
import { App } from "./app.tsx";
import { Chat } from "./chat.ts";
import { keepMe, keepRooms, type Me, positions, readMe, readRooms } from "./keeping.ts";
import { notify } from "./notifications.ts";
import { dialOwnServer } from "./web_socket_stream.ts";
import { type Introduction, Welcome } from "./welcome.tsx";

/** The number of earlier messages of a room to request when the user first joins it. */
const HISTORY = 50;

/** The parts of the page, one at a time. */
type Screen =
  | {
    readonly type: "welcome";
    readonly problem: string;
    readonly asksPassword: boolean;
    /** True if the server has refused the login to the user's account. */
    readonly isRefused: boolean;
  }
  | { readonly type: "connecting" }
  | { readonly type: "chat"; readonly chat: Chat };

const FIRST_VISIT = {
  type: "welcome",
  problem: "",
  asksPassword: false,
  isRefused: false,
} as const;

const screen = signal<Screen>({ type: "connecting" });
let me: Me | undefined = readMe();

/** Returns the room in the path; undefined if it names none. */
function roomOfUrl(): string | undefined {
  try {
    const name = decodeURIComponent(location.pathname.slice(1));
    return name === "" ? undefined : name;
  } catch {
    // A percent sign that encodes nothing.
    return undefined;
  }
}

/** Returns the token in the fragment, and takes it out of the address bar and the history. */
function takeToken(): Token | undefined {
  const text = new URLSearchParams(location.hash.slice(1)).get("token");
  if (text === null) return undefined;
  history.replaceState(null, "", location.pathname);
  return new Token(text);
}

const token = takeToken();

/** A session's options; the login is added once the user has an account. */
type Options = SessionOptions & { login?: LoginOptions };

function optionsFor({ nick, password }: Introduction): Options {
  const room = roomOfUrl();
  return {
    host: location.hostname,
    port: Number(location.port) || (location.protocol === "https:" ? 443 : 80),
    nick,
    ...(password !== "" && { password }),
    ...(token && { token }),
    ...loginOf(me),
    ...(room !== undefined && { room }),
    rooms: readRooms(),
    rememberRooms: keepRooms,
    remember: ({ nick }) => keepMe(me = { ...me, nick }),
    dial: dialOwnServer,
    clock: systemClock,
    random: Math.random,
    history: HISTORY,
    positions,
  };
}

function loginOf(me: Me | undefined): { login?: LoginOptions } {
  const { account, password } = me ?? {};
  if (account === undefined || password === undefined) return {};
  return { login: { account, password } };
}

async function join(introduction: Introduction): Promise<void> {
  screen.value = { type: "connecting" };
  const options = optionsFor(introduction);
  const chat = new Chat(options, {
    isSeen: () => document.visibilityState === "visible",
    notify: ({ nick, text }) => {
      if (document.visibilityState !== "visible") notify(printable(nick), printable(text));
    },
  });
  try {
    await chat.session.start();
  } catch (error) {
    return failed(error);
  }
  const { home } = chat.session;
  if (home !== undefined) chat.switchTo(chat.buffers.open(home));
  screen.value = { type: "chat", chat };
  chat.session.ended.then(
    () => chat.ended(PAGE_TEXTS.left),
    (error) => chat.ended(reasonOf(error)),
  );
  // A token may have logged the user in to an account.
  if (!options.login && chat.session.account === undefined) await own(chat, options);
}

/** Makes the user's nick their own, and logs in to its account from the next connection on. */
async function own(chat: Chat, options: Options): Promise<void> {
  chat.isQuiet = true;
  const result = await registerNick(chat.session);
  chat.isQuiet = false;
  if ("reason" in result) return chat.tell(PAGE_TEXTS.notOwned(result.reason));
  me = result.me;
  keepMe(me);
  Object.assign(options, loginOf(me));
  chat.tell(PAGE_TEXTS.owned(me.nick));
}

function failed(error: unknown): void {
  screen.value = {
    type: "welcome",
    problem: reasonOf(error),
    asksPassword: error instanceof PasswordError,
    isRefused: me?.account !== undefined && error instanceof FinalError,
  };
}

/** Gives up the account, whose key only this browser has, and joins without it. */
function joinAnew(introduction: Introduction): void {
  me = undefined;
  void join(introduction);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? printable(error.message) : PAGE_TEXTS.unreachable;
}

function Root() {
  const { value } = screen;
  if (value.type === "chat") {
    return <App chat={value.chat} reconnect={() => location.reload()} />;
  }
  const { problem, asksPassword, isRefused } = value.type === "welcome" ? value : FIRST_VISIT;
  return (
    <Welcome
      nick={me?.nick ?? ""}
      problem={problem}
      asksPassword={asksPassword}
      isBusy={value.type === "connecting"}
      onJoin={join}
      {...(isRefused && { onJoinAnew: joinAnew })}
    />
  );
}

document.addEventListener("visibilitychange", () => {
  const { value } = screen;
  if (value.type === "chat" && document.visibilityState === "visible") value.chat.seeAll();
});

const root = document.getElementById("root");
if (root) render(<Root />, root);
if (me) void join({ nick: me.nick, password: "" });
else screen.value = FIRST_VISIT;
