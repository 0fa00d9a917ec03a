/**
 * Measures the list of messages, which is divided into parts of several messages each: the parts
 * near the visible area, the height of each part, and the message at the top, which stays there
 * when the list changes. Does not know what is in the list.
 *
 * @module
 */

/** The largest distance from the visible area at which a part counts as near, in pixels. */
const NEAR = 600;

/**
 * The elements of a list: the element that scrolls, and the element whose children are the parts.
 */
export interface ListElements {
  /** The element that scrolls. */
  readonly list: Element;
  /** The element whose children are the parts, each with its number in `data-part`. */
  readonly content: Element;
}

/** An element that stays where the user sees it. */
interface Anchor {
  readonly element: Element;
  /** The distance from the top of the list, in pixels. */
  readonly top: number;
}

interface Part {
  readonly element: Element;
  readonly number: number;
  readonly rect: DOMRect;
}

/** The part of a list that the user sees. */
export class ListPlace {
  /** The height of each part when it was last drawn, in pixels, by the number of the part. */
  readonly heights = new Map<number, number>();
  /** The number of the first part that is visible. */
  first: number | undefined;
  /**
   * The elements that can stay where they are, the best one first. The first row can vanish: the
   * date above the first message does when messages of the same day are added before it.
   */
  #anchors: readonly Anchor[] = [];

  /**
   * Measures the list, and notes where its first visible part is; returns the numbers of the near
   * parts.
   */
  look({ list, content }: ListElements): ReadonlySet<number> {
    const frame = list.getBoundingClientRect();
    const parts = [...content.children].map((element) => measured(element));
    this.#measure(parts);
    const first = parts.find(({ rect }) => rect.bottom > frame.top);
    this.first = first?.number;
    this.#anchors = first ? anchorsIn(first, frame.top) : [];
    const near = parts.filter(({ rect: { top, bottom } }) =>
      bottom > frame.top - NEAR && top < frame.bottom + NEAR
    );
    return new Set(near.map(({ number }) => number));
  }

  /** Scrolls the list so that the part that {@linkcode look} noted last is where it was then. */
  restore({ list }: ListElements): void {
    const anchor = this.#anchors.find(({ element }) => element.isConnected);
    if (!anchor) return;
    const { element, top } = anchor;
    const moved = distance(element, list.getBoundingClientRect().top) - top;
    if (Math.abs(moved) >= 1) list.scrollTop += moved;
  }

  #measure(parts: readonly Part[]): void {
    const numbers = new Set(parts.map(({ number }) => number));
    for (const number of this.heights.keys()) {
      if (!numbers.has(number)) this.heights.delete(number);
    }
    for (const { number, element, rect } of parts) {
      if (element.hasChildNodes()) this.heights.set(number, rect.height);
    }
  }
}

function measured(element: Element): Part {
  const number = Number(element.getAttribute("data-part"));
  return { element, number, rect: element.getBoundingClientRect() };
}

/** Returns the rows of a part that are not wholly above `top`, and the part itself. */
function anchorsIn({ element: part }: Part, top: number): Anchor[] {
  const rows = [...part.children].filter((each) => each.getBoundingClientRect().bottom > top);
  return [...rows, part].map((element) => ({ element, top: distance(element, top) }));
}

function distance(element: Element, top: number): number {
  return element.getBoundingClientRect().top - top;
}
