/**
 * The pictures on buttons, as lines in the color of the text. Each button has a name beside its
 * picture.
 *
 * @module
 */

import type { VNode } from "preact";

/** The lines of each picture, in a square of 24 by 24. */
const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20",
  people:
    "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3 19c0-3 2.5-5 6-5s6 2 6 5M16 5.5a3 3 0 0 1 0 6" +
    "M17.5 14.5c2 .6 3.5 2.3 3.5 4.5",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4",
  silenced:
    "M6 16V11a6 6 0 0 1 1-3.300M10 5.300a6 6 0 0 1 8 5.700v3M4.5 18h11.500M10 21h4M4 4l16 16",
  smile: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14c1.5 2.5 5.5 2.5 7 0" +
    "M9 9.500v.5M15 9.500v.5",
  attach: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  reply: "M10 6 4 12l6 6M4 12h9c4 0 7 2 7 6",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  remove: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
} as const;

/** The name of a picture. */
export type IconName = keyof typeof PATHS;

/** The picture with that name, which screen readers skip. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
