/**
 * The page that `chat serve` gives to browsers: reads the URL, and shows the screens, one at a
 * time. The path of the URL names the room. The fragment, which no server sees, may have a token,
 * the code that links this browser to another device of the user, or the person to talk to.
 *
 * @module
 */

import { render } from "preact";
import { FinalError } from "../../shared/errors.ts";
import { printable } from "../../shared/text.ts";
import { PasswordError } from "../session/refusals.ts";
import { Token } from "../session/token.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { keptConversation, roomOfPath, takePerson } from "./address.ts";
import { App } from "./app.tsx";
import type { Chat } from "./chat.ts";
import type { ChatParts } from "./chat_parts.ts";
import { readRooms } from "./keeping.ts";
import { notify } from "./notifications.ts";
import { followClicks, startWorker, subscribe } from "./push.ts";
import { type Introduction, Visit } from "./visit.ts";
import { Welcome } from "./welcome.tsx";

/** The screens of the page, of which one is shown. */
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

/** The longest time from a change until it is drawn, in milliseconds. */
const FRAME_LIMIT_MS = 100;

const FIRST_VISIT = {
  type: "welcome",
  problem: "",
  asksPassword: false,
  isRefused: false,
} as const;

let screen: Screen = { type: "connecting" };

/** Shows another screen. */
function show(next: Screen): void {
  screen = next;
  draw();
}

function draw(): void {
  const root = document.getElementById("root");
  if (root) render(<Root />, root);
}

/** Returns the secrets in the fragment, and takes them out of the address bar and the history. */
function takeFragment() {
  const found = new URLSearchParams(location.hash.slice(1));
  const [token, code] = [found.get("token"), found.get("link")];
  if (token !== null || code !== null) {
    // Chromium's list of visited pages leaves out a URL that leads to another URL, but not a URL
    // that only `replaceState` has replaced.
    location.replace("#");
    history.replaceState(null, "", location.pathname);
  }
  return { token: token === null ? undefined : new Token(token), code: code ?? undefined };
}

const { token, code } = takeFragment();
takePerson();
const visit = new Visit({ room: roomOfPath(), token });
/** True if the browser keeps a cryptographic key; undefined while that is not known. */
let hasKey: boolean | undefined;
void visit.hasKey().then((found) => {
  hasKey = found;
  draw();
});

const PARTS: Omit<ChatParts, "awaitsServer"> = {
  beforeFrame,
  isSeen: () => document.visibilityState === "visible",
  notify: ({ nick, text }) => {
    if (document.visibilityState !== "visible") notify(printable(nick), printable(text));
  },
};

/**
 * Calls `draw` before the next frame. A page that is not visible gets no frames, but its title must
 * be updated, so a timer calls `draw`.
 */
function beforeFrame(draw: () => void): void {
  let isDrawn = false;
  const once = () => {
    if (!isDrawn) draw();
    isDrawn = true;
  };
  requestAnimationFrame(once);
  setTimeout(once, FRAME_LIMIT_MS);
}

/** Shows the page while the server cannot be reached, so that the user can write already. */
function showEarly(chat: Chat): void {
  if (screen.type === "chat") return;
  const name = keptConversation() ?? roomOfPath() ?? readRooms()[0]?.name;
  if (name !== undefined) chat.switchTo(chat.buffers.open(name));
  void chat.unsent.takeUp();
  show({ type: "chat", chat });
}

async function join(introduction: Introduction): Promise<Chat | undefined> {
  show({ type: "connecting" });
  try {
    const { chat, settle } = await visit.join(introduction, PARTS, showEarly);
    const { session, unsent, buffers } = chat;
    if (screen.type !== "chat" || !buffers.current) {
      if (session.home !== undefined) chat.switchTo(buffers.open(session.home));
      const kept = keptConversation();
      if (kept !== undefined) chat.showConversation(kept);
    }
    session.ended.then(
      () => chat.ended(PAGE_TEXTS.left),
      (error) => chat.ended(reasonOf(error)),
    );
    await unsent.takeUp();
    await unsent.bringBack();
    show({ type: "chat", chat });
    await settle();
    chat.tellSilenced();
    await startWorker();
    await subscribe(session);
    return chat;
  } catch (error) {
    failed(error);
  }
}

/** Links this browser to the user's other device, which shows `code`, and joins. */
async function link(code: string): Promise<void> {
  const { me } = visit;
  if (me) {
    const chat = await join({ nick: me.nick, password: "" });
    chat?.session.link(code);
    return;
  }
  show({ type: "connecting" });
  try {
    const linked = await visit.link(code);
    if ("account" in linked) await join({ nick: linked.account, password: "" });
    else show({ ...FIRST_VISIT, problem: printable(linked.reason) });
  } catch (error) {
    failed(error);
  }
}

function failed(error: unknown): void {
  show({
    type: "welcome",
    problem: reasonOf(error),
    asksPassword: error instanceof PasswordError,
    isRefused: visit.me?.account !== undefined && error instanceof FinalError,
  });
}

/** Forgets the account, to which the server has refused the login, and joins without it. */
function joinAnew(introduction: Introduction): void {
  visit.forget();
  void join(introduction);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? printable(error.message) : PAGE_TEXTS.unreachable;
}

function Root() {
  if (screen.type === "chat") {
    return <App chat={screen.chat} reconnect={() => location.reload()} />;
  }
  const { problem, asksPassword, isRefused } = screen.type === "welcome" ? screen : FIRST_VISIT;
  return (
    <Welcome
      nick={visit.me?.nick ?? ""}
      problem={problem}
      asksPassword={asksPassword}
      isBusy={screen.type === "connecting"}
      hasKey={hasKey}
      code={code}
      onJoin={join}
      onLink={link}
      {...(isRefused && { onJoinAnew: joinAnew })}
    />
  );
}

document.addEventListener("visibilitychange", () => {
  if (screen.type !== "chat" || document.visibilityState !== "visible") return;
  screen.chat.seeAll();
  screen.chat.session.reconnect();
});
// The device has a network again.
addEventListener("online", () => screen.type === "chat" && screen.chat.session.reconnect());
addEventListener("pagehide", () => {
  if (screen.type !== "chat") return;
  screen.chat.session.keep();
  screen.chat.unsent.leave();
});
// The browser shows this page again from its memory. The page must be loaded anew, because another
// page may have taken up its unsent messages meanwhile.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
followClicks((name) => screen.type === "chat" && screen.chat.showConversation(name));
// A link to this page with a token or a code changes only the fragment if it is opened in this
// window, so the page must be loaded again to use it.
addEventListener("hashchange", () => /^#(?:token|link)=/.test(location.hash) && location.reload());

if (visit.me && code === undefined) void join({ nick: visit.me.nick, password: "" });
else show(FIRST_VISIT);
