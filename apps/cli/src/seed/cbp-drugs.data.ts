import type { FormCode, SubstanceCategory } from '@concord/codes';

/** One of CBP's drug types and what a report says for it. */
export interface CbpDrug {
  /** As the file of FY2019-FY2022 writes it. */
  readonly wording: string;
  /** A DEA code, or a name and a class where no code fits: told apart by either when they are read back. */
  readonly kind:
    | { readonly deaCode: string; readonly name?: never; readonly category?: never }
    | { readonly deaCode?: never; readonly name: string; readonly category: SubstanceCategory };
  /** Forms with how often each is drawn. Invented. */
  readonly forms: readonly (readonly [FormCode, number])[];
  /** Per cent, both ends included; null where purity means little. Invented. */
  readonly purity: readonly [least: number, most: number] | null;
}

/**
 * CBP counts by ten types. Khat has no code of its own; it is filed under cathinone, which makes it a controlled
 * substance. CBP's type for other drugs names no substance, so it gets none.
 */
export const CBP_DRUGS: readonly CbpDrug[] = [
  {
    wording: 'Cocaine',
    kind: { deaCode: '9041' },
    forms: [['POWDER', 1]],
    purity: [55, 92],
  },
  {
    wording: 'Ecstasy',
    kind: { deaCode: '7405' },
    forms: [
      ['PILL_TABLET', 6],
      ['POWDER', 3],
      ['CRYSTAL', 1],
    ],
    purity: null,
  },
  {
    wording: 'Fentanyl',
    kind: { deaCode: '9801' },
    forms: [
      ['POWDER', 5],
      ['PILL_TABLET', 5],
    ],
    purity: [3, 25],
  },
  {
    wording: 'Heroin',
    kind: { deaCode: '9200' },
    forms: [['POWDER', 1]],
    purity: [20, 60],
  },
  {
    wording: 'Ketamine',
    kind: { deaCode: '7285' },
    forms: [
      ['POWDER', 7],
      ['LIQUID', 3],
    ],
    purity: null,
  },
  {
    wording: 'Khat (Catha Edulis)',
    kind: { deaCode: '1235' },
    forms: [['PLANT', 1]],
    purity: null,
  },
  {
    wording: 'Lsd',
    kind: { deaCode: '7315' },
    forms: [
      ['OTHER', 8],
      ['LIQUID', 2],
    ],
    purity: null,
  },
  {
    wording: 'Marijuana',
    kind: { deaCode: '7360' },
    forms: [['PLANT', 1]],
    purity: null,
  },
  {
    wording: 'Methamphetamine',
    kind: { deaCode: '1105' },
    forms: [
      ['CRYSTAL', 8],
      ['LIQUID', 1],
      ['POWDER', 1],
    ],
    purity: [85, 99],
  },
  {
    wording: 'Other Drugs**',
    kind: { name: 'Other drugs', category: 'OTHER' },
    forms: [
      ['UNKNOWN', 5],
      ['PILL_TABLET', 3],
      ['LIQUID', 2],
    ],
    purity: null,
  },
];

/** Footnote marks and capitals differ from file to file. */
const plain = (wording: string): string => wording.trim().replace(/\*+$/, '').toLowerCase();

const byWording = new Map(CBP_DRUGS.map((drug) => [plain(drug.wording), drug]));
const byKind = new Map(CBP_DRUGS.map((drug) => [drug.kind.deaCode ?? drug.kind.name, drug]));

/** The type that a file names; null for one that is not known. */
export const drugNamed = (wording: string): CbpDrug | null => byWording.get(plain(wording)) ?? null;

/** The type that a stored substance stands for; null where it is none of them. */
export const drugStored = (deaCode: string | null, name: string): CbpDrug | null => byKind.get(deaCode ?? name) ?? null;
