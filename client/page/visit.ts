/**
 * The visit of one user: the user's identity at this server, its proof, and how the browser
 * remembers both. A cryptographic key that the browser keeps is better than a password, and
 * replaces a password that the page has made before. Does not know what is shown.
 *
 * @module
 */

import { systemClock } from "../../shared/clock.ts";
import { linkBeforehand, type Linked, linkNick } from "../session/linking.ts";
import type { KnownIdentity } from "../session/identity.ts";
import type { LoginOptions } from "../session/login.ts";
import type { SessionOptions } from "../session/options.ts";
import type { Session } from "../session/session.ts";
import type { Token } from "../session/token.ts";
import { PAGE_TEXTS } from "../texts/page.ts";
import { addKey, ownNick, registerNick } from "./account.ts";
import { Chat } from "./chat.ts";
import type { ChatParts } from "./chat_parts.ts";
import { keepMe, keepRooms, type Me, positions, readMe, readRooms } from "./keeping.ts";
import { type OwnKey, ownKey } from "./own_key.ts";
import { dialOwnServer } from "./web_socket_stream.ts";

/** The number of earlier messages of a room to request when the user first joins it. */
const HISTORY = 50;

/** The answers of a visitor to the questions of the first screen. */
export interface Introduction {
  /** The nick. */
  readonly nick: string;
  /** The password of the server; empty if none was asked for. */
  readonly password: string;
  /** The password of the account that has the nick as its name, to log in. It is not kept. */
  readonly accountPassword?: string;
}

/** The room and the token in the URL of the page. */
export interface Destination {
  /** The room. */
  readonly room: string | undefined;
  /** The token to redeem. */
  readonly token: Token | undefined;
}

/**
 * The options of a session. The login is added when the user gets an account with a password, and
 * removed once the key logs in.
 */
type Options = SessionOptions & { login?: LoginOptions };

/** The visit of the user of this browser. */
export class Visit {
  readonly #destination: Destination;
  readonly #key: Promise<OwnKey | undefined> = ownKey();
  #me: Me | undefined = readMe();

  /** Begins a visit; connects nowhere yet. */
  constructor(destination: Destination) {
    this.#destination = destination;
  }

  /** The user, if this browser knows them. */
  get me(): Me | undefined {
    return this.#me;
  }

  /** Resolves to true if the browser keeps a key for the page, so that it can be linked. */
  async hasKey(): Promise<boolean> {
    return await this.#key !== undefined;
  }

  /** Forgets the user. The browser remembers them until the next user is kept in their place. */
  forget(): void {
    this.#me = undefined;
  }

  /**
   * Joins the room of the URL. Resolves to the state of the page, and to a function that makes the
   * nick the user's own, or lets the key log in next time. If the server cannot be reached, calls
   * `early` with the state, and tries again, for a user that this browser knows.
   *
   * @throws {UserError} if the server cannot be reached or does not accept the user.
   */
  async join(
    introduction: Introduction,
    parts: Omit<ChatParts, "awaitsServer">,
    early: (chat: Chat) => void,
  ): Promise<Joined> {
    const key = await this.#key;
    if (introduction.accountPassword !== undefined) this.forget();
    const before = this.#me;
    const options = this.#optionsFor(introduction, key);
    const chat: Chat = new Chat(options, { ...parts, awaitsServer: () => early(chat) });
    await chat.session.start();
    return { chat, settle: () => this.#settle(chat, options, key, before) };
  }

  /**
   * Logs this browser in to the account of the user's other device, which shows `code`. Only for a
   * user that this browser does not know.
   *
   * @throws {UserError} if the server cannot be reached or does not accept the user.
   */
  async link(code: string): Promise<Linked> {
    const { signal } = new AbortController();
    const nick = linkNick();
    const linked = await linkBeforehand(code, { ...server(await this.#key), nick, signal });
    if ("account" in linked) this.#keep({ nick: linked.account, account: linked.account });
    return linked;
  }

  #keep(me: Me): void {
    this.#me = me;
    keepMe(me);
  }

  #optionsFor(
    { nick, password, accountPassword }: Introduction,
    key: OwnKey | undefined,
  ): Options {
    const { room, token } = this.#destination;
    const account = accountPassword === undefined ? this.#me?.account : nick;
    const options: Options = {
      ...server(key),
      nick,
      ...(password !== "" && { password }),
      ...(token && { token }),
      ...(account !== undefined && { account }),
      ...(room !== undefined && { room }),
      // A name that the user has not chosen would become theirs for good.
      wait: this.#me === undefined ? 0 : Infinity,
      needsNick: this.#me === undefined && accountPassword === undefined,
      rooms: readRooms(),
      rememberRooms: keepRooms,
      remember: (known) => this.#remember(known, options, key),
      random: Math.random,
      history: HISTORY,
      playsReactions: true,
      positions,
    };
    const known = accountPassword ?? this.#me?.password;
    if (account === undefined || known === undefined) return options;
    const keyWorked = () => {
      // The password is forgotten only once the key is known to work.
      delete options.login;
      this.#keep({ nick, account });
    };
    return Object.assign(options, {
      login: { account, password: known, ...(key && { keyWorked }) },
    });
  }

  /**
   * Keeps the nick and the account. A code or a password can log the key's user in to another
   * account.
   */
  #remember({ nick, account }: KnownIdentity, options: Options, key: OwnKey | undefined): void {
    const known = this.#me?.account;
    if (!key || account === undefined || account === known) {
      return this.#keep({ ...this.#me, nick });
    }
    if (known !== undefined) delete options.login;
    this.#keep({ nick, account });
  }

  async #settle(
    chat: Chat,
    options: Options,
    key: OwnKey | undefined,
    before: Me | undefined,
  ): Promise<void> {
    const { session } = chat;
    // A token, too, may have logged the user in to an account.
    const text = session.account === undefined
      ? await chat.quietly(() => this.#own(session, options, key, before?.account))
      : options.login && key
      ? await chat.quietly(() => letKeyIn(session))
      : key && before?.account === undefined
      ? PAGE_TEXTS.owned(session.account)
      : undefined;
    if (text !== undefined) chat.tell(text);
  }

  /** Makes the nick the user's own; returns a text for them. */
  async #own(
    session: Session,
    options: Options,
    key: OwnKey | undefined,
    lost: string | undefined,
  ): Promise<string> {
    if (lost !== undefined) return PAGE_TEXTS.keyLost(lost);
    const result = await (key ? ownNick : registerNick)(session);
    if ("reason" in result) return PAGE_TEXTS.notOwned(result.reason);
    const { me: { nick, account, password } } = result;
    this.#keep(result.me);
    if (account === undefined || password === undefined) return PAGE_TEXTS.owned(nick);
    options.login = { account, password };
    return PAGE_TEXTS.ownedByPassword(nick);
  }
}

/** The state of the page after the user has joined. */
export interface Joined {
  /** The state. */
  readonly chat: Chat;
  /** Makes the nick the user's own, or lets the key log in next time, and tells the user. */
  settle(): Promise<void>;
}

/** Lets the user's key log in next time; returns a text for the user. */
async function letKeyIn(session: Session): Promise<string> {
  const reason = await addKey(session);
  return reason === undefined ? PAGE_TEXTS.keyAdded : PAGE_TEXTS.keyNotAdded(reason);
}

/** Returns the options for connecting to the server of the page. */
function server(key: OwnKey | undefined): Pick<SessionOptions, "host" | "port" | "dial" | "clock"> {
  return {
    host: location.hostname,
    port: Number(location.port) || (location.protocol === "https:" ? 443 : 80),
    dial: dialOwnServer(key),
    clock: systemClock,
  };
}
