// Types of the part of npm's `ws` in use, which has none itself. Parts not declared here are not
// used.

declare module "ws" {
  import type { Duplex } from "node:stream";

  /** A request to upgrade: the properties of `node:http`'s `IncomingMessage` that `ws` reads. */
  interface UpgradeRequest {
    readonly method: string;
    /** The values by field names in lower case. */
    readonly headers: Readonly<Record<string, string | undefined>>;
  }

  /** One end of a WebSocket connection. */
  export class WebSocket {
    static readonly OPEN: number;
    readonly readyState: number;
    /** The negotiated subprotocol; empty if there is none. */
    readonly protocol: string;
    /** Starts the closing handshake. */
    close(code: number): void;
    /** Closes at once, without a closing handshake. */
    terminate(): void;
    /** Stops reading until {@linkcode resume} is called. */
    pause(): void;
    /** Reads again. */
    resume(): void;
    on(event: "message", listener: (data: Uint8Array) => void): void;
    on(event: "close" | "error", listener: () => void): void;
  }

  /** Upgrades connections to {@linkcode WebSocket}s. */
  export class WebSocketServer {
    constructor(options: {
      readonly noServer: true;
      readonly clientTracking: false;
      readonly perMessageDeflate: false;
      /** The largest message, in bytes; a larger one closes the connection with code 1009. */
      readonly maxPayload: number;
      /** The largest number of fragments of a message; more close the connection, too. */
      readonly maxFragments: number;
      /** The time to wait for the answer to a close frame, in milliseconds. */
      readonly closeTimeout: number;
      /** Chooses one of the subprotocols that the client offers; called only if it offers any. */
      handleProtocols(offered: ReadonlySet<string>): string | false;
    });
    /** Accepts a request: calls `done` before it returns, unless the request is malformed. */
    handleUpgrade(
      request: UpgradeRequest,
      stream: Duplex,
      head: Uint8Array,
      done: (socket: WebSocket) => void,
    ): void;
    on(event: "wsClientError", listener: (error: Error) => void): void;
  }
}
