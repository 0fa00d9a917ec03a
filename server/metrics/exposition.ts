/**
 * Numbers in the text format that Prometheus reads. Pure; what there is to tell is not known here.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * @module
 */

/** The media type of what {@linkcode exposition} returns. */
export const MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A number, and what tells it from others of its family. */
export interface Sample {
  /** What is put behind the family's name, as in `_sum`. */
  readonly suffix?: string;
  /** The labels, each a name and a value. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The number. */
  readonly value: number;
}

/** Numbers of one name. */
export interface Family {
  /** As Prometheus advises: with a unit, and `_total` behind what only grows. */
  readonly name: string;
  /** What it means, in one line. */
  readonly help: string;
  /** What can be done with it. */
  readonly type: "counter" | "gauge" | "histogram";
  /** The numbers; a family without any is left out. */
  readonly samples: readonly Sample[];
}

/** All of them as text. */
export function exposition(families: readonly Family[]): string {
  return families.filter(({ samples }) => samples.length > 0).map(block).join("");
}

function block({ name, help, type, samples }: Family): string {
  const lines = samples.map(({ suffix = "", labels = {}, value }) =>
    `${name}${suffix}${labelled(labels)} ${numeral(value)}`
  );
  return [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escape(value).replaceAll('"', '\\"')}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** A number as the format wants it. */
export function numeral(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}
