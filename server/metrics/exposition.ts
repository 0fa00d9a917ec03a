/**
 * Formats metrics as the text that Prometheus reads. Performs no I/O, and does not know which
 * metrics exist.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * @module
 */

/** The media type of the text that {@linkcode exposition} returns. */
export const MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One value of a family. */
export interface Sample {
  /** The suffix that follows the family's name, such as `_sum`. */
  readonly suffix?: string;
  /** The labels, by name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
}

/** A metric with all of its values. */
export interface Family {
  /** The name, as Prometheus advises: with a unit, and with the suffix `_total` for a counter. */
  readonly name: string;
  /** The meaning, in one line. */
  readonly help: string;
  /** The type of metric. */
  readonly type: "counter" | "gauge" | "histogram";
  /** The values. A family without values is left out of the text. */
  readonly samples: readonly Sample[];
}

/** Returns the families as text. */
export function exposition(families: readonly Family[]): string {
  return families.filter(({ samples }) => samples.length > 0).map(block).join("");
}

function block({ name, help, type, samples }: Family): string {
  const lines = samples.map(({ suffix = "", labels = {}, value }) =>
    `${name}${suffix}${labeled(labels)} ${numeral(value)}`
  );
  return [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function labeled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escape(value).replaceAll('"', '\\"')}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** Returns a number in the notation of the format. */
export function numeral(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}
