import { cpuUsage } from "node:process";

/**
 * Begins to measure the processor time of this process. The result returns the time since then, in
 * milliseconds. Unlike the time of a clock, it does not grow while the machine does something else.
 */
export function processorTime(): () => number {
  const start = cpuUsage();
  return () => {
    const { user, system } = cpuUsage(start);
    return (user + system) / 1000;
  };
}
