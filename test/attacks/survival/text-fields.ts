import type { SubmittedReport } from '@concord/submission';

/** A field of a submission that takes text, and how a text is put there. */
export interface TextField {
  /** As the schema names it, without indexes: `substances.signature`. */
  readonly path: string;
  /** Whether readers are meant to see what stands there. */
  readonly shared: boolean;
  plant(report: SubmittedReport, text: string): SubmittedReport;
}

type Part = 'place' | 'basis' | 'route' | 'source';
const top = (path: keyof SubmittedReport, shared = false): TextField => ({
  ...{ path, shared },
  plant: (report, text) => ({ ...report, [path]: text }),
});
const listed = (path: keyof SubmittedReport): TextField => ({
  ...{ path, shared: false },
  plant: (report, text) => ({ ...report, [path]: [text] }),
});
const inside = (part: Part, field: string, shared = false): TextField => ({
  ...{ path: `${part}.${field}`, shared },
  plant: (report, text) => ({ ...report, [part]: { ...report[part], [field]: text } }),
});
const ofFirst = (part: 'substances' | 'people' | 'identifiers', field: string, shared = false): TextField => ({
  ...{ path: `${part}.${field}`, shared },
  plant: (report, text) => {
    const value = field === 'adulterants' ? [text] : text;
    return { ...report, [part]: [{ ...report[part]?.[0], [field]: value }] };
  },
});

/** All of them, whether free or coded; a test compares their names with the schema's. */
export const TEXT_FIELDS: readonly TextField[] = [
  top('remarks', true),
  top('packaging', true),
  inside('place', 'portOfEntry', true),
  ofFirst('substances', 'signature', true),
  ofFirst('substances', 'adulterants', true),
  {
    ...{ path: 'substances.name', shared: true },
    // A name counts only where there is no DEA code.
    plant: (report, name) => {
      const [{ deaCode: _deaCode, ...first } = {}] = (report.substances ?? []).map((it) => it ?? {});
      return { ...report, substances: [{ ...first, name, category: 'OTHER' }] };
    },
  },
  ...[top('narrative'), top('submitterReference')],
  inside('basis', 'reasonableSuspicion'),
  inside('basis', 'decidedBy'),
  inside('basis', 'activity'),
  ofFirst('identifiers', 'value'),
  ofFirst('identifiers', 'kind'),
  ofFirst('identifiers', 'sensitivity'),
  ...['givenName', 'surName', 'birthDate'].map((field): TextField => ({
    ...{ path: `identifiers.person.${field}`, shared: false },
    plant: (report, text) => ({
      ...report,
      identifiers: [
        {
          ...{ kind: 'PERSON', sensitivity: 'OPEN' },
          person: { givenName: 'Ann', surName: 'Other', birthDate: '1980-05-17', [field]: text },
        },
      ],
      basis: { activity: 'TRAFFICKING', reasonableSuspicion: 'Invented for an attack.', decidedBy: 'unit 0' },
    }),
  })),
  ...[top('occurredAt'), top('occurredAtPrecision'), top('sharing'), top('tlp'), top('releaseAfter')],
  ...[top('timePrecision'), top('conveyance'), listed('withhold'), listed('concealment'), listed('taskForceIds')],
  ...['countyFips', 'setting'].map((field) => inside('place', field)),
  ...['deaCode', 'category', 'form', 'quantityReason', 'unit', 'laboratoryStatus'].map((field) =>
    ofFirst('substances', field),
  ),
  ...['originCountry', 'originCountyFips', 'destinationCountry', 'destinationCountyFips'].map((field) =>
    inside('route', field),
  ),
  ...['role', 'citizenship', 'affiliation'].map((field) => ofFirst('people', field)),
  inside('source', 'reliability'),
];
