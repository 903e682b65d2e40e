import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import {
  findEntries,
  findImport,
  findImports,
  findMapping,
  guessedMapping,
  IMPORT_LIMITS,
  mappingOf,
  openIssues,
  previewEntries,
  readFile,
  receiveFile,
  settingsOf,
  startImport,
  stepImport,
  templateMapping,
  type ImportOutcome,
  type ImportStep,
  type ReportImport as StoredImport,
} from '@concord/imports';
import type { ColumnMapping } from '@concord/interpretation';
import { isOutage } from '@concord/platform/database-link';
import { notFound } from '@concord/platform/errors';
import { isId } from '@concord/platform/ids';
import { asActor } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { PoolClient } from 'pg';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { stoppable } from '../alerts/alert-stream.js';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../graphql/paging.js';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import type { RequestContext } from '../graphql/request-context.js';
import { ImportOutcomeEnum, type Issue } from '../graphql/shared.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { ColumnMappingInput, type ColumnMappingGuessed } from './column-mapping.types.js';
import { presentImport } from './import.presenter.js';
import {
  ChangeImportPayload,
  GuessColumnMappingPayload,
  ImportEntryConnection,
  PreviewImportPayload,
  ReportImport,
  ReportImportConnection,
  StartImportInput,
  StartImportPayload,
  type ImportChanged,
  type ImportPreviewed,
  type ImportRejected,
  type ImportStarted,
} from './import.types.js';
import { previewExtent } from './preview-extent.js';
import { presentMapping, readMapping } from './read-mapping.js';
import { readStart } from './read-start.js';
import { CONFIRMED_OTHERWISE, NOT_THERE, NOT_WHOLE, NOT_YOURS, readable, rejected } from './readable.js';

const [CURSOR, ENTRY_CURSOR] = ['import', 'import-entry'];
const AWAY_MS = 1_000;

/** Files that an agency already has: started, looked at, confirmed, followed (docs/import-jobs.md). */
@Resolver()
export class ImportResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => ReportImport, { description: 'An import of your own agency. NOT_FOUND for everybody else’s.' })
  @Policy('report.submit')
  async import(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<ReportImport> {
    return presentImport(await this.#found(actor, id, 'import.read'), actor);
  }

  @Query(() => ReportImportConnection, {
    description: 'Imports of your own agency, newest first; of an API key those that it started.',
  })
  @Policy('report.submit')
  async imports(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<ReportImportConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after);
    const position = place === null ? null : { createdAt: place.at, id: place.id };
    const found = await this.#as(actor, (tx) => findImports(tx, actor, size + 1, position));
    await this.#book(
      actor,
      'import.list',
      found.slice(0, size).map(({ found: { id } }) => id),
    );
    return toPage(found, size, ({ found: node, listedAt }) => ({
      cursor: encodeCursor(CURSOR, { at: listedAt, id: node.id }),
      node: presentImport(node, actor),
    }));
  }

  @Query(() => ImportEntryConnection, {
    description: 'What became of each row, in the order of the file. Its words are opened for your agency alone.',
  })
  @Policy('report.submit')
  async importEntries(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('importId', { type: () => ID }) importId: string,
    @Args('outcome', { type: () => [ImportOutcomeEnum], nullable: true, description: 'Left out: all.' })
    outcome: ImportOutcome[] | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<ImportEntryConnection> {
    const size = pageSize(first);
    const place = decodeCursor(ENTRY_CURSOR, after, (text) => /^\d{1,9}$/.test(text));
    const found = await this.#found(actor, importId, 'import.entries.read');
    const page = { outcomes: outcome ?? null, limit: size + 1, after: place === null ? null : Number(place.at) };
    const entries = await this.#as(actor, (tx) => findEntries(tx, found.id, page));
    const opened = await Promise.all(
      entries.map(async (entry) => ({
        ...entry,
        issues: await openIssues(this.services.keyHolder, { agencyId: actor.agency.id, importId: found.id, ...entry }),
      })),
    );
    return toPage(opened, size, ({ sealedIssues: _, ...node }) => ({
      cursor: encodeCursor(ENTRY_CURSOR, { at: String(node.ordinal), id: found.id }),
      node,
    }));
  }

  @Query(() => PreviewImportPayload, {
    description:
      'The first rows of a file that is whole, as a mapping reads them: every reading and every question, before anything counts. Stores nothing.',
  })
  @Policy('report.submit')
  async previewImport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('mapping', { type: () => ColumnMappingInput, nullable: true, description: 'How its columns are read.' })
    mapping: ColumnMappingInput | null,
    @Args('mappingId', { type: () => ID, nullable: true, description: 'A mapping that your agency keeps, instead.' })
    mappingId: string | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 20, description: '1 to 50.' }) first: number | null,
    @Args('lookThrough', {
      type: () => Int,
      nullable: true,
      defaultValue: 0,
      description: 'How many entries are looked through for `questions`: 0 to 5000, and no fewer than `first`.',
    })
    lookThrough: number | null,
  ): Promise<ImportPreviewed | ImportRejected> {
    const extent = previewExtent(first, lookThrough);
    const found = await this.#found(actor, id, 'import.preview');
    if (found.receivedBytes < found.bytes) return NOT_WHOLE;
    return readable(async () => {
      const read = await this.#mapping(actor, found, mapping ?? null, mappingId ?? null);
      if ('issues' in read) return read;
      const file = {
        ...{ format: found.format, bytes: this.#bytes(actor, found) },
        ...{ mapping: mappingOf(read), settings: settingsOf(found.settings) },
      };
      return previewEntries(this.services, actor, file, extent);
    });
  }

  @Query(() => GuessColumnMappingPayload, {
    description:
      'What the columns of a file that is whole might be, by its headings and first rows. Nothing of it counts before it is confirmed, and what it leaves out is named.',
  })
  @Policy('report.submit')
  async guessColumnMapping(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('importId', { type: () => ID }) importId: string,
  ): Promise<ColumnMappingGuessed | ImportRejected> {
    const found = await this.#found(actor, importId, 'import.preview');
    if (found.receivedBytes < found.bytes) return NOT_WHOLE;
    return readable(async () => {
      const { headings, sheets, guess } = await guessedMapping(found.format, this.#bytes(actor, found));
      return {
        ...{ headings, sheets, mapping: presentMapping(guess.mapping) },
        unmapped: guess.unmapped,
        suggestions: [...guess.suggestions],
      };
    });
  }

  @Mutation(() => StartImportPayload, {
    description:
      'Opens an import: with `text` the file is here, otherwise it is uploaded to `uploadPath`. Nothing counts before `confirmImport`. At most 10 of your agency at a time.',
  })
  @Policy('report.submit')
  async startImport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => StartImportInput }) input: StartImportInput,
  ): Promise<ImportStarted | ImportRejected> {
    const read = readStart(input, actor, this.services.clock.now());
    if ('issues' in read) return { issues: read.issues };
    const started = await startImport(this.services, actor, read.request);
    if (started.kind === 'too-many')
      return rejected({
        path: 'bytes',
        code: 'TOO_MANY_IMPORTS',
        message: `Your agency has ${IMPORT_LIMITS.open} imports that have not ended, or ${IMPORT_LIMITS.keptBytes / 1024 ** 3} GiB of files: confirm or cancel one, or wait until old files are removed.`,
      });
    const { found, resumed } = started;
    if (read.content === null || found.state !== 'RECEIVING') return { import: presentImport(found, actor), resumed };
    const rest = read.content.subarray(found.receivedBytes);
    const received = await receiveFile(this.services, actor, found.id, found.receivedBytes, Readable.from([rest]));
    if (received.kind !== 'received') return { import: await this.import(actor, found.id), resumed };
    return { import: presentImport(received.found, actor), resumed };
  }

  @Mutation(() => ChangeImportPayload, {
    description:
      'Lets an import run, as its file was previewed with this mapping: every row is submitted in your name, as you would submit it by hand. By whoever started it. Sent again it changes nothing; with another mapping it is a CONFLICT.',
  })
  @Policy('report.submit')
  async confirmImport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Args('mapping', { type: () => ColumnMappingInput, nullable: true, description: 'How its columns are read.' })
    mapping: ColumnMappingInput | null,
    @Args('mappingId', { type: () => ID, nullable: true, description: 'A mapping that your agency keeps, instead.' })
    mappingId: string | null,
  ): Promise<ImportChanged | ImportRejected> {
    const found = isId(id) ? await this.#as(actor, (tx) => findImport(tx, actor, id)) : null;
    const named = (mapping ?? null) !== null || (mappingId ?? null) !== null;
    // Whoever confirms what is not there, or goes on already, is answered by the step: with another mapping it is a conflict.
    if (found === null || (found.state !== 'READY' && !named)) return this.#step(actor, id, 'confirm');
    return readable(async () => {
      const read = await this.#mapping(actor, found, mapping ?? null, mappingId ?? null);
      return 'issues' in read ? read : this.#step(actor, id, 'confirm', mappingOf(read));
    });
  }

  @Mutation(() => ChangeImportPayload, {
    description: 'Stops an import at a row, for as long as you like; the rows under way are finished, 50 at most.',
  })
  @Policy('report.submit')
  pauseImport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<ImportChanged | ImportRejected> {
    return this.#step(actor, id, 'pause');
  }

  @Mutation(() => ChangeImportPayload, {
    description: 'Lets a paused import go on where it was. By whoever started it.',
  })
  @Policy('report.submit')
  resumeImport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<ImportChanged | ImportRejected> {
    return this.#step(actor, id, 'resume');
  }

  @Mutation(() => ChangeImportPayload, {
    description: 'Ends an import where it is. What was accepted stays; the file is removed 14 days later.',
  })
  @Policy('report.submit')
  cancelImport(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<ImportChanged | ImportRejected> {
    return this.#step(actor, id, 'cancel');
  }

  @Subscription(() => ReportImport, {
    description:
      'An import as it is now, and then whenever it has moved on, at most once a second; completes when it has ended.',
    resolve: (found: ReportImport) => found,
  })
  @Policy('report.submit')
  async importProgressed(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('id', { type: () => ID }) id: string,
    @Context() context: RequestContext,
  ): Promise<AsyncGenerator<ReportImport>> {
    const found = await this.#found(actor, id, 'import.follow');
    return stoppable(context.signal, (signal) => this.#progress(actor, found.id, { ...context, signal }));
  }

  /** Woken by ids and read anew each time: a wake-up that is lost costs the time to the next look. */
  async *#progress(actor: AgencyActor, id: string, context: RequestContext): AsyncGenerator<ReportImport> {
    const { inboxWatch, streamReads } = this.services;
    let told = '';
    while (!context.signal.aborted && !inboxWatch.closed) {
      const ticket = inboxWatch.ticket(id);
      const leave = (): void => ticket.leave();
      context.signal.addEventListener('abort', leave, { once: true });
      try {
        const found = await streamReads.read(context.signal, () => this.#as(actor, (tx) => findImport(tx, actor, id)));
        if (found === null || !(await context.stillSeated('report.submit'))) return;
        const shown = presentImport(found, actor);
        const now = JSON.stringify(shown);
        if (now !== told) yield shown;
        told = now;
        if (found.endedAt !== null) return;
        await ticket.wait(null);
      } catch (error) {
        if (!isOutage(error)) throw error;
        await sleep(AWAY_MS * (1 + Math.random()), undefined, { signal: context.signal, ref: false }).catch(
          () => undefined,
        );
      } finally {
        context.signal.removeEventListener('abort', leave);
        ticket.leave();
      }
    }
  }

  async #step(
    actor: AgencyActor,
    id: string,
    step: ImportStep,
    mapping?: ColumnMapping,
  ): Promise<ImportChanged | ImportRejected> {
    const stepped = isId(id)
      ? await stepImport(this.services, actor, id, step, mapping)
      : ({ kind: 'absent' } as const);
    switch (stepped.kind) {
      case 'stepped':
        return { import: presentImport(stepped.found, actor) };
      case 'absent':
        await this.#book(actor, `import.${step}`, isId(id) ? [id] : [], 'REFUSED');
        return NOT_THERE;
      case 'not-yours':
        return NOT_YOURS;
      case 'confirmed-otherwise':
        return CONFIRMED_OTHERWISE;
      case 'out-of-order':
        return rejected({
          path: 'id',
          code: 'WRONG_STATE',
          message: `It is ${stepped.state}: this cannot be done with it now.`,
        });
    }
  }

  #bytes(actor: AgencyActor, { id, bytes }: StoredImport): AsyncGenerator<Buffer> {
    return readFile(this.services, { id, agencyId: actor.agency.id, personId: actor.personId }, bytes);
  }

  /** Without any, the headings must be those of the template, to the letter. */
  async #mapping(
    actor: AgencyActor,
    found: StoredImport,
    given: ColumnMappingInput | null,
    mappingId: string | null,
  ): Promise<ColumnMapping | { issues: Issue[] }> {
    if (given !== null && mappingId !== null)
      return rejected({ path: 'mappingId', code: 'GIVEN_TWICE', message: 'Give a mapping or the id of one.' });
    if (given !== null) {
      const read = readMapping(given, 'mapping', settingsOf(found.settings));
      return 'issues' in read ? { issues: read.issues } : read;
    }
    if (mappingId === null)
      return (
        (await templateMapping(found.format, this.#bytes(actor, found))) ??
        rejected({
          path: 'mapping',
          code: 'REQUIRED',
          message: 'The headings are not those of the template: say what each column is.',
        })
      );
    const saved = isId(mappingId) ? await this.#as(actor, (tx) => findMapping(tx, mappingId)) : null;
    return saved === null
      ? rejected({ path: 'mappingId', code: 'NOT_FOUND', message: 'No mapping of your agency has this id.' })
      : mappingOf(saved.mapping);
  }

  async #found(actor: AgencyActor, id: string, action: string): Promise<StoredImport> {
    const found = isId(id) ? await this.#as(actor, (tx) => findImport(tx, actor, id)) : null;
    await this.#book(actor, action, isId(id) ? [id] : [], found === null ? 'REFUSED' : 'DONE');
    if (found === null) throw notFound();
    return found;
  }

  #as<T>(actor: AgencyActor, work: (tx: PoolClient) => Promise<T>): Promise<T> {
    return asActor(this.services.db, { personId: actor.personId, agencyId: actor.agency.id }, work);
  }

  async #book(
    actor: AgencyActor,
    action: string,
    ids: readonly string[],
    outcome: 'DONE' | 'REFUSED' = 'DONE',
  ): Promise<void> {
    const entry = auditEntry({
      ...{ at: this.services.clock.now(), personId: actor.personId, agencyId: actor.agency.id },
      ...{ roles: [...actor.roles], keyId: actor.key?.id, action, outcome, purpose: actor.purpose },
      subjects: ids.map((id) => ({ kind: 'import', id })),
    });
    await this.services.ledger.book(entry);
  }
}
