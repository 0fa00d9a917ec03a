/** A process for tests: offers copies of the file FILE, with the text STATE as their state. */
import { databaseOffer, offerCopies } from "../../server/cluster/copy_offer.ts";
import { NatsBus } from "../../server/cluster/nats_bus.ts";
import { systemClock } from "../../shared/clock.ts";
import { silentLog } from "../../shared/log.ts";

const [server = "", path = "", state = ""] = Deno.args;
const address = { servers: [server], isEncrypted: false, name: "chat" };
const bus = await NatsBus.open({ address, environment: new Map(), log: silentLog });
const copy = { path, state: new TextEncoder().encode(state), done: () => {} };
const offered = databaseOffer(() => Promise.resolve(copy));
offerCopies({ bus, clock: systemClock, log: silentLog }, offered);
await bus.connection.flush();
console.log("ready");
