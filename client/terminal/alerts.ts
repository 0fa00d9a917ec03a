/**
 * Rings the bell for messages to the user. If the user may not see the message, also notifies the
 * desktop.
 *
 * @module
 */

import type { Clock, Moment } from "../../shared/clock.ts";
import type { Speech } from "../session/events.ts";
import type { Settings } from "../commands/settings.ts";
import { notification } from "./notification.ts";
import type { Stdio } from "./stdio.ts";

/**
 * The time after a key press for which the user counts as looking at the terminal, in milliseconds.
 */
const LOOKING = 30_000;

const BELL = "\x07";

/** The alerts of one window. */
export class Alerts {
  readonly #clock: Clock;
  readonly #stdio: Pick<Stdio, "notificationForm" | "isInTmux">;
  readonly #settings: Pick<Settings, "isOn">;
  #pressedAt: Moment;
  #rings = false;
  /** The last message about which to notify the user. */
  #message: Speech | undefined;

  /** Creates a state without alerts. */
  constructor(
    clock: Clock,
    stdio: Pick<Stdio, "notificationForm" | "isInTmux">,
    settings: Pick<Settings, "isOn">,
  ) {
    this.#clock = clock;
    this.#stdio = stdio;
    this.#settings = settings;
    this.#pressedAt = clock.moment();
  }

  /** Records that the user has pressed a key. */
  pressed(): void {
    this.#pressedAt = this.#clock.moment();
  }

  /** Adds a message that is for the user; `isShown` is true if it appears in the window. */
  add(message: Speech, isShown: boolean): void {
    this.#rings ||= this.#settings.isOn("bell");
    const isLooking = this.#clock.moment().since(this.#pressedAt) < LOOKING;
    if (this.#settings.isOn("notify") && !(isShown && isLooking)) this.#message = message;
  }

  /** Returns the control strings of the alerts since the last call. */
  take(): string {
    const { notificationForm: form, isInTmux = false } = this.#stdio;
    const bell = this.#rings ? BELL : "";
    const notice = this.#message && form ? notification(this.#message, form, isInTmux) : "";
    this.#rings = false;
    this.#message = undefined;
    return bell + notice;
  }
}
