/** An element of a report, its name with the prefix that stands for its namespace here: `nc:Incident`. */
export interface XmlNode {
  readonly name: string;
  readonly line: number;
  /** `s:id` and `s:ref`, by which NIEM ties elements together. */
  readonly id: string | null;
  readonly ref: string | null;
  readonly children: XmlNode[];
  text: string;
}

/** Namespaces of the IEPD 2019.1, and of the one before it, which differs in nothing that is read here. */
export const NAMESPACES: Readonly<Record<string, string>> = {
  'http://fbi.gov/cjis/nibrs/2019': 'nibrs',
  'http://fbi.gov/cjis/nibrs/4.2': 'nibrs',
  'http://fbi.gov/cjis/2.0': 'cjis',
  'http://fbi.gov/cjis/1.0': 'cjis',
  'http://release.niem.gov/niem/niem-core/3.0/': 'nc',
  'http://release.niem.gov/niem/domains/jxdm/5.2/': 'j',
  'http://release.niem.gov/niem/structures/3.0/': 's',
};

/** The first element that a path leads to. */
export function find(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  return path.reduce<XmlNode | undefined>((found, name) => found?.children.find((child) => child.name === name), node);
}

/** Every child of a name. */
export function all(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name);
}

export function textOf(node: XmlNode | undefined): string {
  return node?.text.trim() ?? '';
}
