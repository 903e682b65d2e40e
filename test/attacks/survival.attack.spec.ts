import { isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';
import { committedSchema } from '../access-matrix/whole-documents.js';
import { brokenPromises, OURS, plantEverywhere, survivalResults } from './survival/survival.js';
import { TEXT_FIELDS } from './survival/text-fields.js';

const DISGUISED = ['as written', 'lower case', 'full width', 'zero-width spaces', 'Cyrillic look-alikes', 'base64'];

describe('an identifier that is typed where others read', () => {
  // Of all 19 disguises some; survival-held.flow-spec asks the service all of them.
  const outcomes = plantEverywhere({ seed: 1, draws: 1, disguises: DISGUISED });

  it('is shown to nobody where it is written plainly, and never from a field that is not for readers', () => {
    expect(outcomes.length).toBeGreaterThan(2_000);
    expect(brokenPromises(outcomes)).toEqual([]);
  });

  it('is found by this attack where a text is not screened, and where a view has the owner’s words', () => {
    const plainly = { seed: 1, draws: 1, disguises: ['as written'] };
    const unscreened = plantEverywhere(plainly, { ...OURS, holds: () => false });
    expect(brokenPromises(unscreened)).toContain('a phone (as written) in remarks is shown');
    const narrated = plantEverywhere(plainly, {
      ...OURS,
      views: (report) => OURS.views({ ...report, remarks: report.narrative }),
    });
    expect(brokenPromises(narrated)).toContain('a name alone (as written) in narrative is shown');
  });

  it('is counted where it survives, by field, disguise and kind', () => {
    const results = survivalResults(outcomes);
    const of = (measure: string): number => results.find((it) => it.measure === measure)?.value ?? Number.NaN;
    expect(of("survives in the owner's own fields and in coded ones")).toBe(0);
    expect(of('survives (not declared; disguise: base64)')).toBeGreaterThan(0);
    expect(of('survives (not declared; kind: e-mail)')).toBeLessThan(of('survives (not declared; kind: name alone)'));
  });

  it('was typed into every field that takes text', () => {
    expect(TEXT_FIELDS.map(({ path }) => path).sort()).toEqual(textsOf('SubmitSeizureReportInput').sort());
  });
});

/** Every field of text of an input type, and of those in it. */
function textsOf(typeName: string, before = ''): string[] {
  const type = committedSchema().getType(typeName);
  if (!isInputObjectType(type)) throw new Error(`there is no input ${typeName}`);
  return Object.values(type.getFields()).flatMap((field) => {
    const of = bare(field.type);
    if (isInputObjectType(of)) return textsOf(of.name, `${before}${field.name}.`);
    return of.toString() === 'String' ? [`${before}${field.name}`] : [];
  });
}

const bare = (type: GraphQLInputType): GraphQLInputType =>
  isNonNullType(type) || isListType(type) ? bare(type.ofType) : type;
