/**
 * Components that are drawn again only if one of their properties has changed.
 *
 * @module
 */

import { Component, type ComponentClass, type VNode } from "preact";

/**
 * Returns a component like `Inner` that is drawn again only if one of its properties has changed.
 */
export function steady<Props extends object>(
  Inner: (props: Props) => VNode,
): ComponentClass<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return Object.entries(next).some(([key, value]) => Reflect.get(this.props, key) !== value);
    }

    override render(props: Props): VNode {
      return <Inner {...props} />;
    }
  };
}
